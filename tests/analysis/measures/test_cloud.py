"""Laws of the cloud's measures: closed forms, what a change of scale does to them, and what may not
change them.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from landscape_app.analysis.measures import cloud as measures
from landscape_app.analysis.measures.cloud import GEOMETRY, Clouds
from landscape_app.analysis.topology.rips import persistence
from landscape_app.analysis.topology.summaries import total_persistence
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.seeds import numpy_stream
from tests.analysis.measures.clouds import FACTS, NORM, cloud

ALL = (
    "mst_length",
    "mst_length_norm",
    "mst_length_losses",
    "magnitude_norm",
    "magnitude_losses",
    "ph_dimension",
    "ph_dimension_losses",
)


def scattered(n=90, *, weights=1.0, losses=1.0, seed=0) -> Snapshots:
    """n snapshots anywhere, whose weights and losses are multiplied by a number each."""
    plain, rng = cloud(seeds=6), np.random.default_rng(seed)
    plain = plain.select(np.arange(n) % len(plain))
    columns = {**plain.columns, "row": np.arange(n)}
    delta, loss = rng.normal(size=(n, 30)), rng.exponential(size=(n, 12))
    return Snapshots(
        "scattered",
        columns,
        Matrix.of((weights * delta).astype(np.float32)),
        losses=Matrix.of(losses * loss),
        classes=10,
    )


def found(name, snapshots, facts=FACTS):
    return getattr(measures, name)(snapshots, facts)[0].value


def with_norm(norm):
    return {**FACTS, "weight_norm": norm}


@pytest.mark.parametrize("factor", [0.25, 8.0])
def test_lengths_scale_with_the_weights_and_what_is_divided_by_the_norm_does_not_see_it(factor):
    plain, scaled = scattered(200), scattered(200, weights=factor)
    assert found("mst_length", scaled) == pytest.approx(
        factor * found("mst_length", plain), rel=1e-6
    )
    for name in ("mst_length_norm", "magnitude_norm"):
        assert found(name, scaled, with_norm(factor * NORM)) == pytest.approx(
            found(name, plain, with_norm(NORM)), rel=1e-6
        )
    assert found("ph_dimension", scaled) == pytest.approx(found("ph_dimension", plain), rel=1e-5)
    for name in ("mst_length_losses", "magnitude_losses", "ph_dimension_losses"):
        assert found(name, scaled) == found(name, plain)


def test_in_rho_lengths_scale_with_the_losses_and_nothing_else_does():
    plain, scaled = scattered(200), scattered(200, losses=3.0)
    assert found("mst_length_losses", scaled) == pytest.approx(
        3 * found("mst_length_losses", plain), rel=1e-12
    )
    assert found("ph_dimension_losses", scaled) == pytest.approx(
        found("ph_dimension_losses", plain), rel=1e-9
    )
    assert found("mst_length", scaled) == found("mst_length", plain)


def test_the_length_over_the_norm_is_the_total_persistence_of_rips_h0():
    known = Clouds(scattered(), FACTS)
    whole = persistence(known.normed, quantile=0.25)
    assert found("mst_length_norm", scattered()) == pytest.approx(
        total_persistence(whole.h0), rel=1e-6
    )


@pytest.mark.parametrize("name", ALL)
def test_rows_in_any_order_and_copies_of_a_snapshot_change_nothing(name):
    plain = scattered(200)
    order = np.random.default_rng(1).permutation(len(plain))
    mixed = plain.select(order)
    twice = plain.select(np.r_[np.arange(len(plain)), [3, 3, 7]])
    twice = Snapshots(
        "twice",
        {**twice.columns, "row": np.arange(len(twice))},
        twice.delta,
        losses=twice.losses,
        classes=10,
    )
    assert found(name, twice) == pytest.approx(found(name, plain), rel=1e-6)
    mixed = Snapshots(
        "mixed",
        {**mixed.columns, "row": np.arange(len(mixed))},
        mixed.delta,
        losses=mixed.losses,
        classes=10,
    )
    if not name.startswith("ph_dimension"):  # whose subsamples are drawn by place
        assert found(name, mixed) == pytest.approx(found(name, plain), rel=1e-6)


def test_magnitude_is_between_one_place_and_as_many_as_there_are():
    values = [
        found("magnitude_norm", scattered(weights=factor)) for factor in (1e-4, 0.05, 0.2, 1.0, 1e3)
    ]
    assert values == sorted(values)
    assert values[0] >= 1  # not 1: weights of opposite sign remain where all lie close together
    assert values[-1] == pytest.approx(90, abs=1e-6)


def test_the_dimension_of_a_square_is_nearer_to_two_than_that_of_a_line():
    rng, plain = np.random.default_rng(0), scattered(400)

    def of(points):
        delta = np.zeros((400, 5), np.float32)
        delta[:, : points.shape[1]] = points
        return found("ph_dimension", Snapshots("x", plain.columns, Matrix.of(delta), classes=10))

    assert of(rng.uniform(size=(400, 1))) == pytest.approx(1, abs=0.25)
    assert of(rng.uniform(size=(400, 2))) == pytest.approx(2, abs=0.4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ph_dimension", "ph_dimension_losses"])
def test_a_dimension_that_is_its_seed_is_absent_and_says_so(name, monkeypatch):
    """Where a few snapshots far away make up the tree, its growth is a matter of which are drawn;
    in a square it is not.
    """
    rng, columns = np.random.default_rng(0), scattered(400).columns
    tailed, square = (
        np.exp(3 * rng.normal(size=(400, 1))) * rng.normal(size=(400, 5)),
        rng.uniform(size=(400, 2)),
    )
    values = {"tailed": set(), "square": set()}
    for seed in range(8):
        monkeypatch.setattr(
            measures, "numpy_stream", lambda _, *stream, seed=seed: numpy_stream(seed, *stream)
        )
        for kind, points in (("tailed", tailed), ("square", square)):
            matrix = Matrix.of(points.astype(np.float32))
            (told,) = getattr(measures, name)(
                Snapshots(kind, columns, matrix, losses=matrix, classes=10), FACTS
            )
            values[kind].add(told.value)
            assert told.value or re.match(
                "it depends on which snapshots are drawn: .* ±|the tree grows as fast", told.detail
            )
    assert values["tailed"] == {None}
    assert max(values["square"]) < 1.3 * min(values["square"])


def test_what_is_not_stored_is_said_and_what_is_known_is_not_computed_again():
    plain = scattered()
    bare = Snapshots("bare", plain.columns, plain.delta, classes=10)
    (told,) = measures.mst_length_losses(bare, FACTS)
    assert (told.value, told.detail) == (
        None,
        "no losses of single examples are stored with this run",
    )
    (told,) = measures.mst_length_norm(plain, {})
    assert told.detail == "the weights' norm is not recorded with this run"
    (told,) = measures.ph_dimension(cloud(), FACTS)
    assert told.value is None
    assert "at least 64 snapshots" in told.detail
    asked = []

    def known():
        asked.append(None)
        return Clouds(plain, FACTS).geometry

    unread = Snapshots(
        "x",
        plain.columns,
        Matrix(plain.delta.shape, lambda start, stop: 1 / 0),
        losses=plain.losses,
        classes=10,
    )
    assert found("mst_length", unread, {**FACTS, GEOMETRY: known}) == found("mst_length", plain)
    assert len(asked) == 1


def test_where_all_losses_are_the_same_there_is_one_place_and_no_dimension():
    plain = scattered()
    flat = Snapshots(
        "flat", plain.columns, plain.delta, losses=Matrix.of(np.ones((90, 12))), classes=10
    )
    assert found("mst_length_losses", flat) == 0
    assert found("magnitude_losses", flat) == 1
    (told,) = measures.ph_dimension_losses(flat, FACTS)
    assert (told.value, told.detail.split(";")[0]) == (None, "all snapshots are in one place")
    few = Snapshots(
        "few",
        plain.columns,
        plain.delta,
        losses=Matrix.of(np.ones((90, 12)) * (np.arange(90) % 5)[:, None]),
        classes=10,
    )
    assert found("mst_length_losses", few) == 4
    # of five places, however many snapshots are in each
    assert found("ph_dimension_losses", few) is None


def test_as_all_draw_together_magnitude_tends_to_a_limit_and_is_not_lost_in_rounding():
    plain, noise = scattered(), np.random.default_rng(0).normal(size=(90, 40))

    def at(width):
        near = Snapshots(
            "near", plain.columns, plain.delta, losses=Matrix.of(1 + width * noise), classes=10
        )
        return found("magnitude_losses", near)

    assert at(1e-8) == pytest.approx(at(1e-6), rel=1e-4)
    assert at(1e-12) == pytest.approx(at(1e-6), rel=1e-2)


def test_with_more_snapshots_rho_is_a_mean_over_fewer_examples_and_says_so(monkeypatch):
    monkeypatch.setattr(measures, "DIFFERENCES", 90 * 90 / 2 * 3)
    plain = scattered()
    (told,) = measures.mst_length_losses(plain, FACTS)
    assert "mean over 3 of the 12 examples stored" in told.detail
    fewer = Snapshots(
        "x", plain.columns, plain.delta, losses=Matrix.of(plain.losses.whole()[:, ::4]), classes=10
    )
    assert told.value == found("mst_length_losses", fewer)
