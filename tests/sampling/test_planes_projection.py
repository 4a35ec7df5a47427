"""Laws of projection: Pythagoras, coordinates that reproduce weights, the principal plane as the
nearest one.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix
from landscape_app.sampling.planes_projection import principal, project
from tests.sampling.planes import plane_of, problem_of, snapshots
from tests.sampling.problems import IMAGES


@settings(deadline=None)
@given(seed=st.integers(0, 50), n=st.integers(2, 8), directions=st.integers(1, 2))
def test_projection_and_residual_obey_pythagoras_and_residuals_are_orthogonal(seed, n, directions):
    delta, axes = (
        snapshots(n, 40, seed).astype(np.float64),
        snapshots(directions, 40, seed + 100).astype(np.float64),
    )
    coordinates, residual = project(Matrix.of(delta), axes)
    inside = coordinates @ axes
    np.testing.assert_allclose(
        np.square(inside).sum(1) + residual**2, np.square(delta).sum(1), rtol=1e-9
    )
    np.testing.assert_allclose((delta - inside) @ axes.T, 0, atol=1e-8)


def test_rows_in_the_plane_are_reproduced_by_their_coordinates_also_between_oblique_directions():
    axes = snapshots(2, 300_000).astype(np.float64)  # several blocks of columns
    axes[1] += axes[0]
    at = np.array([[0.5, -0.25], [0.0, 0.0], [2.0, 1.0]])
    coordinates, residual = project(Matrix.of((at @ axes).astype(np.float32)), axes)
    np.testing.assert_allclose(coordinates, at, atol=1e-6)
    assert residual.max() < 1e-6 * np.linalg.norm(at @ axes, axis=1).max()


def test_a_row_that_is_not_finite_has_no_place_and_leaves_the_others_alone():
    delta = snapshots(4, 30)
    clean = project(Matrix.of(delta), delta[:2].astype(float))
    delta[3, 7] = np.inf
    coordinates, residual = project(Matrix.of(delta), delta[:2].astype(float))
    assert np.isnan(coordinates[3]).all()
    assert not np.isfinite(residual[3])
    np.testing.assert_allclose(coordinates[:3], clean[0][:3])
    np.testing.assert_allclose(residual[:3], clean[1][:3])


def test_principal_axes_are_those_of_the_singular_value_decomposition():
    delta = snapshots(9, 500)
    axes, shares = principal(Matrix.of(delta), count=2)
    _, singular, right = np.linalg.svd(delta.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-10)
    np.testing.assert_allclose(np.abs((axes * right[:2]).sum(1)), 1, rtol=1e-9)
    np.testing.assert_allclose(shares, singular[:2] ** 2 / (singular**2).sum(), rtol=1e-9)
    along = delta @ axes.T
    assert (along[np.abs(along).argmax(0), np.arange(2)] > 0).all()


def test_no_plane_has_less_residual_than_the_principal_one():
    problem, spec, anchor = problem_of(**IMAGES)
    delta = snapshots(12, problem.layout.parameters)
    totals = {}
    for kind in ("pca", "random", "hessian"):
        plane = plane_of(kind, problem, spec, anchor, delta=delta)
        totals[kind] = np.square(project(Matrix.of(delta), plane.directions.numpy())[1]).sum()
    assert totals["pca"] < min(totals["random"], totals["hessian"])
    shares = plane_of("pca", problem, spec, anchor, delta=delta).facts["explained"]
    assert totals["pca"] == pytest.approx(
        (1 - sum(shares)) * np.square(delta, dtype=float).sum(), rel=1e-4
    )


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_snapshots_on_one_line_have_no_principal_plane(rows):
    problem, spec, anchor = problem_of()
    delta = np.outer(np.arange(1.0, rows + 1), np.ones(problem.layout.parameters)).astype(
        np.float32
    )
    with pytest.raises(AnalysisError, match="principal axes"):
        plane_of("pca", problem, spec, anchor, delta=delta)
