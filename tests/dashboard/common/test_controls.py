"""Laws of the shared parts: controls, words and bars of jobs, what forms say about a setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, html

from landscape_app.dashboard import archives, downloads, empty, factory, helping, shell
from landscape_app.dashboard.common import (
    addresses,
    buttons,
    checks_mark,
    controls,
    deletion,
    form_parts,
    ids,
    job_parts,
    launch_requests,
    run_view,
    side_rail,
)
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_checks import CheckedRun, summary
from landscape_app.dashboard.new_run.page import outlook
from landscape_app.dashboard.new_run.values import RunForm
from landscape_app.errors import ServeError
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.registries import CHECKS, REGIMES
from landscape_app.settings import GIVEN, RunSpec, parse
from landscape_app.store import notes
from landscape_app.store.damage import Damage
from landscape_app.store.stored_result import Result
from tests.dashboard.conftest import Page, components, drawn_pages


@pytest.fixture
def done(runs: Path) -> BoardEntry:
    """The board's entry of a finished run."""
    entry = Board(runs).find("done")
    assert entry is not None
    return entry


def test_a_labelled_control_stands_after_its_label() -> None:
    control = html.Button(id="here")
    row = str(controls.labelled("Height", control))
    assert 0 < row.index("Height") < row.index("here")


def test_a_list_offers_every_entry_of_its_table_by_label() -> None:
    offered = controls.entry_options(REGIMES)
    assert [option["value"] for option in offered] == list(REGIMES)
    assert [option["label"] for option in offered] == [entry.label for entry in REGIMES.values()]
    assert controls.options({"a": "A"}) == [{"value": "a", "label": "A"}]


def test_a_clock_ticks_by_itself_and_when_the_shell_says_so() -> None:
    span = _json(controls.clock("mine", 700, pauses=False))["props"]
    assert (span["data-clock"], span["data-pauses"], span["hidden"]) == ("mine", "false", True)
    assert span["children"]["props"] == {"id": "mine", "interval": 700}
    assert _json(controls.clock("mine", 700))["props"]["data-pauses"] == "true"


EVERYWHERE: dict[str, Callable[[Dash, Context], None]] = {
    "action": buttons.job_buttons,
    ids.CHECKS_MARK: checks_mark.register,
    "delete": deletion.register,
    "help": lambda app, _: helping.register(app),
    "request": lambda app, _: launch_requests.register(app),
    "strip": side_rail.register,
    ids.PAGE: shell.register,
    "take": downloads.register,
    "archive": archives.register,
}


@pytest.mark.parametrize("part", EVERYWHERE)
def test_what_every_page_has_is_heard(runs: Path, part: str) -> None:
    app = Dash("alone")
    routes = {rule.rule for rule in app.server.url_map.iter_rules()}
    EVERYWHERE[part](app, factory.context_of(app.server, runs))
    routes = {rule.rule for rule in app.server.url_map.iter_rules()} - routes
    heard = [*app.callback_map, *map(str, app.callback_map.values()), *routes]
    assert any(part in words for words in heard)


def test_what_is_chosen_is_among_what_is_offered(page: Page) -> None:
    lists = [part for part in components(drawn_pages(page)) if part["props"].get("data")]
    lists = [part for part in lists if part["type"] in ("Select", "SegmentedControl")]
    assert len(lists) > 20
    for part in lists:
        offered = [_value(option) for option in part["props"]["data"]]
        value = part["props"].get("value")
        assert value in offered or (part["props"].get("clearable") and not value), part["props"]


def _value(option: Any) -> Any:
    return option["value"] if isinstance(option, dict) else option


def test_a_bar_says_how_far_a_phase_is() -> None:
    halfway = _json(job_parts.bar(JobState("running", done=1, total=2)))["props"]
    assert (halfway["role"], halfway["aria-valuenow"]) == ("progressbar", "50")
    assert halfway["children"]["props"]["style"] == {"width": "50.0%"}
    unknown = _json(job_parts.bar(JobState("running", done=1)))["props"]
    assert "aria-valuenow" not in unknown
    assert "ls-bar-unknown" in unknown["className"]
    ended = _json(job_parts.bar(JobState("finished", done=1, total=2)))["props"]
    assert ended["aria-valuenow"] == "100"


def test_a_mark_tells_a_run_by_its_regime_and_a_study_by_its_size(runs: Path) -> None:
    texts = {entry.id: _json(job_parts.mark(entry))["props"] for entry in Board(runs).entries()}
    assert {id: text["children"] for id, text in texts.items()} == {
        "done": "■",
        "begun": "▼",
        "both": "2",
        "broken": "?",
    }
    assert "ls-mark-study" in texts["both"]["className"]


def test_what_is_unsound_stands_beside_the_badge(done: BoardEntry) -> None:
    assert job_parts.unsound(done) is None
    failed = job_parts.unsound(replace(done, failed=("Distances",)))
    assert failed.children == failed.title == "1 check failed: Distances"
    damaged = replace(done, damage=Damage(done.path, files=("a",)), failed=("Distances",))
    part = job_parts.unsound(damaged)
    assert "Distances" not in part.children, "what is damaged comes first"
    assert part.title == job_parts.badge(damaged).title


def test_a_job_is_at_work_or_none_is(done: BoardEntry) -> None:
    assert run_view.live_job(None) is None
    for state in job_parts.STATES:
        job = JobState(state)  # type: ignore[arg-type]
        assert run_view.live_job(replace(done, job=job)) is (job if state in AT_WORK else None)


