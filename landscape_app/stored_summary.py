"""A run in a few lines: a list of its stored results, and the card that a notebook shows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from landscape_app.errors import RunDamagedError
from landscape_app.store import derived
from landscape_app.store.derived import Arrays, Result


@dataclass(frozen=True)
class ResultLine:
    """One stored result. arrays: {name: shape}; empty where its file is damaged. created: unix
    time.
    """

    name: str
    parameters: dict[str, Any]
    arrays: dict[str, tuple[int, ...]]
    created: float
    path: Path

    def __str__(self) -> str:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.created))
        told = ", ".join(f"{key}={value}" for key, value in self.parameters.items())
        shapes = ", ".join(f"{key} {shape}" for key, shape in self.arrays.items())
        return f"{self.name}({told}), {when}: {shapes or 'no arrays'}"


class ResultList(Sequence[ResultLine]):
    """Stored results, sorted by name, the newest of a name first. Each prints as a line."""

    def __init__(self, lines: Iterable[ResultLine]) -> None:
        self._lines = sorted(lines, key=lambda line: (line.name, -line.created))

    def __getitem__(self, place: Any) -> Any:
        return self._lines[place]

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return "\n".join(map(str, self._lines)) or "no results are stored"


def results(folder: Path) -> ResultList:
    """What is stored in the `folder` of a run or study; reads headers, no arrays."""
    stored = [derived.read(place) for place in derived.places(folder)]
    return ResultList(_line(result) for result in stored if result is not None)


def _line(result: Result) -> ResultLine:
    shapes: dict[str, tuple[int, ...]] = {}
    try:
        if isinstance(result.arrays, Arrays):
            headers = result.arrays.headers
            shapes = {name: tuple(header.shape) for name, header in headers.items()}
    except RunDamagedError:
        shapes = {}
    return ResultLine(result.name, result.parameters, shapes, result.created, result.path)


def card(title: str, sentences: Sequence[str], facts: Sequence[tuple[str, str]]) -> str:
    """HTML of a few lines: a title, sentences, and a table of facts. All are shown as text."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in facts
    )
    return f"<div><strong>{escape(title)}</strong>{paragraphs}<table>{rows}</table></div>"
