"""The page as it is served: every state in words, a grid launched by a click within limits, and no
request that makes the server fail.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard import factory
from landscape_app.dashboard.common.job_parts import RESULTS_ONLY
from landscape_app.dashboard.launch import page_settings
from landscape_app.dashboard.study import ids
from landscape_app.errors import LandscapeError
from landscape_app.store import notes
from tests.dashboard.components import controls
from tests.dashboard.conftest import Page
from tests.dashboard.study.served import SMALL, STANDS, opened, tick
from tests.dashboard.test_launching import until


def test_every_state_is_said(page: Page) -> None:
    whole = opened(page, "?id=whole")
    assert all(
        name in whole
        for name in (
            ids.RANKING,
            ids.SCATTER,
            "All 6 networks are in the table",
            "Too few networks",
        )
    )
    begun = opened(page, "?id=begun")
    assert "No table yet" in begun
    assert "0 of 6 runs sampled" in begun
    assert '"action":"resume"' in begun.replace(" ", "")
    assert "There is no study called" in opened(page, "?id=never-was")
    assert "There is no study called" in opened(page, "?id=../../etc")


def test_without_studies_the_form_is_there(tmp_path: Path) -> None:
    fresh = Page(factory.create(tmp_path / "runs"))
    assert ids.FORM_LAUNCH in opened(fresh)
    assert ids.FORM_LAUNCH in opened(fresh, path="/study/new")


def test_what_the_address_names_is_what_stands(page: Page) -> None:
    text = opened(
        page,
        "?id=whole&measure=weight_norm&stratum=all&colour=train_rate&below=networks"
        "&runs=whole-plain-train_rate0.1-s0",
    )
    stands = {
        control["id"]: control
        for control in controls(json.loads(text))
        if isinstance(control.get("id"), str)
    }
    assert stands["study-open"]["href"] == "/?runs=whole-plain-train_rate0.1-s0"
    for id, value in (
        (ids.MEASURE, "weight_norm"),
        (ids.COLOUR, "train_rate"),
        (ids.BELOW, "networks"),
    ):
        assert stands[id]["value"] == value


def test_an_unchanged_folder_sends_nothing_and_new_results_send_everything(
    page: Page, runs: Path
) -> None:
    response = tick(page, None).get_json()["response"]
    seen = response[ids.SEEN]["data"]
    assert tick(page, seen).status_code == 204
    (runs / "_studies" / "whole" / "derived" / "other-0").mkdir()
    again = tick(page, seen).get_json()["response"]
    assert ids.MAIN in again
    assert again[ids.SEEN]["data"]["results"] != seen["results"]


def test_what_the_runs_do_is_said_without_drawing_anything_anew(page: Page, runs: Path) -> None:
    begun = {f"{ids.NAME}.value": "begun"}
    seen = tick(page, None, **begun).get_json()["response"][ids.SEEN]["data"]
    assert tick(page, seen, **begun).status_code == 204
    shutil.rmtree(runs / "begun-plain-train_rate0.1-s0")
    until(lambda: tick(page, seen, **begun).status_code == 200)
    response = tick(page, seen, **begun).get_json()["response"]
    assert "gone" in json.dumps(response[ids.NOTHING])
    assert ids.MAIN not in response


def test_a_run_deleted_while_it_is_viewed_changes_what_is_said_and_breaks_nothing(
    page: Page, runs: Path
) -> None:
    shutil.rmtree(runs / "whole-plain-train_rate0.1-s0")
    assert "cannot be found" in opened(page, "?id=whole")


def test_a_study_without_its_runs_shows_its_results_and_offers_nothing_of_runs(
    page: Page, runs: Path
) -> None:
    for run in runs.glob("whole-*"):
        shutil.rmtree(run)
    until(lambda: "results only" in opened(page, "?id=whole"))
    text = opened(page, "?id=whole")
    assert f"6 networks are in the table. {RESULTS_ONLY}" in text
    assert ids.RANKING in text
    assert "cannot be found" not in text
    assert '"action":"resume"' not in text.replace(" ", "")


@pytest.mark.slow
def test_no_value_makes_the_page_fail(page: Page) -> None:
    odd: list[Any] = [None, [{"a": ["../../etc"]}]]
    mine = [
        part
        for part in page.served()
        if "study" in part["output"]
        and not part["background"]
        and "request-study" not in part["output"]
    ]
    assert len(mine) >= 4
    for callback in mine:
        for name in {
            f"{part['id']}.{part['property']}" for part in [*callback["inputs"], *callback["state"]]
        }:
            for value in odd:
                first = callback["inputs"][0]
                body = page.body(
                    callback, {**STANDS, name: value}, f"{first['id']}.{first['property']}"
                )
                answer = page.client.post("/_dash-update-component", json=body)
                assert answer.status_code < 500, (
                    callback["output"],
                    name,
                    value,
                    answer.text[:300],
                )


def test_names_from_a_table_of_elsewhere_stay_text() -> None:
    hostile = {**SMALL, "name": "<script>alert(1)</script>"}
    with pytest.raises(LandscapeError):
        page_settings.study_of_page(hostile)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("measure", "wieght_norm"),
        ("stratum", "some"),
        ("colour", "x"),
        ("gap", "gap_x"),
        ("below", "y"),
    ],
)
def test_a_word_of_the_address_that_the_study_lacks_is_named(
    page: Page, name: str, text: str
) -> None:
    assert f"{name}: '{text}' is not in this study. The page shows" in opened(
        page, f"?id=whole&{name}={text}"
    )
    assert "is not in this study" not in opened(page, "?id=whole&measure=weight_norm")


def test_networks_of_the_address_that_cannot_be_picked_are_named(page: Page) -> None:
    id = "whole-plain-train_rate0.1-s0"
    text = opened(page, f"?id=whole&runs={id},gone,{id}")
    assert "Left out: gone." in text
    assert "Left out" not in opened(page, f"?id=whole&runs={id}")


def test_a_network_is_called_by_its_label_and_its_id(page: Page, runs: Path) -> None:
    id = "whole-plain-train_rate0.1-s0"
    notes.write(runs / id, label="Slow")
    text = opened(page, f"?id=whole&below=networks&runs={id}")
    for words in (f"<b>Slow ({id})</b>", f'"label": "Slow ({id})"', f'"title": "Slow · {id}"'):
        assert words in json.dumps(json.loads(text), ensure_ascii=False)
