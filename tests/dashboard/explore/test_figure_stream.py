"""Laws of the figures that come card by card: the page does not wait for them, a card that fails
leaves the others, and the runs are read once for all.
"""

from __future__ import annotations

import gzip
import json
import logging
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard import explore, factory
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import cards, figure_stream, ids, reading
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.compared import compared
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.panels import PANELS
from landscape_app.dashboard.explore.panels import curves as curves_panel
from landscape_app.errors import SpecError
from landscape_app.figures.view import View
from tests.dashboard.conftest import Page
from tests.dashboard.explore.panel_contract import OTHER
from tests.dashboard.explore.sheet import came, opened
from tests.dashboard.explore.test_page import FIGURES, GRAPHS, SHOWN
from tests.dashboard.explore.test_words import text

SEARCH = "?runs=good,poor"
HERE = __name__


def broken(error: Exception) -> Any:
    def draw(card: object) -> None:
        raise error

    return draw


FAULT = SpecError("The curves are too long.")
REFUSES = replace(curves_panel.PANEL, draw=broken(FAULT))
CRASHES = replace(curves_panel.PANEL, draw=broken(ZeroDivisionError("division by zero")))
SPEECHLESS = replace(
    curves_panel.PANEL,
    captions=broken(ValueError("no words")),
    heading=broken(ValueError("no heading")),
    note=broken(ValueError("no note")),
    twin=broken(ValueError("no table")),
)


def test_the_page_has_a_place_for_each_figure_and_no_figure(page: Page) -> None:
    shown = opened(page, SEARCH)
    places = {json.loads(id)["name"] for id in shown if '"type":"place"' in id}
    assert places == set(GRAPHS)
    assert not [id for id in shown if '"type":"graph"' in id]


def test_every_card_has_a_line_and_the_largest_is_the_first(page: Page) -> None:
    address = opened(page, SEARCH)[ids.KNOWN]["data"]["figures"]
    drawn = came(page, address, GRAPHS)
    assert set(drawn) == set(GRAPHS)
    assert next(iter(drawn)) == "joint"
    for name, component in drawn.items():
        assert component["type"] == "Graph"
        assert component["props"]["id"] == ids.graph(name)
        assert component["props"]["figure"]["data"]


def test_only_the_cards_that_are_asked_for_come(page: Page) -> None:
    address = opened(page, SEARCH)[ids.KNOWN]["data"]["figures"]
    assert list(came(page, address, ["curves", "nobody", "measures"])) == ["curves"]


def test_a_line_can_be_read_before_the_next_is_drawn(look, sampled: Path) -> None:
    drawn: list[str] = []

    def lines() -> Any:
        for line in figure_stream.lines(look(sampled, "good", "poor"), GRAPHS):
            drawn.append(json.loads(line)["name"])
            yield line

    packed = figure_stream.packed(lines())
    reader = zlib.decompressobj(wbits=figure_stream.GZIP)
    for number in range(1, 4):
        text = reader.decompress(next(packed)).decode()
        assert text.endswith("\n")
        assert json.loads(text)["name"] == drawn[-1]
        assert len(drawn) == number


def test_what_is_sent_is_small_where_the_browser_can_unpack_it(page: Page) -> None:
    address = f"{opened(page, SEARCH)[ids.KNOWN]['data']['figures']}&cards={','.join(GRAPHS)}"
    plain = page.client.get(address).data
    packed = page.client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain
    assert len(packed.data) < len(plain) / 2


@pytest.mark.parametrize(
    ("panel", "words"), [("REFUSES", "The curves are too long."), ("CRASHES", cards.BROKEN)]
)
def test_a_card_that_fails_says_why_and_the_others_come(
    page: Page, monkeypatch, caplog, panel: str, words: str
) -> None:
    monkeypatch.setitem(PANELS, "curves", f"{HERE}:{panel}")
    address = opened(page, SEARCH)[ids.KNOWN]["data"]["figures"]
    with caplog.at_level(logging.ERROR, "landscape"):
        drawn = came(page, address, GRAPHS)
    assert words in json.dumps(drawn.pop("curves"))
    assert {component["type"] for component in drawn.values()} == {"Graph"}
    assert set(drawn) == set(GRAPHS) - {"curves"}
    monkeypatch.undo()  # what failed is tried again
    assert came(page, address, ["curves"])["curves"]["type"] == "Graph"
    # a bug keeps its traceback, a refusal is no bug
    assert ("ZeroDivisionError" in caplog.text) == (panel == "CRASHES")


