"""The page as it is served: every state in words, a grid launched by a click within limits, and no
request that makes the server fail.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_app.analysis.statistics import bootstrap, roles
from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.common.job_parts import RESULTS_ONLY
from landscape_app.dashboard.launch import child, page_settings, starts
from landscape_app.dashboard.study import form_values, ids
from landscape_app.errors import LandscapeError
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.state import AT_WORK, state
from landscape_app.store import grids as stored_grids
from landscape_app.store import lock, notes
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.dashboard.conftest import Page
from tests.dashboard.test_launching import launch, until

STANDS = {
    f"{ids.NAME}.value": "whole",
    f"{ids.STRATUM}.value": "all",
    f"{ids.MEASURE}.value": "weight_norm",
    f"{ids.BELOW}.value": "measures",
}
SMALL: dict[str, Any] = {
    "name": "mine", "data": "blobs", "regimes": ["plain", "poor"], "networks": ["mlp-small"],
    "seeds": 2, "knobs": {},
    "effort": {"train_epochs": 4, "seeds": 2, "epochs": 2},
}  # fmt: skip


def opened(page: Page, search: str = "", path: str = "/study") -> str:
    """What is on the page with this query."""
    values = {f"{shell.LOCATION}.pathname": path, f"{shell.LOCATION}.search": search}
    answer = page.call(f"{shell.PAGE}.children", values, f"{shell.LOCATION}.pathname")
    assert answer.status_code == 200
    return str(answer.text)


def tick(page: Page, seen: Any, **values: Any) -> Any:
    """The response to a look at the folder."""
    return page.call(
        f"{ids.STATE}.children",
        {**STANDS, f"{ids.SEEN}.data": seen, **values},
        f"{ids.TICK}.n_intervals",
    )


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
        one["id"]: one for one in controls(json.loads(text)) if isinstance(one.get("id"), str)
    }
    assert stands["study-open"]["href"] == "/?runs=whole-plain-train_rate0.1-s0"
    for id, value in (
        (ids.MEASURE, "weight_norm"),
        (ids.COLOUR, "train_rate"),
        (ids.BELOW, "networks"),
    ):
        assert stands[id]["value"] == value


def controls(node: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component in a layout."""
    if isinstance(node, dict):
        if isinstance(node.get("props"), dict):
            yield node["props"]
        for value in node.values():
            yield from controls(value)
    elif isinstance(node, list):
        for value in node:
            yield from controls(value)


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
        one
        for one in page.served()
        if "study" in one["output"]
        and not one["background"]
        and "request-study" not in one["output"]
    ]
    assert len(mine) >= 4
    for callback in mine:
        for name in {
            f"{one['id']}.{one['property']}" for one in [*callback["inputs"], *callback["state"]]
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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "../../etc"}, "name"),
        ({"name": "Capital"}, "name"),
        ({"name": "whole"}, "The name 'whole' is already used"),
        ({"data": "npz:/etc/passwd"}, "no data set called 'npz:/etc/passwd'"),
        ({"data": "os:system"}, "no data set"),
        ({"networks": ["os:system"]}, "no network called 'os:system'"),
        ({"networks": "mlp"}, "at least one network"),
        ({"regimes": []}, "at least one regime"),
        ({"regimes": ["good"] * 900}, "at least one regime"),
        ({"regimes": [["good"]]}, "no regime"),
        ({"seeds": 11}, "1 to 10"),
        ({"seeds": True}, "1 to 10"),
        ({"seeds": [0, 1, 2]}, "1 to 10"),
        ({"seeds": 1}, "has 2 runs"),
        ({"seeds": 10, "knobs": {"train_rate": [0.1, 0.2, 0.3, 0.4]}}, "has 80 runs"),
        ({"knobs": {"checkpoint": ["/etc/passwd"]}}, "no knob called 'checkpoint'"),
        ({"knobs": {"device": ["cuda"]}}, "no knob called 'device'"),
        ({"knobs": {"train_rate": ["0.1; import os"]}}, "is no number"),
        ({"knobs": {"train_rate": [float("nan")]}}, "is no number"),
        ({"knobs": {"train_rate": [None]}}, "is no number"),
        ({"knobs": {"train_rate": []}}, "one to 6 values"),
        ({"knobs": {"train_rate": [0.1] * 9}}, "one to 6 values"),
        ({"knobs": {"train_rate": [-1.0]}}, "train_rate"),
        ({"knobs": {"train_batch": [2.5, 3]}}, "train_batch"),
        ({"knobs": {"train_rate": [0.1], "width": [8], "depth": [1]}}, "at most 2 knobs"),
        ({"knobs": [1]}, "at most 2 knobs"),
        ({"effort": {"workers": 200}}, "no setting that all runs share called 'workers'"),
        ({"effort": {"epochs": 10**9}}, "epochs"),
        ({"effort": {"seeds": "many"}}, "is no number"),
        ({"settings": {"checkpoint": "x"}}, "no setting of a study here called 'settings'"),
        ({"samplings": ["naiv"]}, "no static sampling called 'naiv'. Did you mean 'naive'"),
        ({"samplings": "naive"}, "at least one static sampling"),
        ({"analysis": {}}, "no setting of a study here called 'analysis'"),
    ],
)
def test_a_launch_is_held_against_tables_and_limits(
    runs: Path, changes: dict[str, Any], words: str
) -> None:
    before = sorted(path.name for path in (*runs.iterdir(), *(runs / "_studies").iterdir()))
    answer = child.launch(runs, launch_requests.ask("page", "study", study={**SMALL, **changes}))
    assert words in str(answer["error"])
    assert answer["ids"] == []
    after = sorted(path.name for path in (*runs.iterdir(), *(runs / "_studies").iterdir()))
    assert after == before, "nothing was made"


