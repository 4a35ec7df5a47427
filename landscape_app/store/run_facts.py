"""The few numbers that a list of runs shows of each: accuracies and gaps at the anchor, and bytes.
They are read without the snapshots and remembered while the run does not change.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import LandscapeError
from landscape_app.store import derived, names, opening
from landscape_app.store.committed_files import CHUNKS
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.store.tensors import TensorFile

ANCHOR = "anchor.safetensors"
SCORES = ("train_accuracy", "test_accuracy", "train_loss", "test_loss")
REMEMBERED = 20_000  # runs


@dataclass(frozen=True)
class RunFacts:
    """At the anchor: `train_accuracy` and `test_accuracy` (fractions), `gap_accuracy` (train minus
    test), `gap_loss` (test minus train); None where it has none, or none that is finite. `size`:
    bytes of all files of the run.
    """

    train_accuracy: float | None = None
    test_accuracy: float | None = None
    gap_accuracy: float | None = None
    gap_loss: float | None = None
    size: int = 0


_known: dict[Path, tuple[object, RunFacts]] = {}


def read(path: Path) -> RunFacts:
    """The facts of the run in the folder `path`; what cannot be read is None or 0. Raises
    nothing.
    """
    watched = (JOURNAL, ANCHOR, derived.FOLDER)
    stamp = names.times(path, watched)
    entry = _known.get(path)
    if entry is None or entry[0] != stamp:
        if len(_known) >= REMEMBERED:
            _known.clear()
        entry = _known[path] = (stamp, _read(path))
    return entry[1]


def _read(path: Path) -> RunFacts:
    scores = _scores(path / ANCHOR)
    train, test = scores.get("train_accuracy"), scores.get("test_accuracy")
    low, high = scores.get("train_loss"), scores.get("test_loss")
    return RunFacts(
        train,
        test,
        None if train is None or test is None else train - test,
        None if low is None or high is None else high - low,
        _size(path),
    )


def _scores(anchor: Path) -> dict[str, float]:
    """{name: score} in the file of the anchor, those that are finite; none where it is damaged."""
    try:
        file = TensorFile.open(anchor)
        there = [name for name in SCORES if f"scores.{name}" in file.tensors]
        arrays = file.several(f"scores.{name}" for name in there)
    except LandscapeError:
        return {}
    values = {name: arrays[f"scores.{name}"].reshape(-1) for name in there}
    return {
        name: float(value[0])
        for name, value in values.items()
        if len(value) and math.isfinite(value[0])
    }


def _size(path: Path) -> int:
    """Bytes of the files in the folder of a run, in its chunks and in its results."""
    results = [place.relative_to(path) for place in derived.places(path)]
    return sum(_bytes(path / inside) for inside in (Path(), Path(CHUNKS), *results))


def _bytes(folder: Path) -> int:
    with suppress(OSError), opening.entered(folder) as handle, os.scandir(handle) as entries:
        return sum(_regular(entries))
    return 0


def _regular(entries: Iterable[os.DirEntry[str]]) -> Iterable[int]:
    for entry in entries:
        with suppress(OSError):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                yield status.st_size
