"""The derived result "surface": losses on a line or plane through a run's anchor, and its snapshots
projected onto it.
"""

from __future__ import annotations

import io
import logging
import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import RunDamagedError
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.training_path import on_plane
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.pipeline.whole import check_trained, check_whole
from landscape_app.records import csv_text
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.records.rows import count, look_up
from landscape_app.records.snapshots import Snapshots
from landscape_app.registries import PLANES, find
from landscape_app.sampling.machine import Machine, look
from landscape_app.sampling.planes import Plane, evaluate, grid
from landscape_app.sampling.planes_kinds import Around, unit
from landscape_app.sampling.planes_projection import project
from landscape_app.sampling.planes_worker import SCORES
from landscape_app.settings import RunSpec, SurfaceSpec
from landscape_app.store import commands, derived, files, snapshots, usable_results
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import from_named_state

log = logging.getLogger("landscape")

# how far, relative to the larger of it and 1, the centre may be from the anchor's recorded loss
CENTRE = 1e-6
KEEP, REESTIMATE = (
    "the anchor's",
    "re-estimated in one pass over the train data at every point but the anchor",
)


@heard
@one_thread()
def surface(
    run: RunFolder, spec: SurfaceSpec, progress: Progress, objects: UserObjects | None = None
) -> Result:
    """The surface of `spec`, stored in the run's folder (whose lock is held); a current one is
    reused.

    arrays: alpha (a,), beta (b,) (a line: [0]), train_loss, test_loss, train_accuracy,
    test_accuracy (b, a), rows (n,), coordinates (n, 2), residual (n,) in weights; those of
    training_path.on_plane where the training has states: all float64, values that are not finite as
    they are. Cancelled at safe points.
    """
    parameters, inputs = spec.model_dump(), run.digest()
    current = derived.current(run.path, "surface", parameters, inputs)
    if current is not None:
        return current
    check_trained(run)
    check_whole(run)
    arrays, meta = _computed(run, spec, progress, objects)
    return derived.write(run.path, "surface", parameters, arrays, meta, inputs)


def _computed(
    run: RunFolder, spec: SurfaceSpec, progress: Progress, objects: UserObjects | None
) -> Stored:
    """The arrays of the surface, and its meta."""
    begun = time.monotonic()
    progress.phase("preparing")
    machine = look("cpu" if run.spec.device == "cpu" else "auto", workers=run.spec.workers)
    problem = rebuilt(run, objects, device=machine.devices[0], wanted="surface")
    stored = run.tensors("anchor.safetensors")
    anchor, taken = from_named_state(stored, problem.layout, problem.device), snapshots.read(run)
    finite = np.isfinite(taken.column("distance"))
    around = Around(problem, anchor, run.spec, taken.select(finite).delta, spec.seed, progress)
    plane: Plane = find("kind of plane", PLANES, spec.kind).load()(around)
    arrays, speed = _losses(around, plane, spec, machine)
    progress.phase("projection")
    arrays |= _projected(taken, plane)
    arrays |= on_plane(run, problem.to("cpu"), anchor.to("cpu"), plane.directions.numpy())
    meta = (
        _of_plane(plane, spec, unit(anchor, problem.layout, run.spec.jump_tensors))
        | _of_snapshots(taken, arrays)
        | plane.facts
    )
    meta |= {
        "batchnorm": statistics_words(run.spec, problem),
        "loss": problem.objective.name,
    } | speed
    meta |= {"centre": _centre(run, arrays, stored), "seconds": time.monotonic() - begun}
    return arrays, meta


def _losses(around: Around, plane: Plane, spec: SurfaceSpec, machine: Machine) -> Stored:
    """The axes and scores of the grid; how they were evaluated, and how fast."""
    dims = len(plane.directions)
    alpha, beta = grid(spec.points, spec.extent, dims=dims)
    at = np.stack(np.meshgrid(alpha, beta), -1).reshape(-1, 2)[:, :dims]
    around.progress.phase("surface", len(at), "points")
    since = time.monotonic()
    scores, way = evaluate(
        around.problem,
        around.anchor,
        plane.directions,
        at,
        spec=around.spec,
        machine=machine,
        progress=around.progress,
    )
    rate = len(at) / (time.monotonic() - since)
    values = {name: scores[name].reshape(len(beta), len(alpha)) for name in SCORES}
    return {"alpha": alpha, "beta": beta} | values, {"way": way, "points_per_second": rate}


def statistics_words(spec: RunSpec, problem: Problem) -> str | None:
    """Which running statistics the points use, in words; None for a network without any."""
    if not problem.layout.buffers:
        return None
    return REESTIMATE if spec.batchnorm == "re-estimate" else KEEP


