"""Laws of the terminal: a bar and tables that fit for a person, plain lines for a pipe, and a
cursor that is always given back.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from landscape_app.cli import terminal
from landscape_app.cli.commands import COMMANDS
from landscape_app.cli.main import CANCELLED, app
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder

pytestmark = pytest.mark.slow

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*3[0-7]m")
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"
TINY = ["run", "--data", "blobs", "--network", "mlp-small", "--epochs", "4", "--train-epochs"]


def at_a_terminal(
    *argv: str, columns: int = 100, interrupt_at: str = "", **environment: str
) -> tuple[str, int]:
    """What the command writes to a terminal of so many columns, and its exit code.

    interrupt_at: SIGINT is sent once this text is seen.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    unset = ("NO_COLOR", "COLUMNS", "LINES", "FORCE_COLOR")
    inherited = {key: value for key, value in os.environ.items() if key not in unset}
    process = subprocess.Popen(
        [sys.executable, "-m", "landscape_app", *argv],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=inherited | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        written += part
        if interrupt_at and interrupt_at.encode() in written:
            os.kill(process.pid, signal.SIGINT)
            interrupt_at = ""
    os.close(ours)
    return written.decode(), process.wait()


def plain(text: str) -> str:
    """The text without the terminal's commands."""
    return ESCAPE.sub("", text)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name in ("first", "second"):
        RunFolder.create(folder, name, parse(RunSpec, {"data": "blobs", "network": "mlp-small"}))
    return folder


@pytest.mark.slow
def test_a_run_has_a_bar_at_a_terminal_and_its_result_stands_last(tmp_path: Path) -> None:
    written, code = at_a_terminal(
        *TINY, "400", "--runs", str(tmp_path), "--id", "seen", "--no-analyse"
    )
    assert code == 0
    assert re.search(r"━+ +\d+ of 400 epochs", plain(written)), "a bar that counts"
    assert written.rindex(SHOWN) > written.rindex(HIDDEN)
    assert plain(written).rstrip().splitlines()[-1].startswith("seen: finished")


@pytest.mark.slow
def test_quiet_and_a_pipe_have_no_bar(tmp_path: Path) -> None:
    quiet, _ = at_a_terminal(
        *TINY, "4", "--runs", str(tmp_path), "--id", "still", "--no-analyse", "--quiet"
    )
    assert plain(quiet).startswith("still: finished")
    piped = subprocess.run(
        [
            sys.executable,
            "-m",
            "landscape_app",
            *TINY,
            "4",
            "--runs",
            str(tmp_path),
            "--id",
            "piped",
            "--no-analyse",
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"FORCE_COLOR": "1"},
        check=True,
    )
    assert "\x1b" not in piped.stderr + piped.stdout
    assert re.search(r"^\d\d:\d\d:\d\d training \(4 epochs\)$", piped.stderr, re.MULTILINE)


@pytest.mark.slow
def test_a_command_that_is_interrupted_gives_the_cursor_back(tmp_path: Path) -> None:
    long = [*TINY, "100000", "--runs", str(tmp_path), "--id", "stopped"]
    written, code = at_a_terminal(*long, interrupt_at="of 100,000 epochs")
    assert code == CANCELLED
    assert written.rindex(SHOWN) > written.rindex(HIDDEN)
    assert "landscape: cancelled" in written


@pytest.mark.parametrize("columns", [30, 60, 100, 200])
def test_a_list_fits_the_terminal_and_says_everything(runs: Path, columns: int) -> None:
    written, code = at_a_terminal("list", "--runs", str(runs), columns=columns)
    assert code == 0
    lines = plain(written).replace("\r\n", "\n").splitlines()
    assert max(map(len, lines)) <= columns
    for word in ("first", "second", "mlp-small", "blobs", "good"):
        assert word in plain(written)
    assert ("regime: good" in plain(written)) == (columns < 100)


def test_no_color_has_tables_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    rows = (["check", ""], [["x", "FAIL"]], [False, False])
    assert COLOUR.search(terminal.table(*rows))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not COLOUR.search(terminal.table(*rows))
    assert plain(terminal.table(*rows)).splitlines()[-1].split() == ["x", "FAIL"]


def test_a_command_of_the_table_is_a_command_of_the_program_with_its_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert [name for name in app if not name.startswith("-")] == list(COMMANDS)
    for name, command in COMMANDS.items():
        app([name, "--help"], exit_on_error=False, result_action="return_value")
        words = capsys.readouterr().out
        assert ("--quiet" in words) == command.works, name
        assert ("--max-data-gib" in words) == command.reads_files, name
