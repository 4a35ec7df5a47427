"""Laws of names in a common picture: near the ends they name, never on each other, inside it."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from landscape_app.figures import arm_names
from landscape_app.figures.arm_names import EDGE, HEIGHT, LETTER


def cloud(x: float, y: float, dims: int) -> np.ndarray:
    return np.array([x, y, 0.0])[:dims] + np.random.default_rng(0).normal(0, 0.05, (20, dims))


@given(
    st.lists(st.tuples(*[st.floats(-0.9, 0.9)] * 2), min_size=1, max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_names_are_inside_and_none_lies_on_another(at: list[tuple[float, float]]) -> None:
    arms = [cloud(x, y, 2) for x, y in at]
    texts = ["● Good · gap 3.4 %"] * len(arms)
    places = arm_names.places(arms, [arm[-4:] for arm in arms], texts)
    half = np.array([LETTER * len(texts[0]), HEIGHT]) / 2
    assert (np.abs(places) + half <= np.array(EDGE) + 1e-9).all()
    for i, one in enumerate(places):
        others = np.abs(places[:i] - one)
        assert not (others < 2 * half - 1e-9).all(axis=1).any()


def test_a_name_stands_at_the_ends_of_its_run_and_hides_none_of_its_snapshots() -> None:
    arms = [cloud(-0.7, 0.0, 2), cloud(0.7, 0.0, 2)]
    texts = ["one", "two"]
    places = arm_names.places(arms, arms, texts)
    assert places[0, 0] < 0 < places[1, 0]
    for arm, place in zip(arms, places, strict=True):
        half = np.array([LETTER * 3, HEIGHT]) / 2
        assert not (np.abs(arm - place) < half).all(axis=1).any()


@pytest.mark.parametrize("dims", [2, 3])
def test_a_run_without_an_end_has_a_name_all_the_same(dims: int) -> None:
    arms = [cloud(0.5, 0.5, dims), np.full((3, dims), np.nan)]
    places = arm_names.places(arms, [arms[0], arms[1][:0]], ["one", "two"])
    assert np.isfinite(places).all()


def test_in_space_names_of_runs_that_are_near_stand_one_above_the_other() -> None:
    arms = [cloud(0.5, 0.5, 3), cloud(0.5, 0.5, 3)]
    places = arm_names.places(arms, arms, ["one", "two"])
    assert abs(places[0, 2] - places[1, 2]) >= HEIGHT
