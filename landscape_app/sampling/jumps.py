"""The jumps: from the anchor to θo + a·v̄ for every trajectory of a bundle, with the running
statistics the spec asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from landscape_app.directions import of_spec
from landscape_app.records.pulse import pulse
from landscape_app.seeds import stream_seed
from landscape_app.settings import CONTROL, RunSpec
from landscape_app.training.batches import seeded
from landscape_app.training.engine import Engine
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle


def jump(
    problem: Problem,
    spec: RunSpec,
    engine: Engine,
    anchor: Bundle,
    *,
    trajectories: Sequence[tuple[int, float]],
) -> Bundle:
    """The bundle directly after its jumps. `trajectories` are (seed, step size); each jump starts
    at the anchor (a bundle of one).
    """
    bundle = anchor.repeated(len(trajectories))
    # drawn in main memory: the same numbers on every device
    theta, drawn_at = anchor.weights[0], anchor.weights[0].cpu()
    directions = {
        seed: of_spec(drawn_at, problem.layout, spec, seed).to(problem.device)
        for seed in {seed for seed, _ in trajectories}
    }
    for index, (seed, step) in enumerate(trajectories):
        if step != CONTROL:
            bundle.weights[index] = theta + step * directions[seed]
    if spec.batchnorm == "re-estimate" and bundle.buffers:
        with seeded(problem, stream_seed(spec.seed, "re-estimate", "network")):
            reestimate(problem, spec, engine, bundle, [step != CONTROL for _, step in trajectories])
    return bundle


def reestimate(
    problem: Problem, spec: RunSpec, engine: Engine, bundle: Bundle, jumped: Sequence[bool]
) -> None:
    """Replace the running statistics by the mean over batches, in one pass over the train data in
    its order. A control keeps its statistics.
    """
    before = {key: value.clone() for key, value in bundle.buffers.items()}
    for count, x in enumerate(problem.x_train.split(spec.batch), start=1):
        pulse()
        # Weight 1/count makes the exponential average the plain mean of the batches so far.
        engine.observe(bundle, x, weight=1.0 / count)
    control = ~torch.tensor(jumped, device=problem.device)
    for key, value in bundle.buffers.items():
        value[control] = before[key][control]
