"""Places at which long work can be stopped, however deep they are in the code: `pulse()` asks all
listeners whether to continue.

A function that takes a Progress listens with `@heard`, or `with listening(progress)`. Loops below
it call `pulse()`, and need no Progress. `waited` is for one long call of a library. Every thread
has its own listeners.
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
    """Raise errors.Cancelled if a listener asks for it. Takes less than a microsecond without
    listeners.
    """
    for progress in _listeners.get():
        progress.check()


@contextmanager
def listening(progress: Progress) -> Iterator[None]:
    """`progress`, and all present listeners, get the pulses of the block."""
    before = _listeners.get()
    token = _listeners.set(
        before if any(progress is other for other in before) else (*before, progress)
    )
    try:
        yield
    finally:
        _listeners.reset(token)


def heard(work: Callable[P, T]) -> Callable[P, T]:
    """The function `work`; its argument `progress` gets the pulses of everything that it does."""
    signature = inspect.signature(work)

    @functools.wraps(work)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        with listening(signature.bind(*args, **kwargs).arguments["progress"]):
            return work(*args, **kwargs)

    return wrapped


class Stopped(Silent):
    """A listener that cancels once `event` is set."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def check(self) -> None:
        """Raise Cancelled if the event is set."""
        if self._event.is_set():
            raise Cancelled


def waited(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run `call(*args, **kwargs)` in a thread, with pulses meanwhile: a long call of a library that
    releases the interpreter's lock. Raises its error. If a pulse raises, the call continues alone
    until it ends, and its result is dropped.
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
