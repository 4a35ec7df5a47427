"""The problem of a sampled run, built again from its settings for surfaces and curvature, which
evaluate its network.
"""

from __future__ import annotations

from landscape_app.errors import ResumeError
from landscape_app.pipeline import identity
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects, begun_with
from landscape_app.settings import GIVEN
from landscape_app.store import sources
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Problem


def rebuilt(run: RunFolder, objects: UserObjects | None, *, device: str, wanted: str) -> Problem:
    """The run's problem on any machine, in float32; its network has its initial weights. `wanted`:
    the purpose, in words.

    Raises ResumeError where data or network differ from those it was sampled with, or were objects
    that are not given now; TrustError where they are code or files that the user has not permitted.
    """
    if objects is None and GIVEN in (run.spec.data, run.spec.network, run.spec.loss):
        raise ResumeError(
            f"Run {run.id} was made by explore(model, …): its folder cannot rebuild your objects,"
            f" so its {wanted} cannot be computed from the folder alone."
        )
    # Mixed precision is of gradients alone: losses are float32 everywhere.
    spec = sources.located(run).model_copy(update={"precision": "float32"})
    problem, data = problem_of(spec, begun_with(run, spec, objects or UserObjects()), device=device)
    facts = run.prepared() or {}
    for what, before, now in (
        ("data", "data_hash", data.digest()),
        ("network", "tensors", problem.layout.describe()),
    ):
        if facts.get(before) != now:
            raise ResumeError(
                f"Run {run.id} was sampled with another {what} than its settings give now, so its"
                f" {wanted} cannot be computed."
            )
    if facts.get("identity") is not None:
        same = identity.of(problem, data, None if objects is None else objects.loss, (None, None))
        identity.check(run, facts["identity"], same, problem.network, explored=objects is not None)
    return problem
