"""Laws of the output: it is said in the letters that there are, and what cannot be said is one line
or silence, never a traceback.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from landscape_app.cli import streams
from landscape_app.cli.main import UNREAD, app, main
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder

COMMANDS = [command for command in app if not command.startswith("-")]
SAID = (["--help"], ["study", "--help"], ["measures"], ["measures", "--json"], ["list"])
# of those that are processes of their own: a help, a text and a table
OF_EACH_KIND = (["--help"], ["measures"], ["list"])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    RunFolder.create(folder, "begun", parse(RunSpec, {"data": "blobs", "network": "mlp-small"}))
    return folder


def where(argv: list[str], runs: Path) -> list[str]:
    return [*argv, "--runs", str(runs)] if argv == ["list"] else argv


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
@pytest.mark.parametrize(
    "argv", [*SAID, *([command, "--help"] for command in COMMANDS)], ids=" ".join
)
def test_a_terminal_without_our_letters_gets_plain_ones(monkeypatch, runs, encoding, argv):
    bytes_of = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_of, encoding=encoding))
    assert main(where(argv, runs)) == 0
    sys.stdout.flush()
    said = bytes_of.getvalue().decode(encoding)
    assert len(said) > 20
    if argv[-1] == "--json":
        assert any("‖θ‖" in row["label"] for row in json.loads(said))
    elif argv == ["measures"] and encoding == "ascii":
        assert "||theta||" in said


def test_letters_that_nobody_knows_become_a_question_mark():
    streams.prepare()
    assert "θ 日 \udcff".encode("ascii", streams.HANDLER) == b"theta ? ?"
    assert all(plain.isascii() for plain in streams.PLAIN.values())


def test_columns_are_aligned_as_they_are_shown(monkeypatch):
    from landscape_app.cli.output import table

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    first, second, third = table(["", "x"], [["‖θ‖", "#"], ["plain word", "!"]]).splitlines()
    assert first.index("x") == second.index("#") == third.index("!")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("argv", SAID, ids=" ".join)
def test_a_full_device_is_said_in_one_line(monkeypatch, capfd, runs, argv):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(where(argv, runs)) == 2
    said = capfd.readouterr().err
    assert said == "landscape: The output cannot be written: No space left on device.\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(argv, marks=[] if argv in OF_EACH_KIND else [pytest.mark.exhaustive])
        for argv in SAID
    ],
    ids=" ".join,
)
def test_a_reader_that_has_gone_is_no_fault(capfd, runs, argv):
    code = (
        "import sys; from landscape_app.cli.main import main;"
        f" sys.exit(main({where(argv, runs)!r}))"
    )
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (UNREAD, b"")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_what_the_end_of_the_process_cannot_write_adds_no_words(runs):
    code = (
        "import sys; from landscape_app.cli.main import main; sys.exit(main(['list', '--runs',"
        f" {str(runs)!r}]))"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE)
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
        assert (
            subprocess.run(
                [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=full
            ).returncode
            == 0
        )


def test_a_closed_output_is_said(monkeypatch, capsys, runs):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["list", "--runs", str(runs)]) == 2
    assert "Standard output is closed" in capsys.readouterr().err


def test_a_fault_that_is_not_of_the_output_keeps_its_traceback(monkeypatch, runs):
    def broken(path: Path) -> list[object]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("landscape_app.store.catalogue.list_runs", broken)
    with pytest.raises(OSError, match="Input/output"):
        main(["list", "--runs", str(runs)])
