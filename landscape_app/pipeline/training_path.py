"""The training path of a run: its recorded states, or those of its own training, scored like
snapshots. Stored as the result "training_path".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape_app.errors import AnalysisError
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.records.result_arrays import SCORED
from landscape_app.records.snapshots import Matrix
from landscape_app.sampling.planes_projection import project
from landscape_app.store import derived, path_states
from landscape_app.store.derived import Result
from landscape_app.store.path_states import PathState
from landscape_app.store.run import RunFolder
from landscape_app.training.engine import OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle, from_named_state

NAME = "training_path"
MATRICES = ("probe", "train_probe", "losses")  # of scores; the others are one number a state


@heard
@one_thread()
def training_path(run: RunFolder, progress: Progress, objects: UserObjects | None = None) -> Result:
    """The states of `run`, s of them, scored and stored (its lock is held); a current result is
    reused.

    arrays: step (s,) int64; epoch (s,), NaN where it is not known; train_loss, test_loss,
    train_accuracy, test_accuracy, distance (s,) float64, the distance from the anchor, or from the
    last state where there is none; probe, train_probe (s, example·output), losses (s, example)
    float32. Raises AnalysisError where there are no states, ResumeError as `rebuilt`.
    """
    states = path_states.of_run(run.inventory())
    if not states:
        raise AnalysisError(f"Run {run.id} has no states of its training.")
    inputs = run.digest()
    parameters = {"states": path_states.digest(states)}
    current = derived.current(run.path, NAME, parameters, inputs)
    if current is not None:
        return current
    problem = rebuilt(run, objects, device="cpu", wanted="training path")
    progress.phase("training path", len(states), "states")
    arrays = _scored(run, problem, states, progress)
    arrays |= {
        "step": np.array([state.step for state in states], dtype=np.int64),
        "epoch": np.array([np.nan if state.epoch is None else state.epoch for state in states]),
    }
    recorded = states[0].kind == path_states.PATH
    return derived.write(run.path, NAME, parameters, arrays, {"recorded": recorded}, inputs)


def on_plane(
    run: RunFolder, problem: Problem, anchor: Bundle, directions: np.ndarray
) -> dict[str, np.ndarray]:
    """The states of the training of `run`, s of them, on the plane through `anchor` that
    `directions` (d, parameter) span; one of them is in memory at a time. Empty where there are none
    beside the anchor.

    path_step (s,) int64; path_coordinates (s, 2), 0 in an axis that is not there; path_residual
    (s,), the distance from the plane; path_train_loss, … (s,): float64.
    """
    states = path_states.of_run(run.inventory())
    if len(states) < 2:
        return {}
    engine = OneAtATime(problem)
    parts: dict[str, list[Any]] = {"step": [state.step for state in states]}
    for state in states:
        bundle = _bundle(run, problem, state)
        delta = Matrix.of((bundle.weights - anchor.weights).numpy())
        coordinates, residual = project(delta, directions)
        parts.setdefault("coordinates", []).append([*coordinates[0], 0.0][:2])
        parts.setdefault("residual", []).append(residual[0])
        scores = score(problem, engine, bundle, anchor=anchor.weights[0])
        for name in SCORED:
            parts.setdefault(name, []).append(float(scores[f"scores.{name}"][0]))
    return {f"path_{name}": np.array(values) for name, values in parts.items()}


def _scored(
    run: RunFolder, problem: Problem, states: list[PathState], progress: Progress
) -> dict[str, np.ndarray]:
    """The scores of all states, one after the other: one of them is in memory at a time."""
    engine = OneAtATime(problem)
    anchored = bool(run.committed("anchor"))
    last = run.tensors("anchor.safetensors") if anchored else None
    anchor = _bundle(run, problem, states[-1]) if last is None else _named(last, problem)
    parts: dict[str, list[np.ndarray]] = {}
    for state in states:
        scores = score(problem, engine, _bundle(run, problem, state), anchor=anchor.weights[0])
        for name, value in scores.items():
            parts.setdefault(name.removeprefix("scores."), []).append(value.reshape(-1))
        progress.advance()
    parts.pop("diverged")
    flat = {name: values for name, values in parts.items() if name in MATRICES}
    single = {name: values for name, values in parts.items() if name not in MATRICES}
    return {name: np.concatenate(values) for name, values in single.items()} | {
        name: np.stack(values) for name, values in flat.items()
    }


def _bundle(run: RunFolder, problem: Problem, state: PathState) -> Bundle:
    tensors = run.tensors(state.file)
    return Bundle.from_state(tensors) if state.kind == "base" else _named(tensors, problem)


def _named(tensors: Any, problem: Problem) -> Bundle:
    return from_named_state(tensors, problem.layout)
