"""The mark of the checks on other pages and what a column says: when, about what, by which
version.
"""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.checks import column_head, table
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import run_checks
from landscape_app.dashboard.common.context import Context
from landscape_app.store import derived
from landscape_app.store import verdict as stored_verdict
from tests.dashboard.checks.shown import ComponentEncoder, cells, tampered
from tests.dashboard.conftest import Page


def test_explore_leads_to_the_checks_of_what_it_shows(page: Page, runs: Path) -> None:
    values = {f"{shell.LOCATION}.pathname": "/", f"{shell.LOCATION}.search": "?runs=full,bare"}
    failed = {
        check["name"]
        for check in derived.find(runs / "full", "checks").meta["checks"]
        if check["passed"] is False
    }  # type: ignore[union-attr]
    before = page.call(f"{shell.PAGE}.children", values, f"{shell.LOCATION}.pathname").get_json()[
        "response"
    ]
    text = json.dumps(before[shell.HEADER_SLOT], ensure_ascii=False)
    assert '"href": "/checks?runs=full,bare"' in text
    assert (f"✕ {len(failed)}" if failed else "✓") in text
    tampered(runs, passed=False)
    after = page.call(
        f"{shell.CHECKS_MARK}.children",
        {f"{shell.CHECKS_MARK_SEEN}.data": {"runs": ["full", "bare"], "token": "before"}},
    ).get_json()
    assert f"✕ {len(failed) + 1}" in json.dumps(after, ensure_ascii=False)
    seen = after["response"][shell.CHECKS_MARK_SEEN]["data"]
    assert (
        page.call(
            f"{shell.CHECKS_MARK}.children",
            {f"{shell.CHECKS_MARK_SEEN}.data": seen},
        ).status_code
        == 204
    )


def test_a_column_says_when_and_about_what_it_was_answered(context: Context, runs: Path) -> None:
    full, bare = run_checks.read(context, ("full", "bare"))
    assert column_head.answered(bare) == "", "never verified"
    assert full.stored is not None
    when = time.localtime(full.stored.created)
    assert f"{when.tm_mday} " in column_head.answered(full)
    assert f"{when.tm_hour:02}:{when.tm_min:02}" in column_head.answered(full)
    about = replace(full.stored, parameters={"t": 31, "distance": "cosine"})
    assert column_head.answered(replace(full, stored=about)).endswith(" · t = 31 · cosine")
    shown = json.dumps(table.table((full,)), cls=ComponentEncoder, ensure_ascii=False)
    assert column_head.answered(full) in shown


def test_the_mark_of_the_checks_follows_answers_that_come_and_go(page: Page, runs: Path) -> None:
    def renewed(seen: dict[str, Any]) -> Any:
        values = {f"{shell.CHECKS_MARK_SEEN}.data": seen}
        tick = f"{shell.CHECKS_MARK_TICK}.n_intervals"
        return page.call(f"{shell.CHECKS_MARK}.children", values, tick)

    first = renewed({"runs": ["full"], "token": ""}).get_json()["response"]
    assert "verify" not in json.dumps(first[shell.CHECKS_MARK])
    seen = first[shell.CHECKS_MARK_SEEN]["data"]
    assert seen["runs"] == ["full"]
    assert renewed(seen).status_code == 204, "nothing came or went"
    for folder in (runs / "full" / "derived").glob("checks-*"):
        shutil.rmtree(folder)
    assert "verify" in json.dumps(renewed(seen).get_json()["response"][shell.CHECKS_MARK])


def test_a_network_that_does_not_interpolate_is_a_note_and_no_failed_check(
    context: Context, runs: Path
) -> None:
    found = derived.find(runs / "full", "checks")
    assert found is not None
    checks = [
        answer | ({"passed": False, "value": 0.7} if answer["name"] == "interpolation" else {})
        for answer in found.meta["checks"]
        if answer["passed"] is not False or answer["name"] == "interpolation"
    ]
    derived.write(
        runs / "full", "checks", found.parameters, {}, found.meta | {"checks": checks}, found.inputs
    )
    (run,) = run_checks.read(context, ("full",))
    assert (run.count(False), run.count("note")) == (0, 1)
    assert " · 1 note" in column_head.counts(run)
    assert run_checks.summary([run]) == "1 run verified: no check fails, one note"
    assert '"ls-badge ls-badge-ok"' in json.dumps(column_head.head(run), cls=ComponentEncoder)
    (cell,) = dict(cells((run,)))["interpolation"]
    assert "ls-checks-amber" in json.dumps(cell, ensure_ascii=False)
    assert stored_verdict.failed(runs / "full") == ()


def test_answers_by_another_version_are_said_to_be_that(
    context: Context, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = run_checks.read(context, ("full",))
    assert column_head.notes(before) == []
    stored = derived.find(runs / "full", "checks")
    assert stored is not None
    with monkeypatch.context() as older:
        older.setattr(derived, "ANALYSIS_VERSION", "0.3.0")
        derived.write(runs / "full", "checks", stored.parameters, {}, stored.meta, stored.inputs)
    (checked,) = run_checks.read(context, ("full",))
    assert checked.version == "0.3.0"
    assert column_head.notes(checked)[0].startswith("Checked by version 0.3.0 of the analyses")
