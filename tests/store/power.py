"""A file system that loses power: all writes are recorded, and every state that a disk may be in at
any moment is made again.

A file keeps what it held at its last fsync, or more: any part of what was written since may be
there. A name that was made, given to another file, or removed is so for certain once its folder was
synced; before that it may be so or not, each name by itself. A rename is whole or not at all. That
is less than today's file systems promise.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FEW = 5  # changes of names of which every combination is tried
Name = tuple[int, str]  # a folder's number and a name in it


@dataclass
class Event:
    """names: {where: number of the file or folder, None: gone}. content: of a file. synced: its
    number. word: what the test notes.
    """

    names: dict[Name, int | None] = field(default_factory=dict)
    content: tuple[int, bytes] | None = None
    folder: int | None = None  # the number of a new folder
    synced: int | None = None
    word: str = ""


class Recorder:
    """The events below `root`, which is there when power goes, with what lies in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.events = root, list[Event]()
        self._numbers: dict[tuple[int, int], int] = {}
        self._open: dict[int, int] = {}
        self._count = itertools.count()
        self.start = list[Event]()
        self._number(root)
        self.start.append(Event(folder=self._of(root)))
        for path in sorted(root.rglob("*")):
            number = self._number(path)
            self.start.append(Event(names={(self._of(path.parent), path.name): number}))
            kind = {"folder": number} if path.is_dir() else {"content": (number, path.read_bytes())}
            self.start.append(Event(**kind))

    def note(self, word: str) -> None:
        self.events.append(Event(word=word))

    @contextmanager
    def recording(self) -> Iterator[None]:
        before = {name: getattr(os, name) for name in WRAPPED}
        try:
            for name, wrap in WRAPPED.items():
                setattr(os, name, wrap(self, before[name]))
            yield
        finally:
            for name, call in before.items():
                setattr(os, name, call)

    def _number(self, path: Path | str) -> int:
        """A number of its own for what has just been made."""
        found = os.lstat(path)
        self._numbers[found.st_dev, found.st_ino] = number = next(self._count)
        return number

    def _of(self, path: Path | str) -> int:
        found = os.lstat(path)
        return self._numbers[found.st_dev, found.st_ino]

    def _place(self, name: Any, folder: int | None) -> tuple[str, Name] | None:
        """(path, where it is) of a name that is given to a call; None outside of the root."""
        path = Path(name).absolute() if folder is None else _path_of(folder) / name
        if self.root not in path.parents:
            return None
        return str(path), (self._of(path.parent), path.name)

    def _content(self, handle: int) -> None:
        if handle in self._open:
            self.events.append(Event(content=(self._open[handle], _path_of(handle).read_bytes())))


def _path_of(handle: int) -> Path:
    """Where what a descriptor is of lies now."""
    return Path(f"/proc/self/fd/{handle}").readlink()


def _opening(own: Recorder, call: Callable[..., int]) -> Callable[..., int]:
    def wrapped(name: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        at = own._place(name, dir_fd) if not isinstance(name, int) else None
        there = at is not None and os.path.lexists(at[0])
        handle = call(name, flags, mode, dir_fd=dir_fd)
        path = _path_of(handle)
        if at is not None and not there:
            own.events.append(Event(names={at[1]: own._number(at[0])}))
            own._open[handle] = own._of(at[0])
            own._content(handle)
        elif own.root in (path, *path.parents):
            own._open[handle] = own._of(path)
        else:
            own._open.pop(handle, None)
        return handle

    return wrapped


def _changing(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(handle: int, *args: Any) -> Any:
        done = call(handle, *args)
        own._content(handle)
        return done

    return wrapped


def _syncing(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(handle: int) -> None:
        call(handle)
        if handle in own._open:
            own.events.append(Event(synced=own._open[handle]))

    return wrapped


def _closing(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(handle: int) -> None:
        own._open.pop(handle, None)
        call(handle)

    return wrapped


def _making(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(name: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        call(name, mode, dir_fd=dir_fd)
        if (at := own._place(name, dir_fd)) is not None:
            number = own._number(at[0])
            own.events += [Event(folder=number), Event(names={at[1]: number})]

    return wrapped


def _removing(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(name: Any, *, dir_fd: int | None = None) -> None:
        at = own._place(name, dir_fd)
        call(name, dir_fd=dir_fd)
        if at is not None:
            own.events.append(Event(names={at[1]: None}))

    return wrapped


def _moving(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(
        name: Any, to: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None
    ) -> None:
        source, target = own._place(name, src_dir_fd), own._place(to, dst_dir_fd)
        assert source is not None
        assert target is not None
        number = own._of(source[0])
        call(name, to, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        own.events.append(Event(names={source[1]: None, target[1]: number}))

    return wrapped


def _linking(own: Recorder, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(
        name: Any,
        to: Any,
        *,
        src_dir_fd: int | None = None,
        dst_dir_fd: int | None = None,
        follow_symlinks: bool = True,
    ) -> None:
        call(
            name, to, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd, follow_symlinks=follow_symlinks
        )
        target = own._place(to, dst_dir_fd)
        assert target is not None
        own.events.append(Event(names={target[1]: own._of(target[0])}))

    return wrapped


WRAPPED = {
    "open": _opening, "write": _changing, "ftruncate": _changing, "fsync": _syncing,
    "close": _closing, "mkdir": _making,
    "unlink": _removing, "remove": _removing, "rmdir": _removing, "rename": _moving,
    "replace": _moving, "link": _linking,
}  # fmt: skip
