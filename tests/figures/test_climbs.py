"""Laws of hollow bars: a bar is hollow if its own climb was found and is 0, and another's is never
taken for it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.figures import climbs, diagrams, profile
from landscape_app.figures.view import DrawnRun, InMemoryResult, View
from tests.figures import made

AXES = diagrams.axes([made.subject(0)])
PAIRS = [(30, 1), (60, 1), (90, 30)]


class Stored(InMemoryResult):
    """A result that knows what it was computed from."""

    inputs = "these"


def subject(pairs=PAIRS, climb=(0.0, 0.25, np.nan), *, inputs: str = "these") -> DrawnRun:
    """A long run of four bars, three of them finite, with climbs of `pairs`."""
    whole = made.subject(0, **made.LONG)
    rows, birth = np.array([1, 30, 60, 90]), np.array([0.01, 0.02, 0.03, 0.04])
    arrays = {
        **whole.results["sublevel"].arrays,
        "birth": birth,
        "death": np.array([np.inf, 0.5, 0.4, 0.3]),
        "birth_row": rows,
    }
    arrays |= {
        "into": np.array([-1, 0, 0, 1]),
        "merge_rows": np.full((4, 2), -1),
        "basin_rows": np.arange(8),
    }
    arrays |= {"basin_offsets": np.array([0, 2, 4, 6, 8])}
    found = Stored({"pairs": np.array(pairs), "climb": np.array(climb)}, {})
    object.__setattr__(found, "inputs", inputs)
    return replace(
        whole, results={**whole.results, "sublevel": Stored(arrays, {}), "climbs": found}
    )


def test_a_climb_is_that_of_the_bars_own_two_minima() -> None:
    assert climbs.of(subject()) == {1: 0.0, 2: 0.25, 3: pytest.approx(np.nan, nan_ok=True)}
    # found at another t, k or filtration
    assert climbs.of(subject(pairs=[(30, 60), (60, 1), (91, 30)])) == {2: 0.25}
    assert climbs.of(subject(inputs="others")) == {}  # the snapshots were sampled again
    assert climbs.of(made.subject(0)) == {}


def test_the_diagram_draws_bars_without_a_climb_hollow() -> None:
    figure = diagrams.draw(subject(), View(filtration="train_loss"), AXES)
    groups = [group for group in figure.layout.meta["bars"] if group["kind"] == "sublevel"]
    symbols = [figure.data[group["trace"]].marker.symbol for group in groups]
    drawn = {
        bar: symbol for group, symbol in zip(groups, symbols, strict=True) for bar in group["bar"]
    }
    assert {bar for bar, symbol in drawn.items() if symbol.endswith("-open")} == {1}
    assert set(drawn) == {0, 1, 2, 3}


def test_the_profile_draws_their_minima_hollow() -> None:
    figure = profile.draw(
        subject(), View(part="profile", filtration="train_loss"), profile.HeightSpan(0.0, 1.0)
    )
    (trace,) = [
        figure.data[one["trace"]] for one in figure.layout.meta["bars"] if one["kind"] == "sublevel"
    ]
    assert [symbol.endswith("-open") for symbol in trace.marker.symbol] == [
        False,
        True,
        False,
        False,
    ]
