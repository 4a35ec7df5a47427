"""The derived result "curvature": what the network itself says about a run's anchor, in eval mode
on all train rows in bounded memory.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from landscape_app.analysis.measures.barriers import (
    barrier_between_ends,
    barrier_persistence,
    barrier_to_anchor,
)
from landscape_app.analysis.measures.gap import loss_unit
from landscape_app.analysis.measures.gradient import gradient_norm
from landscape_app.analysis.measures.hessian import hessian_negative, hessian_top, hessian_trace
from landscape_app.analysis.measures.listing import Line, lines
from landscape_app.analysis.measures.margins import confidence, margin_10
from landscape_app.analysis.measures.measure import Measure, Measured
from landscape_app.analysis.measures.noise import pac_bayes_sigma, pac_bayes_sigma_magnitude
from landscape_app.analysis.measures.path_norm import path_norm
from landscape_app.analysis.measures.worst_direction import asam_sharpness, sam_sharpness
from landscape_app.analysis.topology import sublevel
from landscape_app.errors import AnalysisError, ResumeError
from landscape_app.networks.copies import in_mode
from landscape_app.pipeline import endpoints
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.pipeline.whole import check_whole
from landscape_app.probes import barriers, lanczos, margins, noise
from landscape_app.probes.point import Point
from landscape_app.probes.sharpness import sharpness
from landscape_app.probes.trace import trace
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.sampling.machine import look
from landscape_app.settings import CurvatureSpec
from landscape_app.store import commands, derived
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Problem
from landscape_app.training.scores import rows_at_once

log = logging.getLogger("landscape")

BYTES = 2**28  # of what a block of rows keeps for two derivatives
Arrays = dict[str, np.ndarray]
Found = tuple[dict[str, list[Measured]], Arrays]  # what each measure of the table answers


@dataclass(frozen=True)
class _At:
    """The anchor, what is measured on it, and how."""

    run: RunFolder
    spec: CurvatureSpec
    problem: Problem
    point: Point

    @property
    def unit(self) -> str:
        """Of its loss."""
        return loss_unit({"loss": self.problem.objective.name})


@heard
@one_thread()
def curvature(
    run: RunFolder, spec: CurvatureSpec, progress: Progress, objects: UserObjects | None = None
) -> Result:
    """All of it, stored in the run's folder (whose lock is held); a current result is reused.
    Cancelled between passes over the data. The climbs of stored sublevel bars that are not checked
    yet are a result of their own (pipeline.climbs).

    meta: measures (dicts as analysis.measures gives). arrays: nodes, weights, probe (j,), grid,
    density (g,) of the spectrum; eigenvalues, eigenvalue_errors (k,); end_rows, end_losses (n,)
    with the anchor first, pairs (e, 2) positions in them, profiles (e, points), heights (e,); the
    merge tree's birth, death (b,), inf = essential, birth_row (b,), merge_rows (b, 2), −1 if
    essential.

    Raises ResumeError for a run made by explore without its objects (`objects`), or where data or
    network have changed.
    """
    parameters, inputs = spec.model_dump(), run.digest()
    found = derived.current(run.path, "curvature", parameters, inputs)
    if not run.committed("anchor"):
        raise AnalysisError(
            f"Run {run.id} has no trained network yet: nothing curves. Go on with it:"
            f" {commands.line('resume', run.id, run.path.parent)}"
        )
    check_whole(run)
    try:
        climbs(run, progress, objects)
    except ResumeError as error:
        if found is None:
            raise
        log.warning("%s", error)
    if found is not None:
        return found
    begun = time.monotonic()
    progress.phase("preparing")
    at = _anchored(run, spec, progress, objects)
    measures: list[Line] = []
    arrays: Arrays = {}
    seconds: dict[str, float] = {}
    for name, (work, covers) in PARTS.items():
        progress.phase(name)
        since = time.monotonic()
        try:
            some, more = work(at)
        # one that has no meaning here does not keep the others from being done
        except AnalysisError as error:
            log.warning("Run %s, %s: %s", run.id, name, error)
            some, more = {one: [Measured(None, str(error))] for one in covers}, {}
        measures += [line for one, found in some.items() for line in lines(one, found, at.unit)]
        arrays |= more
        seconds[name] = time.monotonic() - since
    meta = {
        "measures": measures,
        "loss": at.problem.objective.name,
        "rows": len(at.problem.x_train),
        "parameters": at.point.size,
    }
    meta |= {"phases": seconds, "seconds": time.monotonic() - begun}
    return derived.write(run.path, "curvature", parameters, arrays, meta, inputs)


def _anchored(
    run: RunFolder, spec: CurvatureSpec, progress: Progress, objects: UserObjects | None
) -> _At:
    """The run's network at its anchor."""
    device = look("cpu" if run.spec.device == "cpu" else "auto").devices[0]
    problem = rebuilt(run, objects, device=device, wanted="curvature")
    stored, network = run.tensors("anchor.safetensors"), problem.network
    values = {
        name.partition(".")[2]: torch.from_numpy(np.array(v))
        for name, v in stored.items()
        if name.startswith(("param.", "buffer."))
    }
    # frozen weights are not stored: they are the initial ones
    network.load_state_dict(values, strict=False)
    point = Point(
        in_mode(network, False),
        problem.objective,
        problem.x_train,
        problem.y_train,
        rows_at_once(problem, BYTES),
        progress.check,
    )
    return _At(run, spec, problem, point)


