"""A command that a person is told works when it is pasted: it names the runs folder, quoted, unless
that is ./runs.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from landscape_app.store import commands, damage, derived, verdict
from tests.store import samples


def test_a_folder_other_than_runs_is_named_and_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        commands.line("resume", "a", Path("runs"))
        == commands.line("resume", "a", tmp_path / "runs")
        == "landscape resume a"
    )
    told = commands.line("resume", "a", Path("my runs"))
    assert commands.line("resume", "a", Path("x/../my runs")) == told
    assert shlex.split(told) == ["landscape", "resume", "a", "--runs", str(tmp_path / "my runs")]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            "not computed; run: landscape surface a-1.b",
            "not computed; run: landscape surface a-1.b --runs /r",
        ),
        (
            "If you trust it: landscape verify a --trust",
            "If you trust it: landscape verify a --runs /r --trust",
        ),
        ("landscape sample a", "landscape sample a --runs /r"),
        ("Do landscape resume a.", "Do landscape resume a --runs /r."),
        ("landscape resume a --runs /x --trust", "landscape resume a --runs /x --trust"),
        ("the landscape around resume it", "the landscape around resume it"),
    ],
)
def test_commands_in_stored_words_get_the_folder_of_now(stored: str, shown: str) -> None:
    assert commands.whole(stored, Path("/r")) == shown


def test_what_is_said_of_damage_is_a_whole_command_and_counts_right(tmp_path: Path) -> None:
    run = samples.full_run(tmp_path / "my runs", "run")
    (run.path / samples.ANCHOR).unlink()
    told = damage.words(verdict.read(run.path).damage)
    assert told.endswith(
        "Resume makes it again: landscape resume run --runs"
        f" {shlex.quote(str(tmp_path / 'my runs'))}"
    )
    (run.path / next(line["file"] for line in run.committed("chunk"))).unlink()
    found = verdict.read(run.path).damage
    assert "Resume makes them again: landscape resume run" in damage.words(found)
    # the button is the way
    assert damage.words(found, button=True).endswith("Resume makes them again.")
    derived.write(
        run.path, "checks", {}, {}, {"checks": [{"label": "Finite", "passed": False}]}, run.digest()
    )
    assert f"(landscape verify run{commands.at(run.path.parent)})" in verdict.clause(run.path)
