"""Who may only look: on no page is a control active that changes something, and every callback and
route that changes something refuses.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash

from landscape_app.dashboard import access, factory, looking
from landscape_app.dashboard.checks.page import VERIFY
from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.dashboard.explore import ids as explore
from landscape_app.dashboard.paper import ids as paper
from landscape_app.dashboard.study import ids as study
from landscape_app.dashboard.surface import ids as surface
from landscape_app.dashboard.teaching import ids as teaching
from landscape_app.dashboard.teaching import standing
from landscape_app.jobs.state import JobState
from tests.dashboard.conftest import Page, components, drawn_pages
from tests.dashboard.forms import filled
from tests.dashboard.test_access import ENTRY
from tests.dashboard.test_launching import launch

CHANGING = {
    "action",
    "ask-delete",
    *(ids.DELETE_YES, ids.LIBRARY_DELETE, ids.JOBS_IMPORT, ids.QUICKSTART, ids.JOBS_COMPARE),
    *(ids.FORM_LAUNCH, study.FORM_LAUNCH, paper.COMPUTE, surface.COMPUTE, VERIFY),
    *(explore.COMPARE, explore.COMPUTE, explore.CURVATURE),
}
HARMLESS = {
    teaching.GO,
    ids.LIBRARY_COMPARE,
    ids.LIBRARY_EXPORT,
    ids.JOBS_MORE,
    explore.COPY_LINK,
    "remove-run",
}


@pytest.fixture
def guarded(runs: Path) -> Dash:
    return factory.create(runs, entry=ENTRY)


@pytest.fixture
def none(tmp_path: Path) -> Dash:
    """A folder without runs, which offers the quickstart and results that ship."""
    return factory.create(tmp_path / "none", entry=ENTRY)


def changing(page: Page, answers: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, properties) of each control in the answers that changes something."""
    known = looking.controls(page.app.callback_map)
    for part in components(answers):
        kind = looking.kind(part["props"].get("id"))
        if kind in known:
            yield kind, part["props"]


def test_what_changes_something_is_known_by_what_its_click_asks_for(app: Dash) -> None:
    known = looking.controls(app.callback_map)
    assert known >= CHANGING, CHANGING - known
    assert known.isdisjoint(HARMLESS)


def test_no_page_has_an_active_control_that_changes_something(guarded: Dash, none: Dash) -> None:
    """The same pages have such controls for who may do everything."""
    seen: dict[str, set[str]] = {"read": set(), "full": set()}
    for role in access.TOKENS:
        for app in (guarded, none):
            page = Page(app, token=getattr(ENTRY, role))
            answers = drawn_pages(page)
            for kind, properties in changing(page, answers):
                seen[role].add(kind)
                if role == "read":
                    assert properties["disabled"] is True, kind
                    assert properties["aria-description"] == access.NO_CHANGE
            assert (access.NO_CHANGE in json.dumps(answers)) == (role == "read")
            assert (looking.REFUSED in json.dumps(answers)) == (role == "read")
    assert seen["read"] == seen["full"]
    assert seen["full"] >= {"action", "ask-delete", ids.QUICKSTART, ids.FORM_LAUNCH}


def test_a_callback_that_turns_a_control_on_leaves_it_off(guarded: Dash) -> None:
    for role in access.TOKENS:
        page = Page(guarded, token=getattr(ENTRY, role))
        answer = page.call(f"{ids.FORM_LAUNCH}.disabled", filled(seeds=2)).get_json()["response"]
        assert answer[ids.FORM_LAUNCH]["disabled"] is (role == "read")


def test_a_lesson_is_for_looking_where_its_networks_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states = {
        state: SimpleNamespace(live=False, job=JobState(state)) for state in ("finished", "failed")
    }
    for role, may in (("read", False), ("full", True)):
        monkeypatch.setattr(access, "may_change", lambda may=may: may)
        assert standing.usable(states["finished"], made=False), role
        assert standing.usable(states["failed"], made=False) is may
        assert standing.usable(None, made=False) is may


