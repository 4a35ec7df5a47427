"""Laws of the figures that are taken away: each is the page's own, with a legend, or the reason why
it cannot be drawn.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import cards, measures
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import figures, opened
from landscape_app.dashboard.export.data import key
from landscape_app.dashboard.export.exported import exported
from landscape_app.dashboard.surface import figures as surface_figures
from landscape_app.errors import AnalysisError, RunMissingError, SpecError, UnknownNameError
from landscape_app.figures import looks, measure_bars
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.view import View
from landscape_app.stored_run import open_run
from tests.dashboard.explore.conftest import RUNS


def plain(figure) -> dict:
    """A figure without its legend, which the page has around it."""
    drawn = figure.to_plotly_json()
    drawn["layout"]["meta"] = {**drawn["layout"]["meta"]}
    drawn["layout"]["meta"].pop("legend", None)
    return type(figure)(drawn).to_json()


@pytest.mark.parametrize("name", figures.of_cards())
@pytest.mark.parametrize("run", RUNS)
def test_a_figure_is_that_of_the_page(comparison: Comparison, name: str, run: str) -> None:
    chosen = figures.of_cards()[name]
    shown = replace(comparison, view=replace(comparison.view, **chosen.view))
    card = next(
        card
        for card in cards.cards(shown)
        if card.key == chosen.panel and (card.of is None or card.of.id == run)
    )
    on_page = cards.figures(shown, [card.name])[card.name]
    if on_page.layout.meta["view"] == "empty":
        with pytest.raises(AnalysisError, match="cannot be drawn"):
            figures.explore_figure(comparison, name, run)
        return
    figure = figures.explore_figure(comparison, name, run)
    assert faults(figure) == []
    assert plain(figure) == plain(on_page)
    legend = figure.layout.meta["legend"]
    assert [named["run"] for named in legend["runs"]] == list(figure.layout.meta["runs"])
    assert (legend["value"] is not None) == (name in figures.COLOURED)


def test_every_panel_and_part_has_a_figure_by_the_names_of_the_documentation() -> None:
    page = (Path(__file__).parents[3] / "docs/tutorials/takeaway.md").read_text()
    named = set(re.findall(r"^- `(\w+)`: ", page, re.MULTILINE))
    missing, gone = set(figures.names()) - named, named - set(figures.names())
    assert not missing, f"docs/tutorials/takeaway.md does not list the figures {missing}"
    assert not gone, f"docs/tutorials/takeaway.md lists figures that there are not: {gone}"
    assert {"scene", "joint", "diagram", "barcode", "curves"} <= set(figures.of_cards())


def test_a_run_in_another_slot_keeps_its_colour(context: Context) -> None:
    of_page = exported(context, RUNS, "curves", {}).figure
    second = exported(context, RUNS, "diagram", {}, run=RUNS[1]).figure
    assert second.layout.meta["runs"] == [RUNS[1]]
    assert second.layout.meta["legend"]["runs"][0]["look"] == looks.of_regime(RUNS[1])
    colours = [trace.marker.color for trace in second.data if trace.marker.symbol]
    assert of_page.data[1].line.color in colours


def test_the_surface_is_that_of_the_page(context: Context) -> None:
    view = opened.surfaces(context, ["good"], {})
    for dims, name in ((3, "relief-0"), (2, "contours-0")):
        drawn = exported(context, ["good"], "surface", {"dims": dims})
        assert plain(drawn.figure) == plain(surface_figures.figures(view, [name])[name])
        facts = drawn.facts
        assert facts["runs"]["good"]["results"]["surface"] == key(view.runs[0].stored)
        assert facts["settings"]["kind"] == view.choice.kind
    with pytest.raises(AnalysisError, match="not computed"):
        exported(context, ["poor"], "surface", {})


@pytest.mark.parametrize("rows", figures.ROWS)
def test_measures_have_a_bar_for_each_run(comparison: Comparison, rows: str) -> None:
    figure = figures.explore_figure(comparison, "measures", "good", rows=rows)
    assert faults(figure) == []
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.name for trace in bars] == [run.label for run in comparison.runs]
    of_page = measures.table(comparison)["key" if rows == "key" else "rows"]
    for number, trace in enumerate(bars):
        shown = [f"{row['cells'][number]['text']}" for row in of_page]
        assert [text.partition(" ±")[0] for text in trace.text] == shown


def test_measures_are_the_six_of_the_page_or_all(context: Context) -> None:
    six = exported(context, RUNS, "measures", {}).figure
    every = exported(context, RUNS, "measures", {"rows": "all"}).figure
    named = [name.partition("<br>")[0] for name in six.layout.yaxis.ticktext]
    assert len(named) == 6 < len(every.layout.yaxis.ticktext)
    assert named[0] == "test accuracy"
    bar = next(trace for trace in six.data if trace.type == "bar")
    assert any(bar.error_x.array)
    with pytest.raises(UnknownNameError, match="Choose from: key, all"):
        exported(context, RUNS, "measures", {"rows": "some"})
    with pytest.raises(UnknownNameError):
        exported(context, RUNS, "scene", {"rows": "all"})


def test_the_bar_of_a_key_measure_ends_at_its_value_within_its_error(context: Context) -> None:
    cells = {"text": "-1", "error": "± 0.5"}
    row = {"label": "m", "worse": "higher", "mark": ""}
    row["cells"] = [{**cells, "bar": [0.2, 0.6], "whisker": [0.1, 0.3]}]  # below zero
    figure = measure_bars.draw([{"look": 1, "label": "a"}], [row], View())
    (bar, _) = figure.data
    assert bar.base[0] + bar.x[0] == pytest.approx(0.2)
    assert bar.error_x.array[0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("ids", "name", "settings", "error", "words"),
    [
        (["good"], "scene", {"method": "tsne"}, AnalysisError, "has not been computed"),
        (["good"], "joint", {}, AnalysisError, "name the others too"),
        (["good"], "scen", {}, UnknownNameError, "Did you mean 'scene'"),
        (["good"], "scene", {"color": "epoch"}, UnknownNameError, "Did you mean 'colour'"),
        (["good"], "scene", {"dims": 4}, SpecError, "2 or 3"),
        (["good"], "surface", {"method": "pca"}, UnknownNameError, "setting of a surface"),
        (["gone"], "scene", {}, RunMissingError, "gone"),
        ([], "scene", {}, SpecError, "One to 4 runs"),
    ],
)
def test_what_cannot_be_drawn_says_why(context, ids, name, settings, error, words) -> None:
    with pytest.raises(error, match=words):
        exported(context, ids, name, settings)


def test_a_run_draws_its_own_figure_and_shares_the_scale_of_others(surfaced: Path) -> None:
    good, poor = (open_run(surfaced / name) for name in RUNS)
    alone, beside = good.figure("scene"), good.figure("scene", beside=[poor])
    assert alone.layout.meta["runs"] == beside.layout.meta["runs"] == ["good"]
    ends = [figure.layout.meta["legend"]["value"] for figure in (alone, beside)]
    assert ends[1]["high"] >= ends[0]["high"]
    joint = good.figure("joint", beside=[poor], scheme="dark")
    assert set(joint.layout.meta["runs"]) == set(RUNS)


def test_runs_of_two_folders_are_not_drawn_together(surfaced: Path, tmp_path: Path) -> None:
    shutil.copytree(surfaced / "poor", tmp_path / "poor")
    with pytest.raises(SpecError, match="one folder"):
        open_run(surfaced / "good").figure("joint", beside=[open_run(tmp_path / "poor")])


def test_a_study_stands_for_its_runs(context: Context) -> None:
    assert opened.members(context, ["both"]) == RUNS
    drawn = exported(context, ["both"], "curves", {})
    assert drawn.figure.layout.meta["runs"] == list(RUNS)
    assert drawn.facts["study"] == "both"


def test_a_camera_turns_the_scene_and_nothing_else(context: Context) -> None:
    eye = {"eye": {"x": 2.0, "y": 0.1, "z": 0.2}}
    turned = exported(context, ["good"], "scene", {}, camera=eye)
    assert turned.figure.layout.scene.camera.eye.x == 2.0
    flat = exported(context, ["good"], "curves", {}, camera=eye)
    assert "scene" not in flat.figure.layout.to_plotly_json()
