"""The progress of a command: a bar at a terminal, a line of the log for each phase elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app import number_text
from landscape_app.cli.terminal import is_terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

    from landscape_app.jobs.request import JobRequest
    from landscape_app.jobs.session_progress import SessionProgress as Job

log = logging.getLogger("landscape")
REFRESHES = 8  # of the bar in a second
BAR = 24  # columns of the bar; a terminal under 3 bars wide shows numbers only


@contextmanager
def session(path: Path, *, slot: bool = True, asked: JobRequest | None = None) -> Iterator[Job]:
    """`jobs.session.session`, with its progress shown. Sessions inside it share the bar."""
    from landscape_app.jobs.session import session as job_session

    with _bar(), job_session(path, slot=slot, asked=asked) as job:
        yield job


@contextmanager
def quiet(wanted: bool) -> Iterator[None]:
    """If `wanted`, show warnings but no progress during the block."""
    before = log.level
    if wanted:
        log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


@contextmanager
def _bar() -> Iterator[None]:
    """Print log records above the bar during the block, where standard error is a terminal."""
    root = logging.getLogger()
    before = root.handlers[:]
    inside = any(isinstance(handler, ProgressBar) for handler in before)
    if inside or not is_terminal(sys.stderr) or not log.isEnabledFor(logging.INFO):
        yield
        return
    handler = ProgressBar()
    root.handlers[:] = [handler]
    try:
        yield
    finally:
        root.handlers[:] = before
        handler.close()


class ProgressBar(logging.Handler):
    """A log handler with a bar under its lines. `close` removes the bar and shows the cursor again,
    also if the process ends during a step.
    """

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        super().__init__(logging.INFO)
        self._console = Console(stderr=True, highlight=False)
        self._phase, self._begun = "", time.monotonic()
        self._live = Live(
            get_renderable=self._now,
            console=self._console,
            refresh_per_second=REFRESHES,
            transient=True,
            redirect_stdout=False,
        )
        self._live.start()

    def emit(self, record: logging.LogRecord) -> None:
        """A new phase closes the previous one. Other records are printed above the bar."""
        from rich.text import Text

        with suppress(OSError, ValueError):  # what cannot be shown is no reason to stop
            if hasattr(record, "phase"):
                self._close_phase()
                self._phase, self._begun = record.getMessage(), time.monotonic()
            else:
                style = "yellow" if record.levelno >= logging.WARNING else "dim"
                self._console.print(Text(record.getMessage(), style=style))

    def close(self) -> None:
        """Print the last phase, and remove the bar."""
        with suppress(OSError, ValueError):
            self._close_phase()
            self._live.stop()
        super().close()

    def _close_phase(self) -> None:
        from rich.text import Text

        if self._phase:
            took = number_text.three(time.monotonic() - self._begun)
            self._console.print(Text.assemble(self._phase, (f"  {took} s", "dim")))
        self._phase = ""

    def _now(self) -> RenderableType:
        from landscape_app.jobs.session_progress import current

        return line(current() or {}, self._console.width)


def line(job: dict[str, Any], width: int) -> RenderableType:
    """One line of `width` columns: the phase, a bar, steps done, their rate, the time left.

    job: phase, done, total, unit and rate as in status.json; total 0: unknown.
    """
    from rich.progress_bar import ProgressBar as Bar
    from rich.table import Table
    from rich.text import Text

    done, total, rate = job.get("done", 0), job.get("total", 0), job.get("rate")
    parts: list[RenderableType] = [Text(job.get("phase") or "waiting", style="bold")]
    if width >= 3 * BAR:
        parts.append(Bar(total=total or None, completed=done, width=BAR, pulse=not total))
    if total:
        parts.append(Text(f"{done:,} of {total:,} {job.get('unit', '')}".rstrip()))
    if rate and total:
        parts.append(Text(f"{number_text.duration((total - done) / rate)} left", style="dim"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in parts:
        grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_row(*parts)
    return grid