def _eigenvalues(at: _At) -> Found:
    spec, count = at.spec, min(at.spec.eigenvalues, at.point.size)
    found = lanczos.top(
        at.point.product(),
        at.point.size,
        count=count,
        seed=spec.seed,
        steps=spec.lanczos_steps,
        tolerance=1e-5,
    )
    return {"hessian_top": hessian_top(found, spec.seed)}, {
        "eigenvalues": found.values,
        "eigenvalue_errors": found.errors,
    }


def _density(at: _At) -> Found:
    spec = at.spec
    found = lanczos.density(
        at.point.product(), at.point.size, probes=spec.probes, steps=spec.steps, seed=spec.seed
    )
    arrays = {
        name: getattr(found, name) for name in ("nodes", "weights", "probe", "grid", "density")
    }
    return {"hessian_negative": hessian_negative(found, spec.seed)}, arrays


def _trace(at: _At) -> Found:
    found = trace(
        at.point.product(),
        at.point.size,
        products=at.spec.trace_products,
        seed=at.spec.seed,
        layers=endpoints.masks(at.problem.layout),
    )
    return {"hessian_trace": hessian_trace(found, at.spec.seed)}, {}


def _sharpness(at: _At) -> Found:
    plain = sharpness(at.point, radius=at.spec.radius)
    adaptive = sharpness(at.point, radius=at.spec.adaptive_radius, adaptive=True)
    found = {
        "sam_sharpness": sam_sharpness(plain, at.spec.radius),
        "asam_sharpness": asam_sharpness(adaptive, at.spec.adaptive_radius),
    }
    return found, {}


def _gradient(at: _At) -> Found:
    return {"gradient_norm": gradient_norm(float(np.linalg.norm(at.point.gradient())))}, {}


def _margins(at: _At) -> Found:
    if not at.problem.objective.probabilities:
        raise AnalysisError(
            "Margins and confidence need one output for each class, which this run does not have."
        )
    margin, sure = margins.margins(at.point)
    return {"margin_10": margin_10(margin), "confidence": confidence(sure)}, {}


def _path(at: _At) -> Found:
    return {
        "path_norm": path_norm(
            margins.path_norm(at.problem.network, tuple(at.problem.x_train.shape[1:]))
        )
    }, {}


