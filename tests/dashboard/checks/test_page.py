"""The page Checks as it is served: every answer with its mark, every state in words, verified by a
click, and never a server fault.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landscape_app.check_table import CHECKS
from landscape_app.dashboard.checks import column_head, table
from landscape_app.dashboard.checks.page import RUNS, SEEN, TABLE, TICK
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import launch_requests, run_checks
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.launch import child
from landscape_app.errors import AnalysisError, RunLockedError
from landscape_app.jobs.launch import start_verify
from landscape_app.settings import RunSpec, parse
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.dashboard.checks.shown import cells, tampered
from tests.dashboard.conftest import Page
from tests.dashboard.test_launching import launch, until


def opened(page: Page, search: str) -> str:
    """What is on the page at /checks with this query."""
    values = {f"{shell.LOCATION}.pathname": "/checks", f"{shell.LOCATION}.search": search}
    answer = page.call(f"{shell.PAGE}.children", values, f"{shell.LOCATION}.pathname")
    assert answer.status_code == 200
    return str(answer.text)


def redraw(page: Page, runs: list[str], changed: str, seen: Any = None) -> Any:
    return page.call(f"{TABLE}.children", {f"{RUNS}.value": runs, f"{SEEN}.data": seen}, changed)


def test_every_check_has_a_row_and_every_answer_its_mark_and_figure(
    context: Context, runs: Path
) -> None:
    tampered(runs, passed=False, value=3)
    shown = run_checks.read(context, ("full", "bare"))
    rows = dict(cells(shown))
    assert list(rows) == list(CHECKS)
    answers = {
        check["name"]: check for check in derived.find(runs / "full", "checks").meta["checks"]
    }  # type: ignore[union-attr]
    for name, (first, second) in rows.items():
        text = json.dumps(first, ensure_ascii=False)
        assert f'"aria-label": "{table.SIGNS[answers[name]["passed"]][1]}"' in text
        assert (table.figure(answers[name]["value"]).split(" × ")[0] in text) or answers[name][
            "value"
        ] is None
        assert second["props"]["children"] == "", "never verified: no answer is made up"
    assert column_head.counts(shown[0]).startswith(f"{shown[0].count(True)} pass · 1 fails")
    assert sum(shown[0].count(passed) for passed in (True, False, None)) == len(CHECKS)


def test_every_state_is_said_and_none_hides_the_others(page: Page) -> None:
    text = opened(page, "?runs=full,bare,begun,broken")
    assert "Not verified yet." in text
    assert "The run can be verified when it is" in text
    assert "is damaged" in text
    assert "File hashes" in text
    assert "There is no run called" in opened(page, "?runs=never-was")
    assert "Choose a run first." in json.dumps(redraw(page, [], f"{RUNS}.value").get_json())


def test_what_does_not_apply_names_the_command_that_would_change_that(page: Page) -> None:
    assert "landscape analyse full" in opened(page, "?runs=full")


def test_answers_about_other_snapshots_and_results_that_came_since_are_said(
    context: Context, runs: Path
) -> None:
    (run,) = run_checks.read(context, ("full",))
    assert column_head.notes(run) == []
    derived.write(
        runs / "full", "curvature", {}, {}, {"measures": []}, RunFolder.open(runs, "full").digest()
    )
    (run,) = run_checks.read(context, ("full",))
    assert "Computed since then: curvature" in column_head.notes(run)[0]
    stored = derived.find(runs / "full", "checks")
    assert stored is not None
    derived.write(runs / "full", "checks", {}, {}, stored.meta, "other snapshots")
    (run,) = run_checks.read(context, ("full",))
    assert "other snapshots" in column_head.notes(run)[0]


@pytest.mark.parametrize(
    "checks",
    [
        None,
        3,
        [],
        ["hashes"],
        [{}],
        [{"name": "hashes", "value": "x", "passed": "yes", "limit": 3}],
    ],
)
def test_answers_of_another_form_are_as_if_not_asked(page: Page, runs: Path, checks: Any) -> None:
    stored = derived.find(runs / "full", "checks")
    assert stored is not None
    derived.write(runs / "full", "checks", stored.parameters, {}, {"checks": checks}, stored.inputs)
    assert any(
        words in opened(page, "?runs=full") for words in ("not checked yet", "Not verified yet")
    )


def test_an_unchanged_folder_sends_nothing(page: Page) -> None:
    seen = redraw(page, ["full"], f"{RUNS}.value").get_json()["response"][SEEN]["data"]
    assert redraw(page, ["full"], f"{TICK}.n_intervals", seen).status_code == 204
    assert redraw(page, ["full", "bare"], f"{RUNS}.value", seen).status_code == 200


def test_a_click_verifies_and_the_page_finds_the_answers(page: Page, runs: Path) -> None:
    callback = next(
        part for part in page.callbacks if f"{column_head.VERIFY}.loading" in part["output"]
    )
    values = {
        f"{RUNS}.value": ["bare", "begun"],
        f"{column_head.VERIFY}.n_clicks": 1,
        f"{shell.NONCE}.data": "page",
    }
    body = page.body(callback, values, f"{column_head.VERIFY}.n_clicks")
    response = page.client.post("/_dash-update-component", json=body).get_json()["response"]
    asked = next(part["data"] for part in response.values() if "data" in part)
    assert (asked["do"], asked["ids"]) == ("verify", ["bare"]), "begun is not sampled"
    assert launch(page, "compare", asked)["error"] is None
    until(lambda: derived.find(runs / "bare", "checks") is not None)
    until(
        lambda: (
            "Not verified yet." not in opened(page, "?runs=bare")
            and "Verifying" not in opened(page, "?runs=bare")
        )
    )


@pytest.mark.parametrize(
    "named", [[], "full", ["full"] * 5, [3], ["../../etc"], ["never-was"], ["full", "begun"]]
)
def test_a_launch_of_no_such_runs_is_refused(runs: Path, named: Any) -> None:
    answer = child.launch(runs, launch_requests.ask("page", "verify", ids=named))
    assert answer["error"]
    assert answer["ids"] == []


def test_runs_of_ones_own_objects_can_be_verified_and_those_at_work_cannot(runs: Path) -> None:
    given = {
        "data": "given",
        "network": "given",
        "regime": "given",
        "weight_decay": 0,
        "augmentation": False,
    }
    RunFolder.create(runs, "mine", parse(RunSpec, given))
    with pytest.raises(AnalysisError):
        list(start_verify(runs, ["mine"]))  # as any other that is not sampled
    with RunFolder.open(runs, "bare").lock(), pytest.raises(RunLockedError):
        list(start_verify(runs, ["bare"]))


def test_no_value_makes_the_page_fail(page: Page) -> None:
    odd: list[Any] = [None, -1, "../../etc", [None], {"a": []}, True, ["full"] * 9]
    mine = [
        part for part in page.served() if "checks-" in part["output"] and not part["background"]
    ]
    assert len(mine) >= 2
    for callback in mine:
        for name in [
            f"{part['id']}.{part['property']}" for part in [*callback["inputs"], *callback["state"]]
        ]:
            for value in odd:
                values = {
                    f"{RUNS}.value": ["full"],
                    f"{column_head.VERIFY}.n_clicks": 1,
                    name: value,
                }
                body = page.body(
                    callback,
                    values,
                    f"{callback['inputs'][0]['id']}.{callback['inputs'][0]['property']}",
                )
                answer = page.client.post("/_dash-update-component", json=body)
                assert answer.status_code < 500, (
                    callback["output"],
                    name,
                    value,
                    answer.text[:300],
                )


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("≤ 1e-5", "≤ 10⁻⁵"),
        ("≤ 2.5e-12", "≤ 2.5 × 10⁻¹²"),
        ("≥ 0.5, 1 component", "≥ 0.5, 1 component"),
    ],
)
def test_limits_are_written_as_by_hand(stored: str, shown: str) -> None:
    assert table.limit(stored) == shown


def test_a_fifth_run_of_the_address_is_named(page: Page) -> None:
    assert "Left out: fifth." in opened(page, "?runs=full,bare,begun,broken,fifth")
    assert "Left out" not in opened(page, "?runs=full,bare,full")
