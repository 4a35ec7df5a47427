"""Laws of the runs folder on the command line: what is none, and what no file system takes, is one
line in every command.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder

TINY = {
    "data": "blobs",
    "network": "mlp-small",
    "regime": "plain",
    "train_epochs": 2,
    "epochs": 2,
    "seeds": 2,
    "step_sizes": [0.5],
}
LONG = "a" * 300
COMMANDS = [
    ["list"], ["show", "x"], ["verify", "x"], ["delete", "x", "--yes"], ["export", "x"],
    ["export", "x", "--archive", "x.tar"], ["resume", "x"], ["figure", "x", "--to", "x.csv"],
    ["report", "x", "--to", "x.html"], ["analyse", "x"], ["analyse", "x", "y"],
    ["surface", "x"], ["sample", "x"], ["curvature", "x"], ["study", "x"],
    ["study", "x", "--only-table"], ["run"], ["run", "--id", "x"], ["quickstart"], ["serve"],
]  # fmt: skip


def told(capsys, *argv: str) -> str:
    """The one line that a mistake is told by."""
    capsys.readouterr()
    assert main(list(argv)) == 2
    (line,) = (
        line for line in capsys.readouterr().err.splitlines() if line.startswith("landscape: ")
    )
    return line


@pytest.fixture
def places(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("nowhere")
    RunFolder.create(tmp_path / "runs", "one", parse(RunSpec, TINY))
    return tmp_path


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ("file", "file is a file. Give a folder"),
        ("file/in", "file is a file, so there can be no folder in it"),
        ("link", "link is a link to nothing: nowhere is not there"),
        ("link/in", "link is a link to nothing"),
        (LONG, "cannot be a folder: File name too long (300 bytes"),
        (f"new/{'ü' * 200}", "File name too long (400 bytes"),
        ("runs/one", "is itself a run. Its runs folder is"),
    ],
)
def test_what_is_no_runs_folder_hears_that_in_every_command(capsys, places, argv, runs, words):
    assert words in told(capsys, *argv, "--runs", str(places / runs))
    assert {path.name for path in places.iterdir()} == {"file", "link", "runs"}


@pytest.mark.parametrize(
    "argv",
    [
        ["run", "--id", LONG],
        ["resume", LONG],
        ["show", LONG],
        ["verify", LONG],
        ["delete", LONG, "--yes"],
        ["export", LONG],
        ["analyse", LONG],
        ["analyse", "one", "two", "--study", LONG],
        ["surface", LONG],
        ["sample", LONG],
        ["curvature", LONG],
        ["study", LONG],
        ["study", f"{LONG}.toml"],
        ["study", "--table", LONG],
        ["run", "--checkpoint", LONG],
        ["run", "--data", f"npz:{LONG}"],
    ],
    ids=lambda argv: " ".join(argv).replace(LONG, "LONG"),
)
def test_a_name_that_no_file_system_takes_is_one_line(capsys, places, argv):
    RunFolder.create(places / "runs", "two", parse(RunSpec, TINY))
    told(capsys, *argv, "--runs", str(places / "runs"))


def test_a_target_that_is_no_folder_is_one_line(capsys, places, monkeypatch):
    monkeypatch.setattr("landscape_app.store.snapshots.read", lambda run: _Rows())
    for to, words in (
        (LONG, "Give a shorter name"),
        ("file", "A file is in the way"),
        ("file/in", "A file is in the way"),
    ):
        assert words in told(
            capsys, "export", "one", "--runs", str(places / "runs"), "--to", str(places / to)
        )


class _Rows:
    columns: dict[str, object] = {}  # noqa: RUF012 - what an export reads first

    def column(self, name):
        return np.empty(0, np.int64)
