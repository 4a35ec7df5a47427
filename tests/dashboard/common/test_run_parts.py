"""Laws of what pages share: a run's mark and staleness, answers of checks, what is taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from dash import Dash, html

from landscape_app.dashboard import empty, factory, guard, helping
from landscape_app.dashboard.common import run_checks, run_view, taking
from landscape_app.dashboard.common.run_checks import CheckedRun, State
from landscape_app.figures.palette import MARKS
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.stored_result import Result
from tests.dashboard.common.test_taking import paths


def test_a_click_may_verify_a_run_that_is_sampled_and_free() -> None:
    runs = {state: CheckedRun("a", "a", 0, 0, state) for state in get_args(State)}
    assert {state for state, run in runs.items() if run.askable} == {"ready", "missing"}


def test_the_word_for_what_is_drawn_changes_with_the_runs_and_with_their_answers(
    runs: Path,
) -> None:
    context = factory.context_of(Dash("alone").server, runs)
    word = run_checks.token(context, ("done",))
    assert word == run_checks.token(context, ("done",))
    assert word != run_checks.token(context, ("begun",))
    derived.write(runs / "done", "checks", {}, {}, {"checks": []}, "x")
    assert word != run_checks.token(factory.context_of(Dash("again").server, runs), ("done",))


def test_the_word_for_a_run_changes_with_its_folder_and_its_job(runs: Path) -> None:
    def word(*ids: str) -> str:
        return run_view.stamp(factory.context_of(Dash("alone").server, runs), ids)

    before = word("done", "begun")
    assert before == word("done", "begun")
    assert before != word("done")
    derived.write(runs / "done", "thing", {}, {}, {}, "x")
    assert word("done", "begun") != before


def test_results_of_other_snapshots_are_stale(runs: Path) -> None:
    run = RunFolder.open(runs, "done")
    ours, others = (
        Result("thing", {}, {}, {}, inputs, 0.0, run.path) for inputs in (run.digest(), "others")
    )
    assert run_view.stale({"ours": ours, "others": others}, run) == ("others",)


@pytest.mark.parametrize("look", range(len(MARKS)))
def test_a_run_has_its_shape_and_its_colour_and_a_label_where_it_stands_alone(look: int) -> None:
    alone, beside = run_view.mark(look, "Good"), run_view.mark(look)
    assert alone.children == beside.children == MARKS[look]
    assert f"ls-run-{look + 1}" in alone.className.split()
    assert alone.to_plotly_json()["props"]["aria-label"] == "Good"
    assert beside.to_plotly_json()["props"]["aria-hidden"] == "true"


def test_what_cannot_be_shown_is_said_with_a_way_out() -> None:
    shown = json.dumps(empty.fault("It is damaged."), default=lambda part: part.to_plotly_json())
    assert "It is damaged." in shown
    assert '"role": "alert"' in shown
    assert '"href": "/jobs"' in shown


def test_the_policy_of_an_app_allows_nothing_from_elsewhere() -> None:
    app = Dash("alone")
    app.layout = html.Div()
    guard.content_policy(app)
    policy = app.server.test_client().get("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy


def test_the_help_has_every_word_that_it_explains() -> None:
    shown = json.dumps(helping.panel(), default=lambda part: part.to_plotly_json())
    assert all(json.dumps(text) in shown for text in dict(helping.SEEN).values())


def test_figures_of_a_study_and_its_report_are_saved_under_its_name() -> None:
    for kind, menu in (("study", taking.study_save_menu), ("paper", taking.paper_save_menu)):
        files = list(paths(menu("drawn", "mine", spoken="Drawn")))
        assert len(files) == 7, "pictures in two widths, and data"
        assert all(file.startswith(f"/take/{kind}/drawn.") and "id=mine" in file for file in files)
    assert list(paths(html.Div(taking.report_button("mine")))) == ["/take/report.html?runs=mine"]
