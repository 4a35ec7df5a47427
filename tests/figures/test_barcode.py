"""Laws of barcodes: a line for each bar from its birth to its death, the longest at the top, the
same bars as in the diagrams.
"""

from __future__ import annotations

import numpy as np

from landscape_app.figures import barcode, diagrams, rips_bars
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.view import View
from tests.figures import made


def drawn():
    subject = made.subject()
    axes = diagrams.axes([subject])
    return subject, axes, barcode.draw(subject, View(), axes)


def lines(figure, group) -> np.ndarray:
    """(bars, 2): where the line of each bar begins and ends."""
    x = np.asarray(figure.data[group["trace"]].x, dtype=np.float64)
    assert np.isnan(x[2::3]).all()
    return np.stack([x[::3], x[1::3]], axis=1)


def test_a_line_goes_from_birth_to_death_or_to_the_edge() -> None:
    subject, axes, figure = drawn()
    assert faults(figure) == []
    stored = {kind: subject.results[kind].arrays for kind in ("sublevel", "rips")}
    loops = rips_bars.loops(subject)[0]
    ends = {
        "sublevel": (stored["sublevel"]["birth"], stored["sublevel"]["death"], axes.sublevel[1]),
        "rips0": (np.zeros(subject.rows.size), stored["rips"]["h0_death"], axes.rips[1]),
        "rips1": (loops["h1_birth"], loops["h1_death"], axes.rips[1]),
    }
    for group in figure.layout.meta["bars"]:
        birth, death, edge = ends[group["kind"]]
        for (low, high), bar in zip(lines(figure, group), group["bar"], strict=True):
            assert np.isclose(low, birth[bar], atol=1e-6)
            assert np.isclose(high, death[bar] if np.isfinite(death[bar]) else edge, atol=1e-6)


def test_longer_bars_stand_higher() -> None:
    _, _, figure = drawn()
    for group in figure.layout.meta["bars"]:
        lengths = np.diff(lines(figure, group), axis=1)[:, 0]
        heights = np.asarray(figure.data[group["trace"]].y)[::3]
        never = [death is None for death in group["death"]]
        assert (np.diff(heights) > 0).all()
        assert (np.diff(lengths[~np.array(never)]) >= -1e-6).all()
        assert never == sorted(never)  # those that never die are the longest


def test_bars_are_those_of_the_diagrams() -> None:
    subject, axes, figure = drawn()
    diagram = diagrams.draw(subject, View(), axes)
    for kind in ("sublevel", "rips0", "rips1"):
        bars = [
            sorted(
                bar
                for group in f.layout.meta["bars"]
                if group["kind"] == kind
                for bar in group["bar"]
            )
            for f in (figure, diagram)
        ]
        assert bars[0] == bars[1], kind
