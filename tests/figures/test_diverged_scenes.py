"""One diverged run ruins neither the common frame nor the one scale of true distances: the others
are drawn as without it, and where it leaves the frame a triangle stands at the edge.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape_app.figures import colours, joint, scene, true_scale
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.view import DrawnRun, InMemoryResult, View
from tests.figures import made

TIMES = [1e6, 1e30]
TRUE = View(method="metric-mds")


def thrown(stored: InMemoryResult, of: np.ndarray, times: float) -> InMemoryResult:
    """The embedding with the snapshots `of` (n,) bool so many times as far; the last of them has no
    place at all.
    """
    at = np.asarray(stored.arrays["coordinates"], dtype=np.float64).copy()
    at[of] *= times
    at[np.flatnonzero(of)[-1]] = np.nan
    return InMemoryResult({**stored.arrays, "coordinates": at}, stored.meta)


def runs(times: float, dims: int) -> tuple[list[DrawnRun], list[DrawnRun]]:
    """(three runs, two of them and one of which all jumps are so many times as far)."""
    alike = [made.subject(slot, dims=dims) for slot in range(3)]
    last = alike[2]
    stored = thrown(last.results["embedding"], last.rows > 0, times)  # type: ignore[arg-type]
    gone = replace(last, label="Gone", results={**last.results, "embedding": stored})
    return alike, [*alike[:2], gone]


def place(figure: go.Figure, trace: int, dims: int) -> np.ndarray:
    return np.stack([getattr(figure.data[trace], axis) for axis in "xyz"[:dims]], axis=1)


def marks(figure: go.Figure) -> list[dict]:
    """Where a run goes beyond the frame: entries of layout.meta."""
    return [base for base in figure.layout.meta["base"] if "words" in base]


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("times", TIMES)
def test_true_distances_keep_their_scale(times: float, dims: int) -> None:
    alike, among = runs(times, dims)
    before, after = true_scale.reach(alike), true_scale.reach(among)
    assert after.high == pytest.approx(before.high)
    assert true_scale.off_scale(alike) == ""
    assert "Gone" in true_scale.off_scale(among)
    view, scale = replace(TRUE, dims=dims), colours.scale("train_loss", alike)
    for i in range(2):
        whole = [scene.draw(runs[i], view, scale, reach=after.high) for runs in (alike, among)]
        for base in whole[0].layout.meta["base"]:
            np.testing.assert_array_equal(*(place(one, base["trace"], dims) for one in whole))
        assert marks(whole[1]) == []
    figure = scene.draw(among[2], view, scale, reach=after.high)
    assert faults(figure) == []
    (mark,) = marks(figure)
    assert len(mark["rows"]) == 6  # one for each trajectory
    at = place(figure, mark["trace"], dims)
    assert np.abs(at).max(axis=1) == pytest.approx(np.ones(6))  # at the edge
    assert all("beyond the frame" in words for words in mark["words"])
    anchor = next(base for base in figure.layout.meta["base"] if base["rows"] == [0])
    np.testing.assert_array_equal(place(figure, anchor["trace"], dims), np.zeros((1, dims)))


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("slot", [0, 1, 2])
def test_the_joint_scene_keeps_its_frame(times: float, dims: int, slot: int) -> None:
    subjects = [made.subject(slot, dims=dims) for slot in range(3)]
    subjects[slot] = replace(subjects[slot], label="Gone")
    others = [subject for subject in subjects if subject.label != "Gone"]
    whole = made.joint(subjects, dims)
    broken = thrown(whole, whole.arrays["run"] == slot, times)
    view, scale = View(joint_dims=dims), colours.scale("train_loss", subjects)
    without = joint.frame(broken, [subject.run for subject in others], dims)
    among = joint.frame(broken, [subject.run for subject in subjects], dims)
    seen = whole.arrays["run"] != slot
    close = np.abs(np.abs(among.places[seen]) - np.abs(without.places[seen])).max()
    assert close < 0.35  # what the run has inside the frame may widen it a little
    assert among.off == (slot,)
    assert without.off == ()
    assert joint.off_scale(broken, others, view) == ""
    assert "Gone" in joint.off_scale(broken, subjects, view)
    figure = joint.draw(broken, subjects, view, scale)
    assert faults(figure) == []
    (mark,) = marks(figure)
    assert mark["run"] == subjects[slot].run
    limit = np.array([joint.WIDER, 1.0] if dims == 2 else [1.0] * 3)
    at = np.abs(place(figure, mark["trace"], dims)) / limit
    assert at.max(axis=1) == pytest.approx(np.ones(len(at)), abs=1e-5)
    names = next(trace for trace in figure.data if trace.mode == "text" and len(trace.x) == 3)
    assert np.isfinite(np.stack([names.x, names.y])).all()
    assert max(map(abs, names.x)) < 2


def test_two_runs_of_which_one_left() -> None:
    subjects = [made.subject(0, dims=2), replace(made.subject(1, dims=2), label="Gone")]
    whole = made.joint(subjects, 2)
    left = (whole.arrays["run"] == 1) & (whole.arrays["rows"] > 0)
    broken = thrown(whole, left, 1e6)
    assert joint.frame(broken, ["run-0", "run-1"], 2).off == (1,)
    assert joint.frame(whole, ["run-0", "run-1"], 2).off == ()


def test_networks_that_are_far_from_each_other_are_no_divergence() -> None:
    subjects = [made.subject(slot, dims=2) for slot in range(3)]
    whole = made.joint(subjects, 2)
    at = np.asarray(whole.arrays["coordinates"], dtype=np.float64).copy()
    at[whole.arrays["run"] == 1] += 400.0  # of a spread of about 25
    apart = InMemoryResult({**whole.arrays, "coordinates": at}, whole.meta)
    assert joint.frame(apart, ["run-0", "run-1", "run-2"], 2).off == ()