@pytest.mark.parametrize("panel", ["REFUSES", "CRASHES"])
def test_a_card_that_fails_in_a_redraw_says_why_and_is_tried_again(
    page: Page, monkeypatch, panel: str
) -> None:
    monkeypatch.setitem(PANELS, "curves", f"{HERE}:{panel}")
    values = {**SHOWN, f"{ids.SEEN}.data": {}, "graph": GRAPHS, "words": ["curves-state"]}
    answer = page.call(FIGURES, values, f"{ids.TICK}.n_intervals").get_json()["response"]
    for name in GRAPHS:
        view = answer[_key(ids.graph(name))]["figure"]["layout"]["meta"]["view"]
        assert (view == "empty") == (name == "curves")
    said = json.dumps(answer[_key(ids.words("curves-state"))])
    assert (cards.BROKEN if panel == "CRASHES" else str(FAULT)) in said
    assert set(answer[ids.SEEN]["data"]["made"]) == set(GRAPHS) - {"curves"}
    monkeypatch.undo()
    seen = answer[ids.SEEN]["data"]
    values |= {f"{ids.SEEN}.data": seen, f"{ids.PART}.value": "profile"}
    again = page.call(FIGURES, values, f"{ids.PART}.value").get_json()["response"]
    assert again[_key(ids.graph("curves"))]["figure"]["data"]
    assert _key(ids.graph("joint")) not in again


def test_words_that_fail_take_no_other_card_with_them(page: Page, monkeypatch) -> None:
    monkeypatch.setitem(PANELS, "curves", f"{HERE}:SPEECHLESS")
    shown = opened(page, SEARCH)
    assert cards.BROKEN in json.dumps(shown[_key(ids.words("curves-state"))])
    assert "gap" in json.dumps(shown[_key(ids.words("scene-0-head"))])
    drawn = came(page, shown[ids.KNOWN]["data"]["figures"], GRAPHS)
    assert {component["type"] for component in drawn.values()} == {"Graph"}


def test_a_table_that_fails_says_so_in_its_place(look, sampled: Path, monkeypatch) -> None:
    monkeypatch.setitem(PANELS, "curves", f"{HERE}:SPEECHLESS")
    comparison = look(sampled, "good", "poor")
    assert cards.BROKEN in text(cards.twin("curves", comparison))
    assert "seed" in text(cards.twin("scene-0", comparison))


def _key(id: dict[str, str]) -> str:
    return json.dumps(id, sort_keys=True, separators=(",", ":"))


def test_a_view_of_the_page_reads_its_runs_once(page: Page, monkeypatch) -> None:
    reads, real = [], reading.read
    monkeypatch.setattr(reading, "read", lambda *given: reads.append(given) or real(*given))
    shown = opened(page, SEARCH)
    came(page, shown[ids.KNOWN]["data"]["figures"], GRAPHS)
    pick = {"kind": "trajectory", "run": "poor", "focus": 9}
    page.call(f"{ids.DETAILS}.children", {**SHOWN, f"{ids.PICK}.data": pick}, f"{ids.PICK}.data")
    assert len(reads) == 1
    opened(page, SEARCH)  # nothing has changed: who comes later sees the same
    assert len(reads) == 1


@pytest.mark.slow
def test_an_opened_page_shows_what_is_there_now(troubled: Path, monkeypatch) -> None:
    page, reads, real = Page(factory.create(troubled)), [], reading.read
    monkeypatch.setattr(reading, "read", lambda *given: reads.append(given) or real(*given))
    for number in (1, 2):
        opened(page, SEARCH)
        assert len(reads) == number
        (troubled / "good" / "journal.jsonl").touch()


