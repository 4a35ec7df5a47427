"""Laws of the diffusion: operator, potential, entropy and knee are the phate package's to 1e-6."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis import diffusion
from landscape_app.analysis.diffusion import Diffusion, knee, potential
from landscape_app.errors import AnalysisError
from tests.analysis.clouds import rays, space


def of_phate(kernel, **settings):
    """The phate package fitted on our kernel."""
    import phate

    with warnings.catch_warnings():
        # it warns of disconnected graphs, as it should
        warnings.simplefilter("ignore", RuntimeWarning)
        # thresh: it would drop affinities again that are below 1e-4 only because one direction was
        # dropped before symmetrising.
        operator = phate.PHATE(
            knn_dist="precomputed_affinity",
            n_landmark=None,
            verbose=0,
            random_state=0,
            thresh=0,
            **settings,
        )
        return operator.fit(kernel.toarray())


@pytest.mark.parametrize("kernel", ["trajectory", "paper"])
@pytest.mark.parametrize("t", [1, 7, 28])
def test_operator_and_potential_agree_with_phate(kernel, t):
    ours = space(rays()).diffusion(kernel)
    theirs = of_phate(ours.kernel, t=t)
    np.testing.assert_allclose(ours.operator.toarray(), np.asarray(theirs.diff_op), atol=1e-12)
    np.testing.assert_allclose(potential(ours.power(t)), theirs.diff_potential, atol=1e-6)
    np.testing.assert_allclose(
        ours.potential(t).distances, squareform(pdist(theirs.diff_potential)), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("kernel", ["trajectory", "paper"])
def test_entropy_and_knee_agree_with_phate(kernel):
    from phate.vne import compute_von_neumann_entropy

    ours = space(rays()).diffusion(kernel)
    theirs = of_phate(ours.kernel, t="auto")
    np.testing.assert_allclose(
        ours.entropy, compute_von_neumann_entropy(theirs.diff_op, t_max=100), atol=1e-6
    )
    assert ours.knee == theirs._find_optimal_t()


def test_both_ways_to_the_eigenvalues_agree(monkeypatch):
    ours = space(rays()).diffusion("trajectory")
    square = (ours.operator @ ours.operator.T).toarray()
    plain = diffusion.eigenvalues(square.copy())
    monkeypatch.setattr(diffusion, "LARGE", 1)
    np.testing.assert_allclose(diffusion.eigenvalues(square.copy()), plain, atol=1e-13)
    assert (
        diffusion.eigenvalues(square.copy()).tobytes()
        == diffusion.eigenvalues(square.copy()).tobytes()
    )


def test_knee_agrees_with_phate_on_any_falling_curve():
    from phate.vne import find_knee_point

    rng = np.random.default_rng(1)
    for _ in range(30):
        curve = np.sort(rng.exponential(size=100))[::-1] * rng.uniform(0.1, 5)
        assert knee(curve) == find_knee_point(curve)
    with pytest.raises(AnalysisError, match="three points"):
        knee(np.ones(2))


def test_entropy_counts_components_in_the_limit():
    # Two complete graphs: σ = 1 twice and 0 else, so H = log 2 at every t.
    block = np.kron(np.eye(2), np.ones((5, 5)))
    from scipy import sparse

    diffusion = Diffusion(sparse.csr_array(block))
    assert diffusion.components == 2
    np.testing.assert_allclose(diffusion.entropy, np.log(2), atol=1e-6)


def test_powers_are_those_of_the_operator():
    diffusion = space(rays()).diffusion("trajectory")
    dense = diffusion.operator.toarray()
    for t in (1, 2, 3, 13):
        np.testing.assert_allclose(diffusion.power(t), np.linalg.matrix_power(dense, t), atol=1e-13)
        np.testing.assert_allclose(diffusion.power(t).sum(axis=1), 1.0, atol=1e-12)


def test_potential_that_is_the_same_everywhere_is_refused():
    from scipy import sparse

    with pytest.raises(AnalysisError, match="potential is the same"):
        Diffusion(sparse.csr_array(np.ones((12, 12)))).potential(3)
