"""What the store is doing when it is killed: one kind of work over and over, each step acknowledged
when it is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue, derived, shared_data, snapshots, unpacking
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.store import samples

MANY = 10_000  # steps: more than anybody waits for
KEYS = 3  # results that are replaced in turn


def work(kind: str, runs: str, first: int, acknowledged: Connection) -> None:
    """Steps `first`, `first` + 1, … of that kind in the runs folder, until it is killed."""
    step = STEPS[kind]
    for number in range(first, MANY):
        step(Path(runs), number)
        acknowledged.send(number)


def mark(runs: Path, number: int) -> None:
    """A line of the journal."""
    RunFolder.open(runs, "run").mark("note", number=number)


def anchor(runs: Path, number: int) -> None:
    """A file in the place of an older one."""
    run = RunFolder.open(runs, "run")
    with run.lock():
        run.commit(
            "anchor", samples.ANCHOR, {"number": np.full(3, number, np.int64)}, number=number
        )


def derive(runs: Path, number: int) -> None:
    """A result in the place of an older one."""
    arrays = {"number": np.full(3, number, np.int64)}
    derived.write(
        runs / "run", "geometry", {"k": number % KEYS}, arrays, {"number": number}, "inputs"
    )


def study(runs: Path, number: int) -> None:
    """A new study."""
    StudyFolder.create(runs, f"study-{number}", ["run"], AnalysisSpec(k=1 + number % 9))


def delete(runs: Path, number: int) -> None:
    """A run that was there before."""
    catalogue.delete(runs, f"old-{number}")


def aside(runs: Path, number: int) -> None:
    """A run gets another name, and a new one takes its own."""
    if any(run.id == "again" for run in catalogue.list_runs(runs)):
        catalogue.put_aside(runs, "again")
    RunFolder.create(runs, "again", samples.spec()).mark("note", number=number)


def data(runs: Path, number: int) -> None:
    """Data that are kept beside the runs."""
    content = content_of(number)
    shared_data.put(runs, hashlib.sha256(content).hexdigest(), "data.npz", content)


def unpack(runs: Path, number: int) -> None:
    """A run from an archive."""
    unpacking.unpack(runs.with_suffix(".tar"), runs, id=f"new-{number}")


def content_of(number: int) -> bytes:
    """The data of a step."""
    return b"%d\n" % number * 5000


STEPS: dict[str, Callable[[Path, int], Any]] = {
    "mark": mark, "anchor": anchor, "derive": derive, "study": study, "delete": delete,
    "aside": aside, "data": data, "import": unpack,
}  # fmt: skip


def look(kind: str, runs: Path, done: int) -> int:
    """Assert that steps 0 to `done` − 1, which were acknowledged, are whole and there once; how
    many are: the one at work may be, too.
    """
    assert all(
        run.problem is None for run in [*catalogue.list_runs(runs), *catalogue.list_studies(runs)]
    )
    found = LOOKS[kind](runs, done)
    assert found in (done, done + 1), (found, done)
    return found


def _marks(runs: Path, done: int) -> int:
    numbers = [
        line["number"]
        for line in RunFolder.open(runs, "run").journal.lines()
        if line["kind"] == "note"
    ]
    assert numbers == list(range(len(numbers)))
    return len(numbers)


def _anchor(runs: Path, done: int) -> int:
    run = RunFolder.open(runs, "run")
    lines = run.committed("anchor")
    assert run.damaged() == []
    numbers = {int(run.tensors(samples.ANCHOR)["number"][0]), lines[0]["number"]} if lines else {-1}
    assert len(numbers) == 1
    return 1 + numbers.pop()


def _results(runs: Path, done: int) -> int:
    found = derived.all(runs / "run", "geometry")
    assert all(one.arrays["number"].tolist() == [one.meta["number"]] * 3 for one in found)
    numbers = {one.meta["number"] for one in found}
    newest = max(numbers, default=-1)
    # A result that is being replaced may be absent for a moment, and is so where the moment never
    # ends; the others are the newest.
    assert numbers >= set(range(max(0, newest + 1 - KEYS), newest + 1)) - {done - KEYS}
    return 1 + newest


def _studies(runs: Path, done: int) -> int:
    ids = {study.id for study in catalogue.list_studies(runs)}
    assert ids == {f"study-{number}" for number in range(len(ids))}
    return len(ids)


def _deleted(runs: Path, done: int) -> int:
    ids = {run.id for run in catalogue.list_runs(runs)} - {"run"}
    left = min(int(id.removeprefix("old-")) for id in ids)
    assert ids == {f"old-{number}" for number in range(left, left + len(ids))}
    assert all(len(snapshots.read(RunFolder.open(runs, id))) for id in list(ids)[:2])
    return left


def _aside(runs: Path, done: int) -> int:
    notes = [
        RunFolder.open(runs, run.id).journal.lines()
        for run in catalogue.list_runs(runs)
        if run.id.startswith("again")
    ]
    numbers = sorted(line["number"] for lines in notes for line in lines)
    assert numbers == list(range(len(numbers))), "each once, under whatever name"
    return len(numbers)


def _data(runs: Path, done: int) -> int:
    there = [
        (runs / shared_data.FOLDER / hashlib.sha256(content_of(number)).hexdigest())
        for number in range(done + 1)
    ]
    whole = [
        path.exists() and _bytes(path) == content_of(number) for number, path in enumerate(there)
    ]
    assert all(whole[:done])
    return sum(whole)


def _bytes(place: Path) -> bytes:
    return b"".join(
        path.read_bytes()
        for path in ([place] if place.is_file() else sorted(place.iterdir()))
        if not path.name.startswith(".")
    )


def _unpacked(runs: Path, done: int) -> int:
    ids = {run.id for run in catalogue.list_runs(runs)} - {"run"}
    assert all(RunFolder.open(runs, id).damaged() == [] for id in ids)
    assert ids == {f"new-{number}" for number in range(len(ids))}
    return len(ids)


LOOKS: dict[str, Callable[[Path, int], int]] = {
    "mark": _marks, "anchor": _anchor, "derive": _results, "study": _studies, "delete": _deleted,
    "aside": _aside, "data": _data,
    "import": _unpacked,
}  # fmt: skip
