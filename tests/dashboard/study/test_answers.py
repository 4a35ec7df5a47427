"""Laws of what the callbacks answer: a redraw is what a new view of the page shows, and the form
says, offers and launches one and the same study.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.launch import page_settings
from landscape_app.dashboard.study import callbacks, form_callbacks, form_values, ids
from landscape_app.settings import AnalysisSpec
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.dashboard.components import controls
from tests.dashboard.conftest import Page
from tests.dashboard.study.served import STANDS, opened, tick

pytestmark = pytest.mark.slow

FORM = [f"{id}.value" for id in form_callbacks.VALUES]


def layout(page: Page, search: str = "", path: str = "/study") -> dict[str, dict[str, Any]]:
    """{id: properties} of what is on the page with this query."""
    components = controls(json.loads(opened(page, search, path)))
    return {part["id"]: part for part in components if isinstance(part.get("id"), str)}


def answer(page: Page, output: str, values: dict[str, Any], changed: str) -> dict[str, Any]:
    response = page.call(output, values, changed)
    assert response.status_code == 200, response.text[:300]
    return dict(response.get_json()["response"])


@pytest.mark.parametrize("below", ["measures", "networks", "sampling"])
def test_a_redraw_is_what_a_new_view_shows(page: Page, below: str) -> None:
    changed = {f"{ids.BELOW}.value": below, f"{ids.COLOUR}.value": "train_rate"}
    drawn = answer(page, f"{ids.RANKING}.figure", {**STANDS, **changed}, f"{ids.BELOW}.value")
    search = f"?id=whole&measure=weight_norm&colour=train_rate&below={below}"
    shown = layout(page, search)
    for output in callbacks.DRAWN:
        id, name = output.component_id, output.component_property
        assert drawn[id][name] == shown[id].get(name), (id, name)
        assert drawn[id][name] is not None, (id, name)


def test_a_saved_table_is_named_after_what_it_holds(page: Page) -> None:
    values = {**STANDS, f"{ids.SAVE}.n_clicks": 1, f"{ids.BELOW}.value": "networks"}
    saved = answer(page, f"{ids.CSV}.data", values, f"{ids.SAVE}.n_clicks")[ids.CSV]["data"]
    assert saved["filename"] == "whole-networks-all.csv"
    assert len(saved["content"].splitlines()) == 1 + 6


def test_a_run_that_changes_is_said_and_redraws_nothing(page: Page, runs: Path) -> None:
    values = {f"{ids.NAME}.value": "begun"}
    seen = tick(page, None, **values).get_json()["response"][ids.SEEN]["data"]
    assert tick(page, seen, **values).status_code == 204
    run = StudyFolder.open(runs, "begun").runs[0]
    shutil.rmtree(runs / run)
    page.call(f"{ids.STATE}.children", {**STANDS, **values}, f"{ids.NAME}.value")
    again = tick(page, seen, **values).get_json()["response"]
    assert again[ids.SEEN]["data"]["state"] != seen["state"]
    assert ids.MAIN not in again
    assert "gone" in str(again[ids.NOTHING])


def test_the_rail_offers_every_study_with_its_number_of_runs(page: Page) -> None:
    offered = layout(page, "?id=whole")[ids.NAME]["data"]
    assert {(option["value"], option["label"]) for option in offered} == {
        ("whole", "whole (6)"),
        ("begun", "begun (6)"),
    }
    gone = layout(page, "?id=gone")[ids.NAME]["data"]
    assert {"value": "gone", "label": "gone"} in gone, "it stays named while it is looked at"


def test_the_name_of_a_new_study_is_free(page: Page, runs: Path) -> None:
    name = layout(page, path="/study/new")[ids.FORM_NAME]["value"]
    taken = {path.name for path in (*runs.iterdir(), *(runs / "_studies").iterdir())}
    assert name
    assert name not in taken
    StudyFolder.create(runs, name, ["whole-plain-train_rate0.1-s0"], AnalysisSpec())
    assert layout(page, path="/study/new")[ids.FORM_NAME]["value"] not in {name, *taken}


@pytest.mark.parametrize("preset", form_values.PRESETS)
def test_the_form_of_a_preset_says_and_launches_one_study(page: Page, preset: str) -> None:
    shown = layout(page, path="/study/new")
    values = {name: shown[name.removesuffix(".value")].get("value") for name in FORM}
    chosen = {f"{ids.FORM_PRESET}.value": preset}
    turned = answer(page, f"{ids.FORM_SEEDS}.value", chosen, f"{ids.FORM_PRESET}.value")
    values |= {f"{id}.value": part["value"] for id, part in turned.items()}
    shown = answer(page, f"{ids.FORM_OUTLOOK}.children", values, FORM[0])
    spec = parse_study(tomllib.loads(shown[ids.FORM_TOML]["children"]))
    assert shown[ids.FORM_STATUS]["children"] == ""
    assert shown[ids.FORM_LAUNCH] == {
        "children": f"Launch {len(spec.points)} runs",
        "disabled": False,
    }
    given = form_values.PRESETS[preset]
    assert len(spec.seeds) == given["seeds"]
    assert {name: spec.settings[name] for name in given["effort"]} == given["effort"]
    assert list(spec.knobs) == [name for name, _ in given["knobs"] if name]
    assert f'"{len(spec.points)} = 3 regimes' in json.dumps(
        shown[ids.FORM_OUTLOOK], ensure_ascii=False
    )
    click = {**values, f"{ids.FORM_LAUNCH}.n_clicks": 1, "nonce.data": "page"}
    asked = answer(page, f"{ids.FORM_LAUNCH}.loading", click, f"{ids.FORM_LAUNCH}.n_clicks")
    request = next(part["data"] for part in asked.values() if "data" in part)
    assert request["do"] == "study"
    assert page_settings.study_of_page(request["study"]) == spec


def test_a_form_that_makes_no_study_cannot_be_launched(page: Page) -> None:
    values = {f"{ids.FORM_LAUNCH}.n_clicks": 1, f"{ids.FORM_NAME}.value": "Not A Name"}
    shown = answer(page, f"{ids.FORM_OUTLOOK}.children", values, FORM[0])
    assert shown[ids.FORM_LAUNCH]["disabled"] is True
    assert shown[ids.FORM_STATUS]["children"]
    click = page.call(f"{ids.FORM_LAUNCH}.loading", values, f"{ids.FORM_LAUNCH}.n_clicks")
    assert click.status_code == 204