@pytest.mark.parametrize("study", [None, "mine", [], 3])
def test_a_launch_without_settings_is_refused(tmp_path: Path, study: Any) -> None:
    assert child.launch(tmp_path, {"do": "study", "nonce": "page", "study": study})["error"]


def test_a_click_makes_the_folders_and_a_job_that_trains_in_them(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    page = Page(factory.create(runs))
    folder = runs / "_studies" / "mine"
    try:
        answer = launch(page, "study", launch_requests.ask("page", "study", study=SMALL))
        assert (answer["error"], answer["ids"]) == (None, ["mine"])
        study = StudyFolder.open(runs, "mine")
        assert len(study.runs) == 4
        assert all((runs / run / "spec.json").is_file() for run in study.runs), (
            "nothing is missing while the job starts"
        )
        assert stored_grids.read(study) == page_settings.study_of_page(SMALL)
        assert "No table yet" in opened(page, "?id=mine")
        assert "already" in str(
            child.launch(runs, launch_requests.ask("other", "study", study=SMALL))["error"]
        ), "never gone on with by a new launch"
        until(
            lambda: (
                state(runs / study.runs[0]).state == "finished"
                or state(folder).state not in (*AT_WORK, "idle")
            )
        )
        assert state(runs / study.runs[0]).state == "finished", state(folder).traceback
    finally:
        cancel(folder)
        until(lambda: not lock.holder(folder / lock.NAME))


def test_the_file_that_is_shown_makes_the_study_that_is_launched() -> None:
    for name, preset in form_values.PRESETS.items():
        pairs = [(setting, values) for setting, values in preset["knobs"]]
        given = form_values.read(
            *(name, "digits", ["good", "poor"], ["mlp"], preset["seeds"], pairs, preset["effort"]),
            samplings=["grid", "naive"] if name == "medium" else [],
        )
        assert given.fault == ""
        assert given.spec is not None
        assert given.spec.samplings == (("grid", "naive") if name == "medium" else ())
        assert parse_study(tomllib.loads(form_values.toml(given.spec))) == given.spec
        assert given.spec == page_settings.study_of_page(json.loads(json.dumps(given.values)))


def test_what_stands_in_the_way_is_said_beside_the_button() -> None:
    def fault(**changes: Any) -> str:
        given = {
            "name": "a",
            "data": "digits",
            "regimes": ["good"],
            "networks": ["mlp"],
            "seeds": 3,
            "knobs": (),
            "effort": SMALL["effort"],
        }
        return form_values.read(**{**given, **changes}).fault

    assert fault() == ""
    assert "same setting" in fault(knobs=[("train_rate", ["0.1"]), ("train_rate", ["0.2"])])
    assert "'many' is no number" in fault(knobs=[("train_rate", ["many"]), ("", [])])
    assert "at least one regime" in fault(regimes=None)
    assert "Seeds" in fault(seeds="")


def test_the_page_knows_what_the_statistics_know() -> None:
    sizes = [1, 3, 6, 10, 13, 20, 31, 40, 100, 400]
    assert [form_values.width(n, 3) for n in sizes] == pytest.approx(
        [bootstrap.expected_width(n, 3) for n in sizes]
    )
    assert (form_values.FEW, page_settings.FEWEST_NETWORKS) == (bootstrap.FEW, roles.LEAST)


def test_too_much_at_work_is_refused(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "MOST_WAITING", 0)
    answer = child.launch(runs, launch_requests.ask("page", "study", study=SMALL))
    assert "running or waiting" in str(answer["error"])


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
    one = "whole-plain-train_rate0.1-s0"
    text = opened(page, f"?id=whole&runs={one},gone,{one}")
    assert "Left out: gone." in text
    assert "Left out" not in opened(page, f"?id=whole&runs={one}")


def test_a_network_is_called_by_its_label_and_its_id(page: Page, runs: Path) -> None:
    one = "whole-plain-train_rate0.1-s0"
    notes.write(runs / one, label="Slow")
    text = opened(page, f"?id=whole&below=networks&runs={one}")
    for words in (f"<b>Slow ({one})</b>", f'"label": "Slow ({one})"', f'"title": "Slow · {one}"'):
        assert words in json.dumps(json.loads(text), ensure_ascii=False)
