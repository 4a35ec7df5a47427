"""Laws of a figure's points as columns: each row is the snapshot or the bar that it says."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.figures import barcode, colours, curves, diagrams, rips_bars, scene
from landscape_app.figures.points import NEVER, points
from landscape_app.figures.view import View
from tests.figures import made


def scene_of(subject, colour: str = "train_loss"):
    view = View(colour=colour)
    scale = colours.scale(colour, [subject])
    figure = scene.draw(subject, view, scale)
    value = {"label": colour, "low": scale.low, "high": scale.high, "log": scale.colour.log}
    figure.layout.meta = {**figure.layout.meta, "legend": {"runs": [], "value": value}}
    return figure


@pytest.mark.parametrize("colour", ["train_loss", "epoch"])
def test_a_point_of_a_scene_is_its_snapshot_with_its_value(colour: str) -> None:
    subject = made.subject()
    table = points(scene_of(subject, colour), [subject])
    stored = subject.results["embedding"].arrays
    at = dict(zip(stored["rows"].tolist(), scene.framed(stored["coordinates"]), strict=True))
    assert set(table["snapshot"]) == set(subject.rows.tolist())
    for i, row in enumerate(table["snapshot"]):
        assert table["run"][i] == subject.run
        assert table["epoch"][i] == subject.values("epoch", [row])[0]
        place = [table[axis][i] for axis in "xyz"]
        np.testing.assert_allclose(place, at[row], atol=1e-5)
        if table["value"][i] != "":
            assert np.isclose(table["value"][i], subject.values(colour, [row])[0], rtol=1e-4)
    assert sum(value != "" for value in table["value"]) >= len(subject.rows) - 1


def test_a_point_of_the_curves_is_at_its_epoch_and_score() -> None:
    subjects = [made.subject(0), made.subject(1, factor=3.0)]
    table = points(curves.draw(subjects, View()), subjects)
    assert set(table["run"]) == {subject.run for subject in subjects}
    for i, row in enumerate(table["snapshot"]):
        subject = next(s for s in subjects if s.run == table["run"][i])
        assert np.isclose(table["y"][i], subject.values("train_loss", [row])[0], rtol=1e-5)
        if row != 0:
            assert table["x"][i] == table["epoch"][i]


@pytest.mark.parametrize("figure", [diagrams, barcode])
def test_every_bar_has_its_birth_and_its_death(figure) -> None:
    subject = made.subject()
    table = points(figure.draw(subject, View(), diagrams.axes([subject])), [subject])
    arrays = {kind: subject.results[kind].arrays for kind in ("sublevel", "rips")}
    loops = rips_bars.loops(subject)[0]
    known = {
        "sublevel": (arrays["sublevel"]["birth"], arrays["sublevel"]["death"]),
        "rips0": (np.zeros(99), arrays["rips"]["h0_death"]),
        "rips1": (loops["h1_birth"], loops["h1_death"]),
    }
    assert set(table["kind"]) == set(known)
    for kind, bar, birth, death in zip(
        *(table[name] for name in ("kind", "bar", "birth", "death")), strict=True
    ):
        born, dies = known[kind][0][bar], known[kind][1][bar]
        assert np.isclose(birth, born, atol=1e-6)
        assert death == NEVER if np.isinf(dies) else np.isclose(death, dies, atol=1e-6)


def test_a_lifted_pen_is_no_point() -> None:
    subject = made.subject(without=(6, 7))
    table = points(scene_of(subject), [subject])
    assert not {6, 7} & set(table["snapshot"])
    assert all(isinstance(value, float) for value in table["x"])
