"""The form of a study: a grid launched by a click within tables and limits, and the file that makes
the same study.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from landscape_app.analysis.statistics import bootstrap, roles
from landscape_app.dashboard import factory
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.launch import child, page_settings, starts
from landscape_app.dashboard.study import form_values
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.state import AT_WORK, state
from landscape_app.store import grids as stored_grids
from landscape_app.store import lock
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.dashboard.conftest import Page
from tests.dashboard.study.served import SMALL, opened
from tests.dashboard.test_launching import launch, until


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


@pytest.mark.slow
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
