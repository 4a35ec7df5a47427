"""Laws of the command note: what it stores, what it says, and what the list shows of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_app.cli.main import main
from landscape_app.store import notes
from tests.store.samples import full_run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder with one whole run."""
    full_run(tmp_path)
    return tmp_path


def test_a_label_and_a_note_are_stored_printed_and_listed(runs: Path, capsys) -> None:
    (id,) = (path.name for path in runs.iterdir() if not path.name.startswith("_"))
    at = ["--runs", str(runs)]
    assert main(["list", *at]) == 0
    assert "label" not in capsys.readouterr().out
    assert main(["note", id, "--label", "First try", "--note", "long\nwords", *at]) == 0
    assert capsys.readouterr().out == f"{id}: First try\nlong\nwords\n"
    assert main(["list", *at]) == 0
    listed = capsys.readouterr().out
    assert "label" in listed
    assert "First try" in listed
    assert main(["list", "--json", *at]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["label"], row["note"]) == (id, "First try", "long\nwords")
    assert main(["note", id, "--note", "", "--json", *at]) == 0
    noted = json.loads(capsys.readouterr().out)
    assert noted == {"id": id, "label": "First try", "note": "", "problem": ""}


def test_a_foreign_file_is_said_and_a_bad_label_is_refused(runs: Path, capsys) -> None:
    (id,) = (path.name for path in runs.iterdir() if not path.name.startswith("_"))
    at = ["--runs", str(runs)]
    (runs / id / notes.NAME).write_text("<b>hello</b>")
    assert main(["note", id, *at]) == 0
    assert "notes.json is ignored" in capsys.readouterr().out
    assert main(["note", id, "--label", "x" * 200, *at]) == 2
    assert "at most 80 letters" in capsys.readouterr().err