def test_labels_cannot_be_typed_and_the_page_says_why(guarded: Dash) -> None:
    for role in access.TOKENS:
        page = Page(guarded, token=getattr(ENTRY, role))
        values = {f"{ids.LOCATION}.pathname": "/runs", f"{ids.LOCATION}.search": ""}
        drawn = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname").get_json()
        grid = next(p for p in components(drawn) if p["props"].get("id") == ids.LIBRARY_GRID)
        locked = {row["id"]: row["locked"] for row in grid["props"]["rowData"]}
        wanted = access.NO_CHANGE if role == "read" else ""
        assert locked["done"] == locked["begun"] == wanted


@pytest.mark.parametrize("slot", ids.SLOTS)
def test_no_slot_launches_anything(guarded: Dash, runs: Path, slot: str) -> None:
    before = content(runs)
    page = Page(guarded, token=str(ENTRY.read))
    asked = launch_requests.ask("page", "quickstart")
    assert launch(page, slot, asked)["error"] == access.NO_CHANGE
    assert content(runs) == before


def content(runs: Path) -> dict[str, str]:
    """{path: hash} of all files of a folder."""
    files = (path for path in sorted(runs.rglob("*")) if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def clicked(callback: dict[str, Any], values: dict[str, Any]) -> Iterator[tuple[dict, str]]:
    """(values, what changed) of a click on each input of a callback, also on those of a pattern."""
    for given in callback["inputs"]:
        name = f"{given['id']}.{given['property']}"
        if not given["id"].startswith("{"):
            yield {**values, name: values.get(name, 1)}, name
            continue
        pattern = json.loads(given["id"])
        fills = {"id": "done", "place": "list", "name": "x", "run": "done"}
        for action in ("cancel", "resume", "analyse") if "action" in pattern else ("",):
            id = {key: fills.get(key, "x") if key != "type" else pattern[key] for key in pattern}
            id |= {"action": action} if action else {}
            item = {"id": id, "property": given["property"], "value": 1}
            text = json.dumps(id, sort_keys=True, separators=(",", ":"))
            yield {**values, name: [item]}, f"{text}.{given['property']}"


def walk(page: Page) -> None:
    """Call every callback that the server runs, as if everything was clicked."""
    typed = [{"rowId": "begun", "colId": "label", "value": "mine"}]
    values = {
        f"{ids.DELETE_NAMES}.data": ["done"],
        f"{ids.LIBRARY_GRID}.cellValueChanged": typed,
        f"{ids.LIBRARY_CHOSEN}.data": ["done"],
        f"{ids.NONCE}.data": "page",
        f"{ids.LOCATION}.pathname": "/runs",
    }
    for callback in page.served():
        if callback["background"]:  # these are the slots
            continue
        for given, changed in clicked(callback, values):
            body = page.body(callback, given, changed)
            answer = page.client.post("/_dash-update-component", json=body)
            assert answer.status_code in {200, 204, 400, 422}, (callback["output"], answer.text)


@pytest.mark.slow
def test_no_callback_changes_anything(guarded: Dash, runs: Path) -> None:
    before = content(runs)
    walk(Page(guarded, token=str(ENTRY.read)))
    assert content(runs) == before
    walk(Page(guarded, token=ENTRY.full))
    after = content(runs)
    assert str(runs / "done" / "spec.json") not in after, "the walk deletes, where it may"
    assert str(runs / "begun" / "notes.json") in after, "and writes a label"


def test_what_was_not_launched_is_not_in_the_log(guarded: Dash, caplog) -> None:
    answer = {"ids": ["done"], "kind": "run"}
    for role in access.TOKENS:
        caplog.clear()
        page = Page(guarded, token=getattr(ENTRY, role))
        callback = next(
            made
            for made in page.served()
            if [given["id"] for given in made["inputs"]] == [ids.launched("form")]
            and ids.NOTICES in made["output"]
        )
        slot = f"{ids.launched('form')}.data"
        with caplog.at_level("INFO", "landscape"):
            body = page.body(callback, {slot: answer}, slot)
            page.client.post("/_dash-update-component", json=body)
        assert ("asked from" in caplog.text) == (role == "full")
