"""Pictures that are worked out beside the requests: one at a time in a thread of its own, so that
no request waits for a large one.

A request gets what is there: the picture it asks for, else the last one of the same thing, else
nothing yet. The page asks again at its next look at the folders.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# s that the request which asks first waits: a small picture then is on the page at once
PATIENCE = 0.25
MOST_WAITING, MOST_KEPT = 32, 64
Key = tuple[str, ...]  # of what, and how: the first is the folder


@dataclass(eq=False)
class PictureWork:
    """One picture of the state `of`; `value` and `error` are set when it is `done`."""

    of: str
    work: Callable[[], Any]
    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    error: Exception | None = None

    def make(self) -> None:
        """Work it out; what goes wrong is raised where it is asked for."""
        try:
            self.value = self.work()
        except Exception as error:
            self.error = error
        self.done.set()


class Pictures:
    """Of every key the picture that was made last, and one that waits or is being made."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._made: dict[Key, PictureWork] = {}
        self._waiting: dict[Key, PictureWork] = {}
        self._thread: threading.Thread | None = None

    def get(self, key: Key, of: str, work: Callable[[], Any]) -> Any:
        """The picture `key` of the state `of`, made by `work()`; an earlier one while it is being
        made, None where there is none.

        Raises what `work` raised.
        """
        with self._mutex:
            made = self._made.get(key)
            if made is None or made.of != of:
                self._ask(key, of, work)
            asked = self._waiting.get(key)
        if (
            asked is not None
            and asked.of == of
            and asked.done.wait(PATIENCE if made is None else 0.0)
        ):
            made = asked
        if made is None:
            return None
        if made.error is not None:
            raise made.error
        return made.value

    def stamp(self, folder: str) -> tuple[object, ...]:
        """What changes when a picture of `folder` was made."""
        with self._mutex:
            return tuple(
                (key, picture.of)
                for key, picture in sorted(self._made.items(), key=lambda item: item[0])
                if key[0] == folder
            )

    def _ask(self, key: Key, of: str, work: Callable[[], Any]) -> None:
        """Queue it, unless its key waits already: the page asks again when that one is made."""
        if key in self._waiting or len(self._waiting) >= MOST_WAITING:
            return
        self._waiting[key] = PictureWork(of, work)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """The thread: one picture after another, until none waits."""
        while True:
            with self._mutex:
                if not self._waiting:
                    self._thread = None
                    return
                key, picture = next(iter(self._waiting.items()))
            picture.make()
            with self._mutex:
                del self._waiting[key]
                self._made.pop(key, None)
                self._made[key] = picture
                if len(self._made) > MOST_KEPT:
                    del self._made[next(iter(self._made))]
