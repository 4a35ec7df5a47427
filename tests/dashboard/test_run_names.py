"""The name that a person gives a run in the form: the command has it, and one that cannot be is
refused where it is typed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.launch.page_settings import names_of_page
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import Page
from tests.dashboard.forms import filled


def _named(page: Page, name: str) -> tuple[dict[str, Any], int]:
    """(what the form says to a name, the status of a launch with it)."""
    values = {**filled(seeds=2), f"{ids.FORM_RUN_NAME}.value": name}
    told = page.call(f"{ids.FORM_LAUNCH}.disabled", values).get_json()["response"]
    asked = page.call(f"{ids.request('form')}.data", {**values, f"{ids.FORM_LAUNCH}.n_clicks": 1})
    return told, asked.status_code


def test_a_name_is_that_of_the_run_and_of_the_command(page: Page) -> None:
    told, status = _named(page, " mine ")
    assert told[ids.FORM_RUN_NAME_SAYS] == {"children": ""}
    commands = json.dumps(told[ids.FORM_COMMAND])
    assert "--id mine-good" in commands
    assert "--id mine-poor" in commands
    assert "--runs " in commands
    assert status == 200
    values = {**filled(), f"{ids.FORM_RUN_NAME}.value": "mine", f"{ids.FORM_LAUNCH}.n_clicks": 1}
    asked = page.call(f"{ids.request('form')}.data", values).get_json()["response"]
    assert asked[ids.request("form")]["data"]["name"] == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [("Mine", "small letters"), ("a/b", "small letters"), ("x" * 61, "at most 64")],
)
def test_a_name_that_cannot_be_is_refused_where_it_is_typed(page: Page, name, words) -> None:
    told, status = _named(page, name)
    assert words in told[ids.FORM_RUN_NAME_SAYS]["children"]
    assert told[ids.FORM_RUN_NAME_BOX] == {"className": "ls-field ls-field-fault"}
    assert told[ids.FORM_LAUNCH]["disabled"]
    assert status == 204


@pytest.mark.parametrize("taken", ["done-good", "done-poor"])
def test_a_name_that_is_taken_is_refused(page: Page, runs: Path, taken: str) -> None:
    RunFolder.create(runs, taken, parse(RunSpec, {}))
    told, status = _named(page, "done")
    assert f"The name '{taken}' is already used." in told[ids.FORM_RUN_NAME_SAYS]["children"]
    assert told[ids.FORM_LAUNCH]["disabled"]
    assert status == 204
    assert names_of_page(runs, "", ["good"]) == []
    assert names_of_page(runs, "free", ["good"]) == ["free"]
