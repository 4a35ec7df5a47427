"""Laws of a report: it holds the page's own figures, words and scripts, and asks nobody for
anything.
"""

from __future__ import annotations

import base64
import json
import re
from html import unescape

import numpy as np
import pytest

from landscape_app.dashboard.appearance import assets
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import cards
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export import opened, report, report_files
from landscape_app.dashboard.export.report import ReportState
from landscape_app.dashboard.export.shown_snapshots import ShownSnapshots
from landscape_app.dashboard.export.static_html import html_of
from landscape_app.figures.view import PARTS
from tests.dashboard.explore.conftest import RUNS
from tests.dashboard.export.test_static_html import Reader


@pytest.fixture
def page(context: Context) -> str:
    """The report of the study."""
    return report.report(context, ["both"], opened.view_of({}))


def data_of(page: str) -> dict:
    return json.loads(re.search(r'id="report-data">(.*?)</script>', page, re.S)[1])


def at(trace: dict) -> list[float]:
    """The first coordinates of a trace, as plotly writes them."""
    given = trace.get("x")
    if isinstance(given, dict):
        return np.frombuffer(base64.b64decode(given["bdata"]), given["dtype"]).tolist()
    return [np.nan if value is None else value for value in given]


def without_scripts(page: str) -> str:
    return re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.S)


def test_nothing_in_it_has_an_address(page: str) -> None:
    markup = without_scripts(page)
    assert Reader(markup).open == []
    assert not re.search(r'\b(src|href)="(?!data:)', markup)
    styles = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    assert not re.search(r'url\("?(?!"?data:)', styles)
    assert report_files.styles() in page
    assert "--ls-line" in styles
    assert "default-src 'none'" in unescape(markup)


def test_figures_are_those_of_the_page(page: str, comparison: Comparison) -> None:
    drawn = data_of(page)
    for name, figure in cards.figures(comparison).items():
        on_page = json.loads(figure.to_json())
        assert drawn["figures"][name]["layout"]["meta"]["view"] == on_page["layout"]["meta"]["view"]
        for trace, other in zip(drawn["figures"][name]["data"], on_page["data"], strict=True):
            assert at(trace) == pytest.approx(at(other), rel=1e-6, nan_ok=True)
    placed = set(re.findall(r'data-figure="([^"]+)"', page))
    assert placed >= set(cards.figures(comparison))
    assert {"relief-0", "contours-0"} <= placed & set(drawn["figures"])


def test_words_are_those_of_the_page(page: str, comparison: Comparison) -> None:
    for name, words in cards.captions(comparison).items():
        if name != "measures-foot":
            assert html_of(words) in page, name


def test_every_part_of_topology_is_in_it(page: str) -> None:
    parts = data_of(page)["parts"]
    assert set(parts) == set(PARTS)
    for part in parts.values():
        assert set(part["figures"]) == {f"diagrams-{slot}" for slot in range(len(RUNS))}
        assert set(part["twins"]) == set(part["figures"])
    births = [
        part["figures"]["diagrams-0"]["layout"]["meta"].get("bars") for part in parts.values()
    ]
    assert births[0] != births[1]


def test_every_bar_that_can_be_picked_has_its_words(page: str) -> None:
    drawn = data_of(page)
    for part in drawn["parts"].values():
        for figure in part["figures"].values():
            for group in figure["layout"]["meta"].get("bars", ()):
                for bar in group["bar"] if group["kind"] != report.TICKS else ():
                    name = f"{figure['layout']['meta']['runs'][0]} {group['kind']} {bar}"
                    assert "ls-picked-name" in drawn["bars"][name]


def test_scripts_are_those_of_the_page(page: str) -> None:
    for name in report_files.SCRIPTS:
        assert (assets() / f"{name}.js").read_text() in page, name
    assert page.count("plotly.js v") == 1


def test_a_report_begins_where_the_page_was_left(context: Context) -> None:
    camera = {"eye": {"x": 2, "y": 0, "z": 0}}
    pick = {"kind": "trajectory", "run": "good", "focus": 3}
    shown = ShownSnapshots(seeds=[1], epochs=(0, 3))
    state = ReportState("dark", camera, pick, shown)
    page = report.report(context, RUNS, opened.view_of({"colour": "epoch"}), state)
    data = data_of(page)
    assert data["figures"]["scene-0"]["layout"]["scene"]["camera"] == camera
    assert (data["scheme"], data["pick"]) == ("dark", pick)
    assert data["filters"] == {"seeds": [1], "steps": None, "epochs": [0, 3]}
    assert data["known"]["value"]["label"] == "retraining epoch"
    assert '"settings": {' in page


def test_a_run_alone_has_a_report_too(context: Context) -> None:
    data = data_of(report.report(context, ["good"], opened.view_of({})))
    assert "joint" not in data["figures"]
    assert set(data["known"]["runs"]) == {"good"}


def test_runs_beyond_four_are_named(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_COMPARED", 1)
    page = report.report(context, ["both"], opened.view_of({}))
    assert "Left out: poor" in page
    assert set(data_of(page)["known"]["runs"]) == {"good"}
