"""Laws of the stored answers of a run's checks, as every page reads them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from dash import Dash

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import run_checks
from landscape_app.dashboard.common.run_checks import CheckedRun, State
from landscape_app.store import derived


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
