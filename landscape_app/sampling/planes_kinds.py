"""The kinds of lines and planes: which directions they span around the anchor, and how long their
unit is.

A unit of the random and the PCA planes is as long as a jump of step size 1, so that they compare
with jump and retrain. Along an eigenvector of the Hessian that would be far outside of what the
Hessian says: there it is where the quadratic model has risen by 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from landscape_app.directions import length, of_spec
from landscape_app.errors import AnalysisError
from landscape_app.probes.lanczos import Top, top
from landscape_app.probes.point import Point
from landscape_app.records.progress import Progress
from landscape_app.records.snapshots import Matrix
from landscape_app.sampling.planes import Plane
from landscape_app.sampling.planes_projection import principal
from landscape_app.settings import RunSpec
from landscape_app.training.problem import Problem
from landscape_app.training.scores import rows_at_once
from landscape_app.weights.bundle import Bundle
from landscape_app.weights.layout import Layout

HESSIAN_BYTES = 2**28  # of what a block of rows keeps for two derivatives
PRODUCTS = 600  # of the Hessian that two eigenvectors may take
RISE = 1.0  # of the quadratic model of the train loss at one unit along an eigenvector


@dataclass(frozen=True)
class Around:
    """What a kind may look at: the anchor (a bundle of one), the run's settings, and δ (n,
    parameter) of its finite snapshots.
    """

    problem: Problem
    anchor: Bundle
    spec: RunSpec
    delta: Matrix
    seed: int
    progress: Progress


def unit(anchor: Bundle, layout: Layout, tensors: str = "filters") -> float:
    """The length of a jump of step size 1: the norm of the anchor's weights over the tensors that
    jumps move (directions.filters).

    Where there are none it is that of all weights.
    """
    theta = anchor.weights[0].double().cpu()
    return length(theta, layout, tensors) or float(theta.norm()) or 1.0


def line(around: Around) -> Plane:
    """The line of one random direction, filter-normalised: the jumps of direction `seed` lie on
    it.
    """
    return _random(around, (around.seed,))


def random(around: Around) -> Plane:
    """The plane of two random directions, filter-normalised (Li et al. 2018): jumps of directions
    `seed` and `seed` + 1 lie in it.
    """
    return _random(around, (around.seed, around.seed + 1))


def _random(around: Around, seeds: tuple[int, ...]) -> Plane:
    theta, layout = around.anchor.weights[0].cpu(), around.problem.layout
    drawn = [of_spec(theta, layout, around.spec, seed) for seed in seeds]
    if not all(direction.any() for direction in drawn):
        raise AnalysisError(
            "Filter-normalised directions are all 0 here: the tensors that jumps move have no"
            " weights other than 0. Take another kind of plane, or (where jump_tensors is"
            " 'filters') sample a run with jump_tensors='all'."
        )
    words = (
        "a jump of step size 1: every filter of the anchor moved by its own norm"
        f" ({unit(around.anchor, layout, around.spec.jump_tensors):.4g} in weights)"
    )
    labels = tuple(f"direction {seed}, filter-normalised" for seed in seeds)
    return Plane(torch.stack(drawn), labels, words, {"direction_seeds": list(seeds)})


def hessian(around: Around) -> Plane:
    """The plane of the two eigenvectors of largest eigenvalue of the train loss' Hessian at the
    anchor.

    Each is scaled to √(2/λ), where the quadratic model ½λs² has risen by 1, so that its contours
    are circles; but to a jump of step size 1 at most, which it would exceed where λ is small or not
    positive.
    """
    around.progress.phase("curvature")
    spectrum = _largest_two(around)
    longest = unit(around.anchor, around.problem.layout, around.spec.jump_tensors)
    lengths = np.array([min(longest, _rise_length(value)) for value in spectrum.values])
    facts = {
        "eigenvalues": spectrum.values.tolist(),
        "eigenvector_residuals": spectrum.errors.tolist(),
        "quadratic_rise_at_one_unit": (spectrum.values * lengths**2 / 2).tolist(),
        "hessian_products": spectrum.products,
    }
    labels = tuple(f"eigenvector of λ = {value:.4g}" for value in spectrum.values)
    apart = " and ".join(f"{length:.4g}" for length in lengths)
    words = (
        f"where the quadratic model of the train loss has risen by {RISE:g}, at most a jump of step"
        f" size 1 ({apart} in weights)"
    )
    directions = (spectrum.vectors * lengths[:, None]).astype(np.float32)
    return Plane(torch.from_numpy(directions), labels, words, facts)


def _rise_length(eigenvalue: float) -> float:
    """The s at which ½λs² is RISE; infinite where λ is not positive."""
    return math.sqrt(2 * RISE / eigenvalue) if eigenvalue > 0 else math.inf


def _largest_two(around: Around) -> Top:
    """The two largest eigenvalues of the Hessian of the train loss at the anchor. Raises
    AnalysisError where there is no curvature, and where the search does not converge.
    """
    problem, anchor = around.problem.copied(), around.anchor
    with torch.no_grad():
        views = problem.layout.views(anchor.weights[0])
        for key, parameter in problem.network.named_parameters():
            if key in views:
                parameter.copy_(views[key])
        for key, buffer in problem.network.named_buffers():
            buffer.copy_(anchor.buffers[key][0])
    rows, check = rows_at_once(problem, HESSIAN_BYTES), around.progress.check
    data = problem.x_train, problem.y_train
    point = Point(problem.network, problem.objective, *data, rows, check)
    spectrum = top(point.product(), point.size, count=2, seed=around.seed, steps=PRODUCTS)
    if not spectrum.values.any():
        raise AnalysisError("The Hessian is zero at the anchor: the loss has no curvature.")
    if not spectrum.converged:
        raise AnalysisError(
            f"Two eigenvectors of the Hessian are not settled after {spectrum.products} products."
        )
    return spectrum


def pca(around: Around) -> Plane:
    """The plane through the anchor that is nearest to all snapshots (least Σ residual²): their two
    principal axes.
    """
    if not around.delta.shape[0]:
        raise AnalysisError("The run has no finite snapshots yet: there are no principal axes.")
    around.progress.phase("principal axes")
    axes, shares = principal(around.delta, count=2)
    labels = tuple(
        f"principal axis {k} ({share:.1%} of Σ‖δ‖²)" for k, share in enumerate(shares, start=1)
    )
    length = unit(around.anchor, around.problem.layout, around.spec.jump_tensors)
    words = f"as long as a jump of step size 1 ({length:.4g} in weights)"
    return Plane(
        torch.from_numpy((axes * length).astype(np.float32)),
        labels,
        words,
        {"explained": shares.tolist()},
    )
