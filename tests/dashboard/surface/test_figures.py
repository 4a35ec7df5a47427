"""Laws of what is drawn: one frame for all, every point and snapshot at its own value, and the
words and table say the same.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.surface import axes, captions, choice, figures, table, view
from landscape_app.figures.surface import VALUES
from landscape_app.store import derived
from landscape_app.store.run import RunFolder


def seen_of(context: Context, *runs: str, **changes: Any) -> view.SurfaceView:
    values = {
        "kind": "random",
        "value": "train_loss",
        "heights": "log",
        "scheme": "light",
        **changes,
    }
    return view.read(context, choice.of_values(list(runs), **values))


@pytest.fixture
def twice(context: Context, runs: Path) -> Context:
    """As if `bare` had a surface too: that of `full` with losses ten times as high."""
    stored = derived.find(runs / "full", "surface", kind="random")
    assert stored is not None
    arrays = dict(stored.arrays)
    arrays |= {"train_loss": 10 * arrays["train_loss"]}
    derived.write(
        runs / "bare",
        "surface",
        stored.parameters,
        arrays,
        stored.meta,
        RunFolder.open(runs, "bare").digest(),
    )
    return context


@pytest.fixture
def diverged(context: Context, runs: Path) -> Context:
    """As if `bare` had diverged: losses 10¹⁰ times those of `full`, and one that is not finite."""
    for values in ({"points": 5}, {"kind": "line"}):
        stored = derived.find(runs / "full", "surface", **values)
        assert stored is not None
        losses = {name: 1e10 * stored.arrays[name] for name in ("train_loss", "test_loss")}
        losses["train_loss"][0, 0] = np.inf
        arrays = {**stored.arrays, **losses}
        digest = RunFolder.open(runs, "bare").digest()
        derived.write(runs / "bare", "surface", stored.parameters, arrays, stored.meta, digest)
    return context


@pytest.mark.parametrize("heights", choice.HEIGHTS)
@pytest.mark.parametrize("kind", ["random", "line"])
def test_one_diverged_run_ruins_no_range(diverged: Context, kind: str, heights: str) -> None:
    settings: dict[str, Any] = {"kind": kind, "heights": heights, "points": 5}
    settings = settings if kind == "random" else {"kind": kind, "heights": heights}
    alone, both = (seen_of(diverged, *runs, **settings) for runs in (["full"], ["full", "bare"]))
    assert axes.frame(both).values == pytest.approx(axes.frame(alone).values)
    assert axes.frame(both).off == (1,)
    drawn = figures.figures(both, figures.names(both))
    high = np.float32(axes.frame(both).values[1])
    for figure in drawn.values():
        for trace in figure.data:
            height = trace.y if kind == "line" else getattr(trace, "z", None)
            if height is not None and not isinstance(trace, go.Contour):
                assert np.nanmax(np.asarray(height, dtype=float)) <= high
    words = captions.captions(both, figures.names(both))
    first = "line" if kind == "line" else "contours"
    assert "Off the common range" in str(words[f"{first}-1-foot"])
    assert "Off the common range" not in str(words[f"{first}-0-foot"])


@pytest.mark.parametrize("heights", choice.HEIGHTS)
@pytest.mark.parametrize("value", VALUES)
def test_reliefs_and_contours_share_range_and_axes(
    twice: Context, value: str, heights: str
) -> None:
    seen = seen_of(twice, "full", "bare", value=value, heights=heights)
    found = figures.figures(seen, figures.names(seen))
    assert list(found) == ["relief-0", "relief-1", "contours-0", "contours-1"]
    grounds = [found[name].data[0] for name in found]
    assert {type(ground) for ground in grounds} == {go.Surface, go.Contour}
    assert (
        len(
            {(ground.cmin, ground.cmax) for ground in grounds[:2]}
            | {(ground.zmin, ground.zmax) for ground in grounds[2:]}
        )
        == 1
    )
    scenes = [found[name].layout.scene for name in ("relief-0", "relief-1")]
    assert len({(scene.xaxis.range, scene.yaxis.range, scene.zaxis.range) for scene in scenes}) == 1
    assert (
        len(
            {
                (
                    found[f"contours-{slot}"].layout.xaxis.range,
                    found[f"contours-{slot}"].layout.yaxis.range,
                )
                for slot in (0, 1)
            }
        )
        == 1
    )
    low, high = axes.frame(seen).values
    heights_drawn = np.concatenate([np.asarray(ground.z).reshape(-1) for ground in grounds])
    assert np.nanmin(heights_drawn) >= low - 1e-6
    assert np.nanmax(heights_drawn) <= high + 1e-6, "float32"
    assert not any(ground.showscale for ground in grounds), "the scale is in the header, once"


@pytest.mark.parametrize("heights", choice.HEIGHTS)
@pytest.mark.parametrize("value", VALUES)
def test_heights_are_the_stored_values_or_their_logarithms(
    context: Context, value: str, heights: str
) -> None:
    seen = seen_of(context, "full", value=value, heights=heights)
    stored = seen.runs[0].surface.arrays[value]
    scaled = np.log10(stored) if heights == "log" and value.endswith("loss") else stored
    for figure in figures.figures(seen, ["relief-0", "contours-0"]).values():
        np.testing.assert_allclose(figure.data[0].z, scaled, rtol=1e-5)
        np.testing.assert_allclose(figure.data[0].customdata, stored, rtol=1e-6)
    lines = figures.figures(seen, ["relief-0"])["relief-0"].data[1]
    rows = np.asarray(lines.meta["rows"])
    own = seen.runs[0].subject.values(value, rows[rows >= 0])  # type: ignore[union-attr]
    drawn = np.asarray(lines.z)[rows >= 0]
    np.testing.assert_allclose(
        drawn, np.log10(own) if heights == "log" and value.endswith("loss") else own, rtol=1e-5
    )
    assert np.isnan(np.asarray(lines.z)[rows < 0]).all(), "the pen is lifted between trajectories"


def test_every_snapshot_says_how_far_it_is_from_the_plane(context: Context) -> None:
    seen = seen_of(context, "full")
    one = seen.runs[0]
    lines = figures.figures(seen, ["relief-0"])["relief-0"].data[1]
    rows, facts = np.asarray(lines.meta["rows"]), np.asarray(lines.customdata)
    residual = dict(
        zip(
            one.surface.arrays["rows"].tolist(),
            one.surface.arrays["residual"].tolist(),
            strict=True,
        )
    )
    expected = [residual[row] / one.surface.meta["jump_length"] for row in rows if row >= 0]
    np.testing.assert_allclose(facts[rows >= 0, 4], expected, rtol=1e-5)
    assert "customdata[4]" in lines.hovertemplate
    assert lines.hoverinfo is None, "what is said is seen"


def test_a_line_has_both_curves_and_snapshots_at_their_value(context: Context) -> None:
    seen = seen_of(context, "full", kind="line", heights="linear")
    assert figures.names(seen) == ["line-0"]
    figure = figures.figures(seen, ["line-0"])["line-0"]
    for curve, name in zip(figure.data[:2], ("train_loss", "test_loss"), strict=True):
        np.testing.assert_allclose(curve.y, seen.runs[0].surface.arrays[name][0], rtol=1e-6)
    jumps = figure.data[3]
    own = seen.runs[0].subject.values("train_loss", np.asarray(jumps.meta["rows"]))  # type: ignore[union-attr]
    np.testing.assert_allclose(jumps.y, own, rtol=1e-6)


def test_large_arrays_travel_as_float32(context: Context) -> None:
    figure = figures.figures(seen_of(context, "full"), ["relief-0"])["relief-0"]
    for trace in json.loads(figure.to_json())["data"]:
        for name in ("z", "customdata"):
            assert trace[name]["dtype"] == "f4", (trace["type"], name)


def test_the_grid_that_is_asked_for_is_shown_else_the_newest(context: Context) -> None:
    assert seen_of(context, "full").runs[0].stored.parameters["points"] == 7  # type: ignore[union-attr]
    assert seen_of(context, "full", points=5, extent=1.0).runs[0].stored.parameters["points"] == 5  # type: ignore[union-attr]
    assert seen_of(context, "full", points=51, extent=1.0).runs[0].stored.parameters["points"] == 7  # type: ignore[union-attr]


def test_the_words_count_the_jumps_in_the_plane_and_beside_it(context: Context) -> None:
    seen = seen_of(context, "full")
    said = " ".join(captions.foot(seen.runs[0], seen))
    assert "computed from the anchor" in said
    assert "1 unit = a jump of step size 1" in said
    assert "jumps are in the plane" in said, (
        "directions 0 and 1 span it, and all jumps are along them"
    )
    line = seen_of(context, "full", kind="line")
    said = captions.jumps(line.runs[0], line)
    residual = line.runs[0].surface.arrays["residual"] / line.runs[0].surface.meta["jump_length"]
    assert said.startswith("1 of 2 jumps are on the line")
    assert residual.max() > captions.IN_PLANE


def test_the_table_is_exactly_what_is_drawn(context: Context) -> None:
    for kind, points in (("random", 49), ("line", 9)):
        seen = seen_of(context, "full", "bare", kind=kind)
        rows = list(csv.DictReader(io.StringIO(table.text(seen))))
        assert {row["run"] for row in rows} == {"full"}, "bare has none"
        arrays = seen.runs[0].surface.arrays
        ground = [row for row in rows if row["what"] == "point"]
        assert len(ground) == points
        np.testing.assert_allclose(
            [float(row["train_loss"]) for row in ground],
            arrays["train_loss"].reshape(-1),
            rtol=1e-6,
        )
        np.testing.assert_allclose(
            [float(row["alpha"]) for row in ground], np.tile(arrays["alpha"], len(arrays["beta"]))
        )
        others = [row for row in rows if row["what"] != "point"]
        assert len(others) == len(arrays["rows"])
        assert [row["what"] for row in others].count("anchor") == 1
        assert [row["what"] for row in others].count("jump") == 2
        np.testing.assert_allclose(
            [float(row["alpha"]) for row in others], arrays["coordinates"][:, 0]
        )