def test_an_empty_field_says_what_it_means() -> None:
    for name, field in RunSpec.model_fields.items():
        words = form_parts.left_empty(field)
        assert len(words) <= form_parts.FITS, name
        if f"Empty: {words}" in (field.description or ""):
            assert words not in form_parts.explained(name, None), "the control says it"
    assert form_parts.left_empty(RunSpec.model_fields["weight_decay"]) == "the regime's"


def test_the_mark_of_the_checks_leads_to_them_and_says_what_they_found(done: BoardEntry) -> None:
    run = CheckedRun("a", "a", 0, 0, "ready")
    unasked = _json(checks_mark.link([run]))["props"]
    assert unasked["title"] == "None of these runs was verified yet. See the checks."
    passed = replace(run, stored=Result("checks", {}, {}, {}, "", 0.0, done.path))
    verified = _json(checks_mark.link([passed]))["props"]
    assert verified["title"] == "1 run verified: no check fails. See the checks."
    assert "✓" in json.dumps(verified, ensure_ascii=False)
    assert unasked["href"] == verified["href"] == addresses.checks(["a"])


def test_checks_of_runs_are_told_in_a_line(done: BoardEntry) -> None:
    first, second = (CheckedRun(id, id, slot, slot, "ready") for slot, id in enumerate("ab"))
    assert summary([first, second]) == "", "none was ever verified"
    names = list(CHECKS)[:2]
    answers = {"checks": [{"name": name, "passed": False} for name in names]}
    failed = replace(first, stored=Result("checks", {}, {}, answers, "", 0.0, done.path))
    assert summary([failed, second]) == "1 run verified: 2 checks fail"
    passed = replace(first, stored=Result("checks", {}, {}, {}, "", 0.0, done.path))
    assert summary([passed, replace(passed, id="b")]) == "2 runs verified: no check fails"
    broken = replace(failed, damage=Damage(done.path, files=("x",)))
    assert summary([broken, second]).startswith("a is ")
    assert "verified" not in summary([broken, second]), "damage comes before what was found"


def test_a_page_that_is_not_there_is_named() -> None:
    assert "/nowhere" in str(empty.unknown("/nowhere"))


def test_a_dashboard_that_does_not_answer_itself_is_not_served(app: Dash) -> None:
    factory.warm(app)
    app.server.before_request_funcs[None] = [lambda: ("busy", 503)]
    with pytest.raises(ServeError, match="answers 503 to its own request"):
        factory.warm(app)


def _json(component: Any) -> Any:
    return json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))


def test_a_form_at_fault_forecasts_nothing() -> None:
    shown = outlook(RunForm((), {"seeds": "Seeds: not 0."}, {}), None)  # type: ignore[arg-type]
    assert shown.children == form_parts.nothing().children == "Correct the form first."


def test_a_button_for_all_runs_asks_for_all_and_one_beside_a_run_for_that_run() -> None:
    app = Dash("buttons")
    app.layout = html.Div()
    buttons.run_buttons(app, "verify", [], lambda _, nonce, run: {"ids": [nonce, run]})
    page, states = Page(app), {f"{ids.NONCE}.data": "page", "verify.n_clicks": 1}
    own = buttons.beside("a", "verify")
    name = json.dumps(own, separators=(",", ":"), sort_keys=True)
    for changed, run in (("verify", None), (name, "a")):
        body = page.body(page.callback("verify.loading"), states, f"{changed}.n_clicks")
        body["inputs"][1] = [{"id": own, "property": "n_clicks", "value": 1}]
        answer = page.client.post("/_dash-update-component", json=body).get_json()["response"]
        assert answer["verify"] == {"loading": run is None}
        assert answer[ids.request("compare")]["data"] == {"ids": ["page", run]}


def test_a_form_tells_facts_by_name_and_ranges_in_the_help() -> None:
    table = str(form_parts.facts({"Runs": "Good, Poor"}))
    assert 0 < table.index("Runs") < table.index("Good, Poor")
    assert re.search(r"\(1 to [\d,]+\)$", form_parts.explained("seeds", None)), "its range"


def test_a_run_of_a_user_s_own_objects_is_told() -> None:
    own = {"data": GIVEN, "network": GIVEN, "regime": GIVEN, "weight_decay": 0}
    assert run_view.user_made(parse(RunSpec, {**own, "augmentation": False}))
    assert run_view.user_made(parse(RunSpec, {})) is False


def test_the_last_job_says_why_it_came_to_nothing(done: BoardEntry) -> None:
    failed = replace(done, job=JobState("failed", command="verify", message="No space left."))
    assert job_parts.ended(failed, "verify") == "No space left."
    assert job_parts.ended(failed, "surface") == "", "that was another job"
    assert job_parts.ended(done, "run") == job_parts.ended(None, "run") == ""
    assert job_parts.queued(JobState("queued", phase="starting")) == "Starting"
    assert job_parts.queued(JobState("queued")) == "Waits for a free slot"


def test_a_run_picker_has_label_and_id_of_every_run(runs: Path) -> None:
    notes.write(runs / "done", label="Wide")
    picker = controls.run_picker("runs", Board(runs), ["done", "gone"])
    offered = {option["value"]: option["label"] for option in picker.data}
    assert offered == {
        "done": "Wide (done)",
        "gone": "gone",
        "begun": "begun",
        "broken": "broken",
    }
    assert picker.value == ["done", "gone"]
