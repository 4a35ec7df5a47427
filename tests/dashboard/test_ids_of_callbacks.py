"""What a callback reads or writes is on a page, and what a person can press is heard by a callback:
else a page would be dead in that place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.explore import ids as explore
from tests.dashboard.conftest import Page, components, drawn_pages

# what is pressed, and what ticks by itself: the property that a callback listens to
PRESSED = {"Button": "n_clicks", "ActionIcon": "n_clicks", "Interval": "n_intervals"}
SCRIPTED = {
    *(ids.TOUR_OPEN, ids.JOBS_IMPORT, explore.PLAY),
    *(ids.RAIL_OPEN, ids.RAIL_FOLD, ids.NAV_OPEN, ids.PRESENTATION),
}  # scripts listen to them


def on_a_page(page: Page) -> set[str]:
    """The ids, but for those of patterns, of all that is drawn."""
    parts = [part["props"].get("id") for part in components(drawn_pages(page))]
    return {id for id in parts if isinstance(id, str)}


def absent(there: set[str], named: set[str]) -> list[str]:
    """Ids that a callback names and no page has."""
    # the form is here; buttons and figures of analysed runs, judged studies and no runs are not
    results = ("explore-com", "explore-cur", "study-", "quickstart")
    missing = {id for id in named - there if not id.startswith("{")}
    return sorted(id for id in missing if not id.startswith(results) or id.startswith("study-form"))


def test_every_id_that_a_callback_reads_or_writes_is_on_a_page(page: Page) -> None:
    there = on_a_page(page)
    for callback in page.callbacks:
        read = {given["id"] for given in [*callback["inputs"], *callback["state"]]}
        outputs = callback["output"].strip(".").split("...")
        written = {output.split("@")[0].rpartition(".")[0] for output in outputs}
        assert absent(there, read | (written - {""})) == [], callback["output"]


def test_an_id_is_that_of_one_component(page: Page) -> None:
    """Two with one id are one control: what is typed into one goes into the other."""
    for drawn in drawn_pages(page):
        parts = [part["props"]["id"] for part in components(drawn) if part["props"].get("id")]
        counts = Counter(json.dumps(part, sort_keys=True) for part in parts)
        assert {id: count for id, count in counts.items() if count > 1} == {}


def test_what_can_be_pressed_is_heard(runs: Path, tmp_path: Path) -> None:
    page, empty = Page(factory.create(runs)), Page(factory.create(tmp_path / "none"))
    heard = {
        (_name(given["id"]), given["property"])
        for callback in page.callbacks
        for given in callback["inputs"]
    }
    pressed = set(_pressed([*drawn_pages(page), *drawn_pages(empty)]))
    assert {name for name, _ in pressed} >= {ids.QUICKSTART, ids.HELP_OPEN, "action"}
    assert pressed - heard == {(id, "n_clicks") for id in SCRIPTED}


def _pressed(layouts: list[Any]) -> Iterator[tuple[str, str]]:
    for part in components(layouts):
        if part["type"] in PRESSED and "id" in part["props"]:
            yield _name(part["props"]["id"]), PRESSED[part["type"]]


def _name(id: Any) -> str:
    """An id, or the type of a pattern."""
    if isinstance(id, str) and not id.startswith("{"):
        return id
    return str((json.loads(id) if isinstance(id, str) else id)["type"])
