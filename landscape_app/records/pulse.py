"""Where long work lets itself be stopped, however deep it is: `pulse()` asks whoever listens
whether to go on.

A function that takes a Progress listens by `@heard`, or by `with listening(progress)`; loops below
it call `pulse()`, and need not know of any progress. What one call of a library does at once is
waited for by `waited`. Every thread has its own listeners.
"""

from __future__ import annotations

import atexit
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, ParamSpec, TypeVar

from landscape_app.errors import Cancelled
from landscape_app.records.progress import Progress, Silent

P = ParamSpec("P")
T = TypeVar("T")
EVERY = 0.1  # s between pulses while one call is waited for

_listeners: ContextVar[tuple[Progress, ...]] = ContextVar("listeners", default=())


def pulse() -> None:
    """Raises errors.Cancelled if any listener asks for it. Costs less than a microsecond where
    nobody listens.
    """
    for progress in _listeners.get():
        progress.check()


@contextmanager
def listening(progress: Progress) -> Iterator[None]:
    """`progress`, and whoever listens already, hears the pulses inside."""
    before = _listeners.get()
    token = _listeners.set(
        before if any(progress is other for other in before) else (*before, progress)
    )
    try:
        yield
    finally:
        _listeners.reset(token)


def heard(work: Callable[P, T]) -> Callable[P, T]:
    """`work`, whose argument `progress` hears the pulses of all that it does."""
    signature = inspect.signature(work)

    @functools.wraps(work)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        with listening(signature.bind(*args, **kwargs).arguments["progress"]):
            return work(*args, **kwargs)

    return wrapped


class Stopped(Silent):
    """What a thread listens to: it is cancelled once `event` is set."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def check(self) -> None:
        """Raises Cancelled if the event is set."""
        if self._event.is_set():
            raise Cancelled


def waited(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """`call(*args, **kwargs)`, a long call of a library that releases the interpreter's lock, in a
    thread, with pulses meanwhile.

    Its error is raised here. Where a pulse raises, the call is left behind: it ends by itself, and
    nobody reads what it returns.
    """
    result: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            result.append(call(*args, **kwargs))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=copy_context().run, args=(work,), name="waited", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(EVERY)
            pulse()
    except BaseException:
        atexit.register(thread.join)  # an interpreter that ends under a library's call crashes
        raise
    if errors:
        raise errors[0]
    return result[0]
