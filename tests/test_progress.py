"""Laws of printed progress: a line per phase, one that is written anew on a terminal, and never a
reason to stop.
"""

from __future__ import annotations

import io

from landscape_app.records.progress import Printed


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def told(stream: io.StringIO) -> str:
    progress = Printed(stream, every=0.0)
    progress.phase("preparing")
    progress.phase("training", 3, "epochs")
    for _ in range(3):
        progress.advance()
        progress.check()
    progress.phase("checks")
    progress.close()
    return stream.getvalue()


def test_a_log_has_a_line_per_phase_and_step() -> None:
    lines = told(io.StringIO()).splitlines()
    assert lines[:2] == ["landscape: preparing", "landscape: training 0 of 3 epochs"]
    assert lines[-2:] == ["landscape: training 3 of 3 epochs", "landscape: checks"]


def test_a_terminal_has_one_line_per_phase() -> None:
    assert told(Terminal()).count("\n") == 3
    assert "\rtraining: 3 of 3 epochs" in told(Terminal())


def test_what_cannot_be_written_stops_nothing() -> None:
    assert told(Full()) == ""
