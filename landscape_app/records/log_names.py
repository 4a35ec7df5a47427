"""The log of a study names the run that a line is about: several are at work at the same time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

log = logging.getLogger("landscape")
_run: ContextVar[str] = ContextVar("run", default="")


@contextmanager
def about(run: str) -> Iterator[None]:
    """Lines of the log that the block writes begin with the name of `run`, unless they have it."""
    log.addFilter(_named)
    token = _run.set(run)
    try:
        yield
    finally:
        _run.reset(token)


def _named(record: logging.LogRecord) -> bool:
    """Every record goes on; one from a block about a run with its name."""
    run = _run.get()
    if run and run not in (message := record.getMessage()):
        record.msg, record.args = f"{run}: {message}", ()
    return True
