"""Laws of the cosines: nearly parallel directions keep their digits, jumps of one direction are
one, what has no direction is named.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from landscape_app.analysis import cosine_distance
from landscape_app.analysis.geometry import measure
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix
from landscape_app.seeds import numpy_stream
from tests.analysis.clouds import rays


def exact(rows: np.ndarray) -> np.ndarray:
    """½‖u − v‖² of the rows' directions in extended precision, pair by pair; NaN where there is
    none.
    """
    wide = rows.astype(np.longdouble)
    lengths = np.sqrt((wide**2).sum(axis=1))
    directed = np.flatnonzero(lengths)
    units = wide[directed] / lengths[directed, None]
    found = np.full((len(rows), len(rows)), np.nan, dtype=np.longdouble)
    found[np.ix_(directed, directed)] = [0.5 * ((units - unit) ** 2).sum(axis=1) for unit in units]
    return found


@pytest.mark.parametrize("pace", [1e-1, 1e-3, 1e-5, 1e-6])
@pytest.mark.parametrize("name", ["cosine", "centred_cosine"])
def test_nearly_parallel_directions_keep_their_digits(name, pace):
    cloud = rays(seeds=2, parameters=20_000, epochs=4, pace=pace)
    delta = cloud.delta.whole().astype(np.longdouble)
    seen = delta - delta.mean(axis=0) if name == "centred_cosine" else delta
    found, expected = getattr(cosine_distance, name)(cloud).values, exact(seen)
    # Below 1e-13 two directions are one to float32, and merged: rounding of the reference itself is
    # as large.
    apart = expected > 1e-13
    for step in np.unique(cloud.column("step_size")):
        of_step = apart & (cloud.column("step_size") == step)[:, None]
        assert of_step.any()
        assert (np.abs(found - expected) / np.where(apart, expected, 1))[of_step].max() <= 1e-5

    moving = np.flatnonzero(cloud.column("step_size") > 0)
    single = cloud.delta.whole()[moving]
    units = single / np.linalg.norm(single, axis=1)[:, None]
    plain, near = (
        1 - units @ units.T,
        (expected < 1e-5)[np.ix_(moving, moving)] & apart[np.ix_(moving, moving)],
    )
    error = (
        np.abs(plain - expected[np.ix_(moving, moving)])[near]
        / expected[np.ix_(moving, moving)][near]
    )
    assert pace > 1e-3 or error.max() > 1e-2  # this is what it guards against


def test_anchor_and_starts_at_it_have_no_direction():
    cloud = rays(seeds=3)
    geometry = measure(cloud, cosine_distance.cosine)
    still = cloud.column("row")[np.linalg.norm(cloud.delta.whole(), axis=1) == 0]
    assert len(still) == 4
    assert geometry.because == {"no direction": tuple(still.tolist())}
    assert not set(still.tolist()) & set(geometry.rows.tolist())
    assert geometry.excluded == tuple(still.tolist())
    assert not measure(cloud, cosine_distance.centred_cosine).because


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_jumps_of_one_direction_are_one_whatever_rounding_to_float32_does(scale):
    # As sampling does it: the jump is added to weights in float32, and δ is what they then differ
    # by.
    rng = numpy_stream(5, "weights")
    anchor = (scale * rng.standard_normal(400)).astype(np.float32)
    steps = (0.05, 0.25, 0.5, 1.0)
    cloud = rays(seeds=3, steps=steps, parameters=400)
    delta = cloud.delta.whole().copy()
    start = (cloud.column("epoch") == 0) & (cloud.column("trajectory") >= 0)
    for row in np.flatnonzero(start):
        direction = (
            numpy_stream(int(cloud.column("seed")[row]), "direction")
            .standard_normal(400)
            .astype(np.float32)
        )
        direction *= np.linalg.norm(anchor) / np.linalg.norm(direction)
        delta[row] = (anchor + np.float32(cloud.column("step_size")[row]) * direction) - anchor
    cloud.columns["distance"][:] = np.linalg.norm(delta.astype(np.float64), axis=1)
    geometry = measure(dataclasses.replace(cloud, delta=Matrix.of(delta)), cosine_distance.cosine)
    jumps = np.flatnonzero(start) - 1  # the anchor is not among the rows
    assert len(np.unique(geometry.representative[jumps])) == 3
    assert len(geometry.distinct) == len(geometry.rows) - 3 * (len(steps) - 1)
    first = geometry.rows[geometry.representative[jumps]]
    assert set(first.tolist()) == set(
        cloud.column("row")[start & (cloud.column("step_size") == steps[0])].tolist()
    )


def test_cloud_on_one_point_has_no_direction_from_its_mean():
    cloud = rays(seeds=1)
    still = dataclasses.replace(
        cloud, delta=Matrix.of(np.tile(np.float32([0.1, 0.7, 0.3]), (len(cloud), 1)))
    )
    with pytest.raises(
        AnalysisError,
        match=f"0 of {len(cloud)} snapshots have a place \\({len(cloud)} no direction\\)",
    ):
        measure(still, cosine_distance.centred_cosine)


def test_directions_know_no_length():
    cloud = rays(seeds=2)
    lengths = numpy_stream(2, "lengths").uniform(0.5, 2, len(cloud)).astype(np.float32)
    longer = dataclasses.replace(cloud, delta=Matrix.of(cloud.delta.whole() * lengths[:, None]))
    np.testing.assert_allclose(
        cosine_distance.cosine(longer).values,
        cosine_distance.cosine(cloud).values,
        rtol=1e-5,
        atol=1e-13,
    )
    assert (
        np.nanmax(
            np.abs(
                cosine_distance.centred_cosine(longer).values
                - cosine_distance.centred_cosine(cloud).values
            )
        )
        > 0.01
    )
