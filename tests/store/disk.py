"""A disk that loses power: every state that it may be in at a moment of what was recorded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from tests.store.power import FEW, Event, Name


class Disk:
    """What is certain, and what may be."""

    def __init__(self, start: list[Event]) -> None:
        self.folders, self.names, self.held = (
            set[int](),
            dict[Name, int | None](),
            dict[int, bytes](),
        )
        self.pending: list[dict[Name, int | None]] = []
        self.written: dict[int, bytes] = {}
        for event in start:
            self.do(event)
        self.names |= {where: number for names in self.pending for where, number in names.items()}
        self.held |= self.written
        self.pending, self.written = [], {}

    def do(self, event: Event) -> None:
        if event.folder is not None:
            self.folders.add(event.folder)
        if event.names:
            self.pending.append(event.names)
        if event.content is not None:
            self.written[event.content[0]] = event.content[1]
        if event.synced in self.folders:
            certain = [
                names for names in self.pending if {folder for folder, _ in names} == {event.synced}
            ]
            self.pending = [names for names in self.pending if names not in certain]
            for names in certain:
                self.names |= names
        elif event.synced is not None and event.synced in self.written:
            self.held[event.synced] = self.written.pop(event.synced)

    def states(self, *, all_: bool) -> Iterator[dict[str, bytes | None]]:
        """{path: content, None for a folder} of every state that the disk may be in."""
        contents = list(self._contents())
        for chosen in self._chosen(all_=all_):
            names = dict(self.names)
            for change in chosen:
                names |= change
            for held in contents:
                yield self._tree(names, held)

    def _contents(self) -> Iterator[dict[int, bytes]]:
        """Unsynced content lost, all there, half there, or there as zeros."""
        yield self.held
        if self.written:
            yield self.held | self.written
            yield self.held | {
                number: self._cut(number, new) for number, new in self.written.items()
            }
            yield self.held | {
                number: self._blank(number, new) for number, new in self.written.items()
            }

    def _cut(self, number: int, new: bytes) -> bytes:
        old = self.held.get(number, b"")
        return new[: (len(old) + len(new)) // 2] if new.startswith(old) else new[: len(new) // 2]

    def _blank(self, number: int, new: bytes) -> bytes:
        old = self.held.get(number, b"")
        return old + bytes(len(new) - len(old)) if new.startswith(old) else bytes(len(new))

    def _chosen(self, *, all_: bool) -> Iterator[tuple[dict[Name, int | None], ...]]:
        """Which of the changes of names are there, in their order."""
        many = len(self.pending)
        if many <= (2 * FEW if all_ else FEW):
            for count in range(many + 1):
                yield from itertools.combinations(self.pending, count)
            return
        yield ()
        yield tuple(self.pending)
        for i in range(many):
            yield (self.pending[i],)
            yield (*self.pending[:i], *self.pending[i + 1 :])
            yield tuple(self.pending[:i])

    def _tree(
        self, names: dict[Name, int | None], held: dict[int, bytes]
    ) -> dict[str, bytes | None]:
        inside: dict[int, list[tuple[str, int]]] = {}
        for (folder, name), number in names.items():
            if number is not None:
                inside.setdefault(folder, []).append((name, number))
        found: dict[str, bytes | None] = {}

        def walk(folder: int, path: str) -> None:
            for name, number in sorted(inside.get(folder, ())):
                at = f"{path}{name}"
                found[at] = None if number in self.folders else held.get(number, b"")
                if number in self.folders:
                    walk(number, f"{at}/")

        walk(0, "")
        return found


def materialise(state: dict[str, bytes | None], root: Path) -> None:
    """The state as real files in the new folder `root`."""
    root.mkdir()
    for path, content in state.items():
        (root / path).mkdir() if content is None else (root / path).write_bytes(content)
