"""The measures of the network at its anchor: each phase of the work, and what it measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.measures.barriers import (
    barrier_between_ends,
    barrier_persistence,
    barrier_to_anchor,
)
from landscape_app.analysis.measures.gap import loss_unit
from landscape_app.analysis.measures.gradient import gradient_norm
from landscape_app.analysis.measures.hessian import hessian_negative, hessian_top, hessian_trace
from landscape_app.analysis.measures.margins import confidence, margin_10
from landscape_app.analysis.measures.measure import Measure, Measured
from landscape_app.analysis.measures.noise import pac_bayes_sigma, pac_bayes_sigma_magnitude
from landscape_app.analysis.measures.path_norm import path_norm
from landscape_app.analysis.measures.worst_direction import asam_sharpness, sam_sharpness
from landscape_app.analysis.topology import sublevel
from landscape_app.errors import AnalysisError
from landscape_app.measure_table import MEASURES, NETWORK, of
from landscape_app.pipeline import endpoints
from landscape_app.probes import barriers, lanczos, margins, noise
from landscape_app.probes.point import Point
from landscape_app.probes.sharpness import sharpness
from landscape_app.probes.trace import trace
from landscape_app.settings import CurvatureSpec
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Problem

Arrays = dict[str, np.ndarray]
Measures = tuple[dict[str, list[Measured]], Arrays]  # what each measure of the table answers


@dataclass(frozen=True)
class Anchored:
    """The anchor, what is measured on it, and how."""

    run: RunFolder
    spec: CurvatureSpec
    problem: Problem
    point: Point

    @property
    def unit(self) -> str:
        """Of its loss."""
        return loss_unit({"loss": self.problem.objective.name})


def _eigenvalues(at: Anchored) -> Measures:
    spec, count = at.spec, min(at.spec.eigenvalues, at.point.size)
    largest = lanczos.top(
        at.point.product(),
        at.point.size,
        count=count,
        seed=spec.seed,
        steps=spec.lanczos_steps,
        tolerance=1e-5,
    )
    return {"hessian_top": hessian_top(largest, spec.seed)}, {
        "eigenvalues": largest.values,
        "eigenvalue_errors": largest.errors,
    }


def _density(at: Anchored) -> Measures:
    spec = at.spec
    density = lanczos.density(
        at.point.product(), at.point.size, probes=spec.probes, steps=spec.steps, seed=spec.seed
    )
    arrays = {
        name: getattr(density, name) for name in ("nodes", "weights", "probe", "grid", "density")
    }
    return {"hessian_negative": hessian_negative(density, spec.seed)}, arrays


def _trace(at: Anchored) -> Measures:
    estimate = trace(
        at.point.product(),
        at.point.size,
        products=at.spec.trace_products,
        seed=at.spec.seed,
        layers=endpoints.masks(at.problem.layout),
    )
    return {"hessian_trace": hessian_trace(estimate, at.spec.seed)}, {}


def _sharpness(at: Anchored) -> Measures:
    plain = sharpness(at.point, radius=at.spec.radius)
    adaptive = sharpness(at.point, radius=at.spec.adaptive_radius, adaptive=True)
    measures = {
        "sam_sharpness": sam_sharpness(plain, at.spec.radius),
        "asam_sharpness": asam_sharpness(adaptive, at.spec.adaptive_radius),
    }
    return measures, {}


def _gradient(at: Anchored) -> Measures:
    return {"gradient_norm": gradient_norm(float(np.linalg.norm(at.point.gradient())))}, {}


def _margins(at: Anchored) -> Measures:
    if not at.problem.objective.probabilities:
        raise AnalysisError(
            "Margins and confidence need one output for each class, which this run does not have."
        )
    margin, sure = margins.margins(at.point)
    return {"margin_10": margin_10(margin), "confidence": confidence(sure)}, {}


def _path(at: Anchored) -> Measures:
    return {
        "path_norm": path_norm(
            margins.path_norm(at.problem.network, tuple(at.problem.x_train.shape[1:]))
        )
    }, {}


def _noise(name: str, told: Measure, *, magnitude: bool) -> Callable[[Anchored], Measures]:
    def work(at: Anchored) -> Measures:
        classes, spec = at.problem.objective.accuracy is not None, at.spec
        score = at.point.accuracy if classes else lambda: -at.point.loss()
        borne = noise.sigma(
            at.point, score, drop=spec.drop, draws=spec.draws, seed=spec.seed, magnitude=magnitude
        )
        return {
            name: told(borne, spec.seed, "drop of accuracy" if classes else "rise of the loss")
        }, {}

    return work


def _barriers(at: Anchored) -> Measures:
    vertices = endpoints.read(at.run, at.point, most=at.spec.ends)
    if len(vertices.rows) < 2:
        raise AnalysisError(
            "No jump is retrained to its last epoch yet, so there are no end points for barriers."
        )
    losses, pairs, profiles = barriers.between(
        endpoints.loss_at(at.point), vertices.vertices, points=at.spec.points
    )
    heights, climbs, usable = _heights(profiles)
    tree, arrays = merge_tree(vertices.rows, losses, pairs[usable], heights[usable])
    first = pairs[:, 0] == 0
    note = f"{at.spec.points} points per line" + (
        f", {vertices.left_out} ends of smaller jumps left out" if vertices.left_out else ""
    )
    measures = {
        "barrier_to_anchor": barrier_to_anchor(
            climbs[first], vertices.seeds[pairs[first, 1]], note
        ),
        "barrier_between_ends": barrier_between_ends(climbs[~first], note),
        "barrier_persistence": barrier_persistence(tree, note),
    }
    return measures, arrays | {
        "end_rows": vertices.rows,
        "end_losses": losses,
        "pairs": pairs,
        "profiles": profiles,
        "heights": heights,
    }


def _heights(profiles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(height (e,) of each line; its climb (e,), NaN where a loss is not finite; whether all losses
    are finite (e,)).
    """
    segments = [barriers.Segment(profile) for profile in profiles]
    heights = np.array([segment.height for segment in segments])
    with np.errstate(invalid="ignore"):
        climbs = np.array([segment.barrier for segment in segments])
    usable = np.isfinite(profiles).all(1)
    climbs[~usable] = np.nan
    return heights, climbs, usable