def test_a_figure_is_drawn_once_for_all_who_look_at_the_same(sampled: Path, monkeypatch) -> None:
    drawn: list[str] = []

    def draw(card: Card) -> Any:
        drawn.append(card.comparison.view.colour)
        return curves_panel.PANEL.draw(card)

    monkeypatch.setattr(sys.modules[HERE], "COUNTED", replace(REFUSES, draw=draw), raising=False)
    monkeypatch.setitem(PANELS, "curves", f"{HERE}:COUNTED")
    page = Page(factory.create(sampled))
    with ThreadPoolExecutor(6) as threads:
        asked = f"/figures{SEARCH}&cards=curves"
        answers = {*threads.map(lambda _: page.app.server.test_client().get(asked).text, range(6))}
    assert len(answers) == len(drawn) == 1
    for look in ("&curve=train_loss", "&curve=test_loss"):
        answers.add(page.client.get(asked + look).text)
    assert len(answers) == len(drawn) == 3  # another view, another picture


def test_requests_at_the_same_time_read_once(sampled: Path, monkeypatch) -> None:
    page, reads, real = Page(factory.create(sampled)), [], reading.read
    monkeypatch.setattr(reading, "read", lambda *given: reads.append(given) or real(*given))
    with ThreadPoolExecutor(6) as threads:
        answers = threads.map(
            lambda name: page.app.server.test_client().get(f"/figures{SEARCH}&cards={name}"), GRAPHS
        )
        assert [json.loads(answer.text)["name"] for answer in answers] == GRAPHS
    assert len(reads) == 1


def test_a_reading_that_failed_is_tried_again(open_at, sampled: Path) -> None:
    readings = open_at(sampled).readings
    with pytest.raises(SpecError):
        readings.get("a", lambda: broken(FAULT)(None))
    assert readings.get("a", lambda: 1) == 1
    assert readings.get("a", lambda: 2) == 1


@pytest.mark.slow
def test_what_the_page_shows_is_drawn_though_its_folders_have_changed(
    troubled: Path, monkeypatch
) -> None:
    """Figures are of what their captions were made of; the next look at the folders shows more."""
    page = Page(factory.create(troubled))
    address = opened(page, SEARCH)[ids.KNOWN]["data"]["figures"]
    before = came(page, address, GRAPHS)
    (troubled / "good" / "journal.jsonl").touch()
    reads, real = [], reading.read
    monkeypatch.setattr(reading, "read", lambda *given: reads.append(given) or real(*given))
    assert came(page, address, GRAPHS) == before
    assert reads == []
    came(page, f"/figures{SEARCH}", GRAPHS)
    assert len(reads) == 1


def test_other_sites_and_unknown_runs_get_no_figures(page: Page) -> None:
    other = {"Sec-Fetch-Site": "cross-site"}
    assert page.client.get(f"/figures{SEARCH}&cards=joint", headers=other).status_code == 403
    gone = page.client.get("/figures?runs=nobody&cards=scene-0,curves")
    assert gone.status_code == 200
    assert {json.loads(line)["name"] for line in gone.text.splitlines()} == {"scene-0", "curves"}


def test_the_address_is_of_what_is_shown(open_at, sampled: Path) -> None:
    context: Context = open_at(sampled)
    layout = explore.layout(context, {"runs": "good,poor", "colour": "epoch", "method": "pca"})
    store = next(part for part in layout.children if getattr(part, "id", "") == ids.KNOWN)
    address = store.data["figures"]
    assert "colour=epoch" in address
    assert "method=pca" in address
    assert "filtration" not in address  # what is the default anyway
    assert View().filtration


@pytest.mark.slow
@pytest.mark.parametrize("control", OTHER)
def test_another_view_is_read_again_only_for_other_results(
    open_at, sampled: Path, monkeypatch, control: str
) -> None:
    """What is shown is what a reading of its own gives."""
    context, reads, real = open_at(sampled), [], reading.read
    monkeypatch.setattr(reading, "read", lambda *given: reads.append(given) or real(*given))
    compared(context, ExploreChoice(("good", "poor"), View()))
    chosen = ExploreChoice(("good", "poor"), replace(View(), **{control: OTHER[control]}))
    shared = compared(context, chosen)
    assert len(reads) == (1 if control in ("colour", "part", "curve") else 2)
    whole = real(context, chosen)
    assert shared.view == whole.view
    assert [*figure_stream.lines(shared, GRAPHS)] == [*figure_stream.lines(whole, GRAPHS)]
    assert cards.stamps(shared) == cards.stamps(whole)
