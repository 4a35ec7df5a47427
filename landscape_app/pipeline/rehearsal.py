"""Trials on copies before a run begins: first steps, last batches, and the length of the jumps.
Their outcome is logged.
"""

from __future__ import annotations

import dataclasses
import logging

from landscape_app.sampling import retrain
from landscape_app.sampling.reach import check_reach, named, resting_words
from landscape_app.settings import RunSpec
from landscape_app.training import base, first_steps
from landscape_app.training.empty_batches import check_counted
from landscape_app.training.first_steps import FirstSteps
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

log = logging.getLogger("landscape")

TOLD = 0.1  # of the weights: filters that do not jump are told before training where they hold more
IGNORED = {
    False: "train_rate, train_schedule, momentum and weight_decay",
    True: "rate, momentum and weight_decay",
}


def rehearse(problem: Problem, spec: RunSpec) -> Problem:
    """`problem`, marked as random if a given optimizer draws random numbers. Raises ModelError
    where training, an optimizer, a last batch or every jump must fail; logs what the run will not
    move.
    """
    first_steps.check_one_row(problem)
    first_steps.check_batches(problem, spec)
    for epochs in (base.counted_epochs(spec), retrain.counted_epochs(spec)):
        check_counted(problem, epochs)
    parts = [False, True] if spec.train_epochs else [True]
    trials = {
        retraining: first_steps.take(problem, spec, retraining=retraining) for retraining in parts
    }
    unused = trials[True].unused
    _say_unused(problem, unused)
    for retraining, steps in trials.items():
        _say_given(problem, steps, retraining=retraining)
    # What is 0 at first may not be so at the anchor: a few steps tell whether training moves it at
    # all.
    initial = Bundle.of(problem.network, problem.layout).weights[0]
    weights = trials[False].weights if spec.train_epochs else initial
    check_reach(weights, problem.layout, spec, unused=unused)
    words = resting_words(weights, problem.layout, spec, least=TOLD)
    if words:
        log.info("%s", words)
    return dataclasses.replace(
        problem, stochastic=problem.stochastic or any(steps.draws for steps in trials.values())
    )


def _say_unused(problem: Problem, unused: list[str]) -> None:
    if unused:
        held = sum(slot.stop - slot.start for slot in problem.layout.slots if slot.key in unused)
        log.info(
            "%d weights had no gradient in a trial and take no step while they have none: %s",
            held,
            named(unused),
        )


def _say_given(problem: Problem, steps: FirstSteps, *, retraining: bool) -> None:
    if problem.optimizers[retraining] is None:
        return
    name = "retraining" if retraining else "training"
    log.info(
        "the optimizer given for %s keeps its own settings: %s are not used",
        name,
        IGNORED[retraining],
    )
    if steps.left_out:
        log.info(
            "the optimizer given for %s does not hold %s, which stay as they are",
            name,
            named(steps.left_out),
        )
    if steps.unstored:
        log.info(
            "the optimizer given for %s keeps what is not stored (%s): a run that goes on later"
            " begins these afresh",
            name,
            ", ".join(steps.unstored),
        )