def _noise(name: str, told: Measure, *, magnitude: bool) -> Callable[[_At], Found]:
    def work(at: _At) -> Found:
        classes, spec = at.problem.objective.accuracy is not None, at.spec
        score = at.point.accuracy if classes else lambda: -at.point.loss()
        found = noise.sigma(
            at.point, score, drop=spec.drop, draws=spec.draws, seed=spec.seed, magnitude=magnitude
        )
        return {
            name: told(found, spec.seed, "drop of accuracy" if classes else "rise of the loss")
        }, {}

    return work


def _barriers(at: _At) -> Found:
    vertices = endpoints.read(at.run, at.point, most=at.spec.ends)
    if len(vertices.rows) < 2:
        raise AnalysisError(
            "No jump has been retrained to its last epoch: there is no end to take a barrier from."
        )
    losses, pairs, profiles = barriers.between(
        endpoints.loss_at(at.point), vertices.vertices, points=at.spec.points
    )
    segments = [barriers.Segment(profile) for profile in profiles]
    heights = np.array([one.height for one in segments])
    with np.errstate(invalid="ignore"):
        climbs = np.array([one.barrier for one in segments])
    usable = np.isfinite(profiles).all(1)
    climbs[~usable] = np.nan
    tree, arrays = merge_tree(vertices.rows, losses, pairs[usable], heights[usable])
    first = pairs[:, 0] == 0
    note = f"{at.spec.points} points per line" + (
        f", {vertices.left_out} ends of smaller jumps left out" if vertices.left_out else ""
    )
    found = {
        "barrier_to_anchor": barrier_to_anchor(
            climbs[first], vertices.seeds[pairs[first, 1]], note
        ),
        "barrier_between_ends": barrier_between_ends(climbs[~first], note),
        "barrier_persistence": barrier_persistence(tree, note),
    }
    return found, arrays | {
        "end_rows": vertices.rows,
        "end_losses": losses,
        "pairs": pairs,
        "profiles": profiles,
        "heights": heights,
    }


def merge_tree(
    rows: np.ndarray, losses: np.ndarray, pairs: np.ndarray, heights: np.ndarray
) -> tuple[list[float], Arrays]:
    """(lengths of the finite bars, arrays) of ends joined at the highest loss between them; ends
    that are not finite are left out.
    """
    kept = np.flatnonzero(np.isfinite(losses))
    place = np.full(len(losses), -1)
    place[kept] = np.arange(len(kept))
    diagram = sublevel.persistence(place[pairs], losses[kept], heights=heights).diagram
    merged, named = diagram.death_pair, rows[kept]
    arrays = {
        "birth": diagram.birth,
        "death": diagram.death,
        "birth_row": named[diagram.birth_pair[:, 0]],
        "merge_rows": np.where(merged < 0, -1, named[np.maximum(merged, 0)]),
    }
    length = diagram.death - diagram.birth
    return length[np.isfinite(length)].tolist(), arrays


# phase -> (work, the measures that it gives)
PARTS: dict[str, tuple[Callable[[_At], Found], tuple[str, ...]]] = {
    "eigenvalues": (_eigenvalues, ("hessian_top",)),
    "spectral density": (_density, ("hessian_negative",)),
    "trace": (_trace, ("hessian_trace",)),
    "gradient": (_gradient, ("gradient_norm",)),
    "sharpness": (_sharpness, ("sam_sharpness", "asam_sharpness")),
    "margins": (_margins, ("margin_10", "confidence")),
    "path norm": (_path, ("path_norm",)),
    "noise": (_noise("pac_bayes_sigma", pac_bayes_sigma, magnitude=False), ("pac_bayes_sigma",)),
    "noise by magnitude": (
        _noise("pac_bayes_sigma_magnitude", pac_bayes_sigma_magnitude, magnitude=True),
        ("pac_bayes_sigma_magnitude",),
    ),
    "barriers": (_barriers, ("barrier_to_anchor", "barrier_between_ends", "barrier_persistence")),
}
