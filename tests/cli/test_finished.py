"""Laws of the word finished: failed checks stand beside it; a run that is not to be analysed is
neither forecast nor resumed so.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_app.checks.check_subject import Outcome
from landscape_app.cli.main import main
from landscape_app.jobs.launch import start_resume
from landscape_app.store import derived, verdict
from landscape_app.store.run import RunFolder

pytestmark = pytest.mark.slow

TINY = [
    "--data",
    "blobs",
    "--network",
    "mlp-small",
    "--regime",
    "plain",
    "--train-epochs",
    "4",
    "--epochs",
    "4",
    "--seeds",
    "2",
]


def last(capsys, *argv: str, code: int = 0) -> list[str]:
    """The lines that a command says on standard output."""
    capsys.readouterr()
    assert main(list(argv)) == code
    return capsys.readouterr().out.splitlines()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    assert main(["run", "--runs", str(folder), "--id", "bare", "--no-analyse", *TINY]) == 0
    assert main(["run", "--runs", str(folder), "--id", "one", "--no-analyse", *TINY]) == 0
    return folder


def test_a_run_without_analysis_is_forecast_and_resumed_without_it(capsys, runs):
    run = RunFolder.open(runs, "bare")
    assert set(run.prepared()["forecast"]["seconds"]) == {"preparing", "training", "sampling"}
    for again in (["resume", "bare"], ["run", "--id", "bare"]):
        said = last(capsys, *again, "--runs", str(runs))
        assert "It is not analysed" in said[-1]
        assert not (run.path / "derived").exists()
    assert json.loads("\n".join(last(capsys, "resume", "bare", "--runs", str(runs), "--json"))) == {
        "id": "bare",
        "finished": True,
    }


def test_the_page_asks_for_the_analysis_that_was_not_wanted_at_first(runs, monkeypatch):
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "landscape_app.jobs.launch.launch", lambda folder, argv, **_: asked.append(argv)
    )
    start_resume(runs, "bare")
    assert asked[0][:2] == ["analyse", "bare"]


def test_failed_checks_stand_in_the_last_line_of_every_command_that_says_finished(
    capsys, runs, monkeypatch
):
    monkeypatch.setattr(
        "landscape_app.checks.rows.finite", lambda subject: Outcome(7.0, "made to fail")
    )
    at = ["--runs", str(runs)]
    said = last(capsys, "resume", "one", "--analyse", *at)
    (label,) = verdict.failed(runs / "one")
    assert (
        f"finished, 51 snapshots, but 1 check failed: {label} (landscape verify one {' '.join(at)})"
        in said[-1]
    )
    assert (
        f"one: analysed, but 1 check failed: {label} (landscape verify one {' '.join(at)})."
        in last(capsys, "show", "one", *at)[-1]
    )
    assert (
        last(capsys, "list", *at)[-1]
        == f"Checks failed: one: {label}. See them: landscape verify ID {' '.join(at)}"
    )
    row = next(line for line in last(capsys, "list", *at) if line.startswith("one"))
    assert [part.strip() for part in row.split("  ") if part][-2:] == [
        "analysed, 1 check failed",
        "sampling finished",
    ]
    assert f"analysed, but 1 check failed: {label}" in last(capsys, "analyse", "one", *at)[-1]
    rows = json.loads("\n".join(last(capsys, "list", *at, "--json")))
    assert {row["id"]: row["checks_failed"] for row in rows} == {"one": [label], "bare": []}
    assert json.loads("\n".join(last(capsys, "show", "one", *at, "--json")))["checks_failed"] == [
        label
    ]
    monkeypatch.undo()
    for result in (runs / "one" / "derived").glob("checks-*"):
        (result / "result.json").unlink()
    assert "check" not in last(capsys, "resume", "one", *at)[-1]


def test_what_a_strangers_folder_says_of_its_checks_is_no_fault(tmp_path):
    for checks in (
        None,
        3,
        {"a": 1},
        ["x", {"passed": False, "name": "n"}],
        [{"passed": None}],
        [{"passed": "no"}],
    ):
        derived.write(tmp_path, "checks", {}, {}, {"checks": checks}, "x")
        assert verdict.failed(tmp_path) == ()
    names = tuple("abcde")
    assert verdict.words(names) == "5 checks failed: a, b, c and 2 more"