def _projected(taken: Snapshots, plane: Plane) -> dict[str, np.ndarray]:
    coordinates, residual = project(taken.delta, plane.directions.numpy())
    both = np.zeros((len(taken), 2))
    both[:, : coordinates.shape[1]] = coordinates
    both[~np.isfinite(residual)] = np.nan
    return {"rows": taken.column("row"), "coordinates": both, "residual": residual}


def _of_plane(plane: Plane, spec: SurfaceSpec, jump: float) -> dict[str, Any]:
    directions = plane.directions.double()
    norms = directions.norm(dim=1)
    angle = None
    if len(directions) == 2:
        angle = math.degrees(
            math.acos(max(-1.0, min(1.0, float(directions[0] @ directions[1] / norms.prod()))))
        )
    return {
        "label": PLANES[spec.kind].label,
        "labels": list(plane.labels),
        "dims": len(directions),
        "unit": plane.unit,
        "jump_length": jump,
        "direction_norms": norms.tolist(),
        "angle_degrees": angle,
    }


def _of_snapshots(taken: Snapshots, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """How much of the snapshots' distances the plane does not show, and which of them have no place
    in it.
    """
    residual, distance = arrays["residual"], taken.column("distance")
    finite = np.isfinite(residual)
    whole = float(np.square(distance[finite]).sum())
    return {
        "residual_share": float(np.square(residual[finite]).sum()) / whole if whole else None,
        "excluded": taken.column("row")[~finite].tolist(),
    }


def _centre(
    run: RunFolder, arrays: dict[str, np.ndarray], stored: dict[str, np.ndarray]
) -> dict[str, Any]:
    """The centre, compared with what was recorded when the anchor was trained. That record was
    computed in another way.
    """
    middle = len(arrays["beta"]) // 2, len(arrays["alpha"]) // 2
    centre: dict[str, Any] = {}
    for name in ("train_loss", "test_loss"):
        value, recorded = (
            float(arrays[name][middle]),
            float(stored[f"scores.{name}"].reshape(-1)[0]),
        )
        centre |= {
            name: value,
            f"recorded_{name}": recorded,
            f"{name}_apart": abs(value - recorded),
        }
        if not abs(value - recorded) <= CENTRE * max(1.0, abs(recorded)):
            log.warning(
                "Run %s: the surface's centre has a %s of %r, the anchor's record says %r.",
                run.id,
                name,
                value,
                recorded,
            )
    return centre


def export(run: RunFolder, result: Result, to: Path) -> list[Path]:
    """Writes ID-surface-KIND.npz (all arrays), .csv (a line per point) and -snapshots.csv (a line
    per snapshot: place, residual, scores).

    A snapshot that is in a damaged file now is in none of them. Raises RunDamagedError where the
    surface is not of its form.
    """
    if fault := usable_results.problem(result):
        raise RunDamagedError(
            f"The surface of run {run.id} cannot be used: {fault}. Make it again:"
            f" {commands.line('surface', run.id, run.path.parent)}"
        )
    arrays, taken = {name: result.arrays[name] for name in result.arrays}, snapshots.read(run)
    place = look_up(taken.column("row"), arrays["rows"])
    if place.missing:
        log.warning(
            "Run %s: %s of the surface are in damaged files and are left out.",
            run.id,
            count(place.missing),
        )
        arrays |= {name: arrays[name][place.there] for name in ("rows", "coordinates", "residual")}
    files.make_own(to)
    stem = f"{run.id}-surface-{result.parameters['kind']}"
    contents = {
        f"{stem}.npz": _packed(arrays),
        f"{stem}.csv": csv_text.of_columns(_points(arrays)).encode(),
        f"{stem}-snapshots.csv": csv_text.of_columns(_snapshots(arrays, taken)).encode(),
    }
    for name, content in contents.items():
        files.write_atomic(to / name, content, own=True)
    return [to / name for name in contents]


def _packed(arrays: dict[str, np.ndarray]) -> bytes:
    """The arrays as an npz file."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def _points(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns with a row for each point of the grid."""
    alpha, beta = (axis.reshape(-1) for axis in np.meshgrid(arrays["alpha"], arrays["beta"]))
    return {"alpha": alpha, "beta": beta} | {name: arrays[name].reshape(-1) for name in SCORES}


def _snapshots(arrays: dict[str, np.ndarray], taken: Snapshots) -> dict[str, np.ndarray]:
    """Columns with a row for each snapshot: its recorded values, and its place."""
    place = look_up(taken.column("row"), arrays["rows"])
    alpha, beta = arrays["coordinates"].T
    columns = {name: column[place.places] for name, column in taken.columns.items()}
    return columns | {"alpha": alpha, "beta": beta, "residual": arrays["residual"]}
