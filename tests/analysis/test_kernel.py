"""Laws of the kernels: the paper's is the phate package's, ours looks across trajectories, and
pieces are joined and counted.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from landscape_app.analysis.kernel import JOINT, connect, paper, trajectory_aware
from landscape_app.errors import AnalysisError
from tests.analysis.clouds import rays, space

K = {"k": 5, "k_cross": 3, "decay": 40.0}


def components(kernel) -> int:
    return connected_components(kernel, directed=False)[0]


def test_paper_kernel_is_the_phate_packages():
    import graphtools

    cloud = space(rays())
    theirs = graphtools.Graph(
        cloud.distances, precomputed="distance", knn=5, decay=40, thresh=1e-4, verbose=0
    ).kernel
    ours = paper(cloud.distances, cloud.trajectory, **K)
    np.testing.assert_allclose(
        ours.toarray(),
        np.asarray(theirs.todense() if hasattr(theirs, "todense") else theirs),
        atol=1e-12,
    )


def test_our_kernel_contains_the_papers_and_sees_other_trajectories():
    cloud = space(rays(pace=1e-3))
    near, wide = (
        kernel(cloud.distances, cloud.trajectory, **K).toarray()
        for kernel in (paper, trajectory_aware)
    )
    assert (wide >= near - 1e-15).all()
    other = cloud.trajectory[:, None] != cloud.trajectory
    assert ((wide > 0) & other).sum(axis=1).min() >= K["k_cross"]
    assert components(paper(cloud.distances, cloud.trajectory, **K)) > 1  # why ours exists
    assert components(trajectory_aware(cloud.distances, cloud.trajectory, **K)) == 1


def test_affinity_at_the_kth_neighbour_is_exp_minus_one():
    cloud = space(rays())
    kernel = paper(cloud.distances, cloud.trajectory, **K).toarray()
    reach = np.sort(cloud.distances, axis=1)[:, 5]
    expected = np.exp(-((cloud.distances / reach[:, None]) ** 40.0))
    expected[expected < 1e-4] = 0
    np.testing.assert_allclose(kernel, (expected + expected.T) / 2, atol=1e-12)


def test_kernels_are_symmetric_with_ones_on_the_diagonal():
    cloud = space(rays())
    for kernel in (paper, trajectory_aware):
        matrix = kernel(cloud.distances, cloud.trajectory, **K).toarray()
        assert np.array_equal(matrix, matrix.T)
        assert (np.diagonal(matrix) == 1).all()


def test_pieces_are_joined_along_the_spanning_tree_and_counted():
    x = np.r_[np.arange(8), 100 + np.arange(8), 250 + np.arange(8)].astype(float)
    apart = np.abs(x[:, None] - x)
    kernel = paper(apart, np.zeros(24), k=2, k_cross=1, decay=40.0)
    joined, count = connect(kernel, apart)
    assert (components(kernel), components(joined), count) == (3, 1, 2)
    added = (joined - kernel).toarray()
    assert np.argwhere(np.triu(added) > 0).tolist() == [[7, 8], [15, 16]]  # the shortest gaps
    assert np.allclose(added[[7, 15], [8, 16]], JOINT)
    assert connect(joined, apart)[1] == 0


def test_trajectory_with_too_few_others_takes_all_there_are():
    cloud = space(rays(seeds=1, steps=(1.0,)))  # one trajectory and the anchor
    kernel = trajectory_aware(cloud.distances, cloud.trajectory, **K).toarray()
    assert kernel[0, 1:].max() > 0
    alone = trajectory_aware(cloud.distances, np.zeros(len(cloud.distances)), **K)
    np.testing.assert_array_equal(
        alone.toarray(), paper(cloud.distances, cloud.trajectory, **K).toarray()
    )


def test_fewer_snapshots_than_k_are_refused():
    cloud = space(rays(seeds=1, steps=(1.0,), epochs=3))
    with pytest.raises(
        AnalysisError, match="k = 5 nearest snapshots were asked for, but there are only 5"
    ):
        paper(cloud.distances, cloud.trajectory, **K)


def test_copies_at_distance_zero_do_not_break_the_bandwidth():
    apart = np.abs(
        np.subtract.outer(np.r_[np.zeros(6), np.arange(1, 9)], np.r_[np.zeros(6), np.arange(1, 9)])
    )
    kernel = paper(apart, np.arange(14), k=3, k_cross=1, decay=40.0).toarray()
    assert np.isfinite(kernel).all()
    assert (kernel[:6, :6] == 1).all()
