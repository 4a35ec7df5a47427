"""Laws of what the page says in words: numbers are those of the surface, and a state is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.surface import (
    axes,
    captions,
    cards,
    figures,
    ids,
    rail,
    table,
)
from landscape_app.figures.palette import MARKS, MARKS_OF_SPACE, SYMBOLS_OF_SPACE
from landscape_app.jobs.state import JobState
from landscape_app.number_text import number, percent
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.dashboard.surface.test_figures import seen_of


def text_of(component: Any) -> str:
    """All text of a component and of what is inside it, each followed by a space."""
    if isinstance(component, (list, tuple)):
        return "".join(map(text_of, component))
    if hasattr(component, "children"):
        return text_of(component.children)
    return f"{component} " if isinstance(component, str) else ""


def job(**changes: Any) -> JobState:
    return JobState(**{"state": "running", "command": "surface", "phase": "surface", **changes})


@pytest.mark.parametrize("value", ["train_loss", "test_accuracy"])
def test_the_head_and_summary_name_the_anchor_and_both_ends(context: Context, value: str) -> None:
    seen = seen_of(context, "full", value=value)
    run = seen.runs[0]
    values = run.surface.arrays[value]
    write = percent if value.endswith("accuracy") else number
    anchor, low, high = (write(of) for of in (values[3, 3], values.min(), values.max()))
    expected = f"7 × 7 · anchor {anchor} · {low}–{high}"
    assert captions.head(run, seen) == expected
    assert expected in captions.summary(run, seen)
    assert all(label in captions.summary(run, seen) for label in run.surface.meta["labels"])
    assert captions.captions(seen, ["relief-0"])["relief-0-head"] == expected


def test_the_summary_of_what_is_not_computed_says_why(context: Context) -> None:
    seen = seen_of(context, "bare")
    assert captions.head(seen.runs[0], seen) == ""
    assert captions.why(seen.runs[0], seen) in captions.summary(seen.runs[0], seen)


@pytest.mark.parametrize(("heights", "value"), [("log", "train_loss"), ("linear", "test_accuracy")])
def test_the_legend_has_the_ends_of_the_colours(context: Context, heights: str, value: str) -> None:
    seen = seen_of(context, "full", heights=heights, value=value)
    ground = figures.figures(seen, ["relief-0"])["relief-0"].data[0]
    base = 10.0 if heights == "log" else None
    ends = [captions.shown(base**end if base else end, seen) for end in (ground.cmin, ground.cmax)]
    assert all(ends)
    assert text_of(cards.legend(seen)).endswith(f" {ends[0]} {ends[1]} ")
    assert cards.legend(seen_of(context, "bare")) == [], "nothing is drawn"
    assert "on test data" in text_of(cards.legend(seen_of(context, "full", kind="line")))


@pytest.mark.parametrize("flat", [False, True])
def test_the_legend_has_the_marks_that_are_drawn(context: Context, flat: bool) -> None:
    seen = seen_of(context, "full")
    for look in range(len(MARKS)):
        run = replace(seen.runs[0], look=look)
        choice = replace(seen.choice, flat=flat)
        told = text_of(cards.legend(replace(seen, runs=[run], choice=choice)))
        marks = [MARKS[look]] if flat else [MARKS_OF_SPACE[look], MARKS[look]]
        assert f"{' '.join(dict.fromkeys(marks))} jump " in told
    line = text_of(cards.legend(seen_of(context, "full", kind="line")))
    assert f"{MARKS[seen.runs[0].look]} jump " in line


def test_marks_in_words_are_plotly_s_shapes_of_space() -> None:
    drawn = {"●": "circle", "■": "square", "□": "square-open", "✚": "cross"}
    drawn |= {"○": "circle-open", "✖": "x", "◇": "diamond-open", "◆": "diamond"}
    assert [drawn[mark] for mark in MARKS_OF_SPACE] == list(SYMBOLS_OF_SPACE)


def test_snapshots_beyond_the_axes_are_counted(context: Context, runs: Path) -> None:
    stored = derived.find(runs / "full", "surface", kind="random")
    assert stored is not None
    arrays = dict(stored.arrays)
    arrays["coordinates"] = np.zeros_like(arrays["coordinates"])
    arrays["coordinates"][:3, 0] = [1000.0, -1000.0, np.nan]
    derived.write(
        runs / "bare",
        "surface",
        stored.parameters,
        arrays,
        stored.meta,
        RunFolder.open(runs, "bare").digest(),
    )
    seen = seen_of(context, "bare")
    assert axes.outside(seen.runs[0], axes.frame(seen)) == 2
    assert "2 snapshots are beyond these axes." in captions.foot(seen.runs[0], seen)


def test_the_rail_has_the_controls_as_the_choice_has_them(context: Context) -> None:
    seen = seen_of(context, "full", kind="line", value="test_loss", heights="linear")
    controls = {
        control.id: control.value
        for control in rail.rail(context, seen)._traverse()
        if hasattr(control, "id") and hasattr(control, "value")
    }
    assert controls[ids.RUNS] == ["full"]
    assert controls[ids.KIND] == "line"
    assert controls[ids.VALUE] == "test_loss"
    assert controls[ids.HEIGHTS] == "linear"
    assert controls[ids.POINTS] == 9, "as the surface that is shown"


def test_the_table_is_named_after_what_it_holds(context: Context) -> None:
    seen = seen_of(context, "full", "bare", value="test_loss")
    assert table.name(seen) == "surface-random-test_loss-full.csv", "bare has no surface"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "At work"),
        (job(state="queued", phase="starting"), "Starting"),
        (job(state="queued", phase=""), "Waits for a free slot"),
        (job(state="stalled"), "Running, but no report for a minute"),
        (job(done=400, total=2601, unit="points"), "Computing the surface · 400 of 2,601 points"),
        (job(phase="other", eta=2.0), "Other · 2 s left"),
    ],
)
def test_a_job_is_named_by_what_it_does(state: JobState | None, said: str) -> None:
    assert captions.at_work(state) == said
