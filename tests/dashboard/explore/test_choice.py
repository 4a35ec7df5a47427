"""Laws of the address line: what is chosen can be read back, what is not known is said."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.explore import choice
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.curves import CURVES
from landscape_app.figures.view import FUNCTION, PARTS, View
from landscape_app.registries import DISTANCES, EMBEDDINGS, FILTRATIONS


@pytest.fixture(scope="module")
def board(sampled: Path) -> Board:
    """What is in the runs folder, read once: nothing here changes it."""
    return Board(sampled)


@pytest.mark.parametrize("method", EMBEDDINGS)
@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_a_choice_is_read_back_from_its_query(
    board: Board, method: str, colour: str, filtration: str
) -> None:
    for dims in (2, 3):
        chosen = choice.ExploreChoice(
            ("poor", "good"), View(method, dims, 5 - dims, colour, filtration)
        )
        assert choice.of_query(dict(parse_qsl(chosen.query())), board, "light") == chosen


@pytest.mark.parametrize("distance", [FUNCTION, *DISTANCES])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("curve", CURVES)
def test_distance_part_and_curve_are_read_back_too(
    board: Board, distance: str, part: str, curve: str
) -> None:
    chosen = choice.ExploreChoice(("poor", "good"), View(distance=distance, part=part, curve=curve))
    assert choice.of_query(dict(parse_qsl(chosen.query())), board, "light") == chosen


def test_without_a_query_the_newest_study_is_shown(board: Board) -> None:
    assert choice.of_query({}, board, "dark") == choice.ExploreChoice(
        ("good", "poor"), View(scheme="dark")
    )


def test_without_webgl_a_query_for_three_dimensions_gives_the_plane(board: Board) -> None:
    assert choice.of_query({"dims": "3"}, board, "light", flat=True).view.dims == 2
    assert choice.of_query({"dims": "3"}, board, "light").view.dims == 3


def test_a_study_stands_for_its_runs_and_nothing_is_shown_twice(board: Board) -> None:
    assert run_view.members(["both"], board) == ("good", "poor")
    assert run_view.members(["poor", "both", "a", "b", "c"], board) == (
        "poor",
        "good",
        "a",
        "b",
    )


@pytest.mark.parametrize(
    "query",
    [
        {"method": "phte"},
        {"dims": "4"},
        {"colour": "los"},
        {"filtration": "rank"},
        {"distance": "cosinus"},
        {"part": "tee"},
    ],
)
def test_an_unknown_word_is_refused_in_words(board: Board, query: dict[str, str]) -> None:
    with pytest.raises(LandscapeError, match="|".join(query.values())):
        choice.of_query(query, board, "light")
