"""The progress of a library call where somebody sees it: a bar of rich at a terminal, of tqdm in a
notebook. Both show one bar a phase.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from landscape_app.errors import SpecError
from landscape_app.records.progress import Printed, Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bars


def default() -> Progress:
    """Bars in a notebook or at a terminal; elsewhere nothing but the log."""
    if in_notebook():
        return NotebookBars() if _has_tqdm() else Printed()
    return TerminalBars() if sys.stderr.isatty() else Silent()


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    running = None if shell is None else shell.get_ipython()
    return getattr(running, "kernel", None) is not None


def progress_of(given: Progress | bool | None) -> Progress:
    """The Progress for the argument of a library call: None shows bars where somebody sees them,
    True prints lines, False is silent. Raises SpecError for anything else.
    """
    if given is None:
        return default()
    if given is False:
        return Silent()
    if given is True:
        return Printed()
    if all(callable(getattr(given, name, None)) for name in ("phase", "advance", "check")):
        return given
    raise SpecError(
        "progress: give True (lines on standard error), False, or an object with phase, advance"
        f" and check; not {type(given).__name__}."
    )


@contextmanager
def closed(progress: Progress) -> Iterator[Progress]:
    """After the block the last bar is ended, also where it stopped early."""
    try:
        yield progress
    finally:
        getattr(progress, "close", lambda: None)()


class TerminalBars:
    """A bar of rich for each phase, on standard error."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._bars: Bars | None = None
        self._task: Any = None

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        with self._mutex:
            bars = self._started()
            self._end()
            self._task = bars.add_task(name, total=total or None, unit=unit)

    def advance(self, steps: int = 1) -> None:
        with self._mutex:
            if self._bars is not None and self._task is not None:
                self._bars.advance(self._task, steps)

    def check(self) -> None:
        """Nothing: Ctrl-C stops a call of the library."""

    def close(self) -> None:
        """End the last phase, and stop drawing."""
        with self._mutex:
            self._end()
            if self._bars is not None:
                self._bars.stop()
            self._bars = None

    def _end(self) -> None:
        """What has no number of steps is full at its end."""
        if self._bars is not None and self._task is not None:
            task = self._bars.tasks[self._task]
            if task.total is None:
                self._bars.update(self._task, total=1, completed=1)
            self._bars.stop_task(self._task)
        self._task = None

    def _started(self) -> Bars:
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[unit]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._bars.start()
        return self._bars


class NotebookBars:
    """A bar of tqdm for each phase, below the cell."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._bar: Any = None

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        from tqdm.auto import tqdm

        with self._mutex:
            self._end()
            self._bar = tqdm(desc=name, total=total or None, unit=f" {unit}" if unit else " steps")

    def advance(self, steps: int = 1) -> None:
        with self._mutex:
            if self._bar is not None:
                self._bar.update(steps)

    def check(self) -> None:
        """Nothing: *Interrupt* stops a call of the library."""

    def close(self) -> None:
        """End the last phase."""
        with self._mutex:
            self._end()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None


def _has_tqdm() -> bool:
    try:
        import tqdm.auto  # noqa: F401
    except ImportError:
        return False
    return True
