"""Laws of panels: every line of the table keeps the contract, one file and one line are enough for
another, and whatever a panel leaves out is said by name.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_app.dashboard import factory
from landscape_app.dashboard.explore import callbacks, cards, grid, ids
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panels import PANELS
from landscape_app.figures.view import View
from tests.dashboard.conftest import Page
from tests.dashboard.explore.panel_contract import FILES, faults, file_faults
from tests.dashboard.explore.test_words import text

TOYS = "tests.dashboard.explore.toy_panels"
STATES = (
    ("good",),
    ("good", "poor"),
    ("good", "poor", "half"),
    ("good", "poor", "unanalysed", "unborn"),
    ("broken", "good"),
    ("half",),
    ("unborn",),
    ("broken",),
    ("nowhere",),
)  # runs: ready, sampling, unanalysed, without a snapshot, unusable


@pytest.fixture
def comparisons(look, troubled: Path) -> list[Comparison]:
    """Runs in every state, one to four beside each other; the last are not computed this way."""
    every = [look(troubled, *runs) for runs in STATES]
    every += [look(troubled, "good", "poor", part=part) for part in ("tree", "profile")]
    every += [look(troubled, "good", "poor", method="isomap", distance="losses", dims=2)]
    assert {run.state for comparison in every for run in comparison.runs} == {
        *("ready", "sampling", "unanalysed", "uncomputed", "waiting", "unusable")
    }
    return every


@pytest.mark.parametrize("key", PANELS)
def test_every_panel_keeps_the_contract(comparisons: list[Comparison], key: str) -> None:
    assert faults(key, comparisons) == []


@pytest.mark.parametrize("file", FILES)
def test_the_contract_asks_a_line_of_every_file(file: str) -> None:
    assert file_faults(file) == []


def test_a_file_without_a_line_is_said_by_name() -> None:
    assert file_faults("births") == ["panels/births.py: no line of PANELS names it"]


@pytest.mark.slow
def test_a_panel_is_added_by_one_file_and_one_line(
    comparisons: list[Comparison], sampled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PANELS, "births", f"{TOYS}:PANEL")
    assert faults("births", comparisons) == []
    page = json.dumps(grid.grid(comparisons[1]), default=_props)
    for name in ("births-0", "births-1"):
        assert f'"id": "card-{name}"' in page
        assert '"aria-label": "Births of Good"' in page
    browser = Page(factory.create(sampled))
    shown = {f"{id}.value": str(getattr(View(), name)) for id, name in callbacks.CONTROLS.items()}
    shown |= {f"{ids.RUNS}.data": ["good", "poor"], f"{ids.SEEN}.data": {}}
    shown |= {"graph": ["births-0"], "words": ["births-0-head", "births-0-summary"]}
    figures = '{"name":["ALL"],"type":"graph"}.figure'
    answer = browser.call(figures, shown, f"{ids.TICK}.n_intervals").get_json()["response"]
    assert answer['{"name":"births-0","type":"graph"}']["figure"]["data"][0]["y"]
    head = answer['{"name":"births-0-head","type":"words"}']["children"]
    assert head == "births of Good"
    assert "births-0" in answer[ids.SEEN]["data"]["made"]
    assert "Trajectories" in text(cards.twin("births-0", comparisons[1]))


def _props(component: object) -> object:
    return component.to_plotly_json() if hasattr(component, "to_plotly_json") else str(component)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("NAMELESS", "no title"),
        ("TWINLESS", "no twin"),
        ("PLACELESS", "no area"),
        ("MISPLACED", "explore.css has no area 'x0'"),
        ("TAKEN", "its area 's0' is that of the panel 'scene'"),
        ("UNKNOWN", "it needs 'births', which is in no table of stored results"),
        ("BRIGHT", "its template is not that of the dark scheme"),
        ("UNPAINTED", "colours that `paint` does not name"),
        ("BARE", "layout.meta is missing"),
        ("SILENT", "no summary"),
        ("UNSTAMPED", "results it does not need"),
        ("UNCONTROLLED", "'colour' changes its figure"),
    ],
)
def test_what_a_panel_leaves_out_is_said_by_name(
    look, sampled: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    monkeypatch.setitem(PANELS, "births", f"{TOYS}:{name}")
    assert fault in "; ".join(faults("births", [look(sampled, "good")]))


@pytest.mark.slow
def test_a_panel_is_filtered_or_says_that_it_is_not(comparisons: list[Comparison]) -> None:
    """A figure is filtered by the snapshots that it names (assets/paint.js)."""
    drawn = dict.fromkeys(PANELS, False)
    for comparison in comparisons:
        for card in cards.cards(comparison):
            figure = None if card.panel.draw is None else card.panel.draw(card)
            meta = {} if figure is None else figure.layout.meta
            acts = bool(meta.get("base")) and not meta.get("whole")
            assert not (acts and card.panel.unfiltered), card.name
            drawn[card.key] |= acts
    for key, panel in cards.panels().items():
        assert drawn[key] != panel.unfiltered, key