def merge_tree(
    rows: np.ndarray, losses: np.ndarray, pairs: np.ndarray, heights: np.ndarray
) -> tuple[list[float], Arrays]:
    """(lengths of the finite bars, arrays) of ends joined at the highest loss between them; ends
    that are not finite are left out.
    """
    finite = np.flatnonzero(np.isfinite(losses))
    place = np.full(len(losses), -1)
    place[finite] = np.arange(len(finite))
    diagram = sublevel.persistence(place[pairs], losses[finite], heights=heights).diagram
    merged, named = diagram.death_pair, rows[finite]
    arrays = {
        "birth": diagram.birth,
        "death": diagram.death,
        "birth_row": named[diagram.birth_pair[:, 0]],
        "merge_rows": np.where(merged < 0, -1, named[np.maximum(merged, 0)]),
    }
    length = diagram.death - diagram.birth
    return length[np.isfinite(length)].tolist(), arrays


# phase -> (work, the measures that it gives): those that share their work, or store arrays
PARTS: dict[str, tuple[Callable[[Anchored], Measures], tuple[str, ...]]] = {
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


def phases() -> dict[str, tuple[Callable[[Anchored], Measures], tuple[str, ...]]]:
    """Every phase: PARTS, and one for each other measure of the network in the table, which is
    called with (point, spec).
    """
    shared = {name for _, names in PARTS.values() for name in names}
    return PARTS | {name: (_alone(name), (name,)) for name in of(NETWORK) if name not in shared}


def _alone(name: str) -> Callable[[Anchored], Measures]:
    return lambda at: ({name: MEASURES[name].load()(at.point, at.spec)}, {})
