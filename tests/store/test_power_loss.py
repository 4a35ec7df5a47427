"""Laws of power loss (S3): what was acknowledged is there, what was not is before or after, and
nothing else is ever shown as data.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.errors import LandscapeError
from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue, derived, files, grids, shared_data, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.store import old, samples
from tests.store.disk import Disk, materialise
from tests.store.power import Event, Recorder

Step = Callable[[Path], Any]
GRID = parse_study(
    {
        "name": "study",
        "regimes": ["good"],
        "networks": ["mlp-small"],
        "seeds": 1,
        "settings": {"data": "blobs"},
    }
)


def opened(runs: Path) -> RunFolder:
    return RunFolder.open(runs, "run")


def begin(root: Path) -> None:
    RunFolder.create(root / "runs", "run", samples.spec())


def full(root: Path) -> None:
    samples.full_run(root / "runs")


def keep(root: Path) -> None:
    run = opened(root / "runs")
    source = root / "data.npz"
    run.mark("prepared", sources={"data": shared_data._keep_file(root / "runs", source)})


def derive(value: int) -> Step:
    return lambda root: derived.write(
        root / "runs" / "run",
        "geometry",
        {"k": 1},
        {"rows": np.full(3, value)},
        {"value": value},
        "inputs",
    )


def study(root: Path) -> None:
    grids.write(StudyFolder.create(root / "runs", "study", list(GRID.runs), AnalysisSpec()), GRID)


def lock(root: Path) -> None:
    with RunFolder.open(root / "runs", "half").lock():
        pass


SCENARIOS: dict[str, tuple[Step, dict[str, Step]]] = {
    "create": (lambda root: None, {"create": begin}),
    "sample": (
        begin,
        {
            "prepared": lambda root: opened(root / "runs").mark(
                "prepared", parameters=samples.PARAMETERS
            ),
            "anchor": lambda root: opened(root / "runs").commit(
                "anchor", samples.ANCHOR, samples.anchor()
            ),
            "chunk": lambda root: samples.commit_chunk(opened(root / "runs"), [0, 1], 0, 5),
            "anchor again": lambda root: opened(root / "runs").commit(
                "anchor", samples.ANCHOR, samples.chunk(7, [0], 0, 0, salt=-1.0)
            ),
            "finished": lambda root: opened(root / "runs").mark("finished"),
        },
    ),
    "derive": (full, {"derive 1": derive(1), "derive 2": derive(2), "derive 3": derive(3)}),
    "study": (full, {"study": study}),
    "delete": (full, {"delete": lambda root: catalogue.delete(root / "runs", "run")}),
    "put aside": (full, {"put aside": lambda root: catalogue.put_aside(root / "runs", "run")}),
    "keep": (lambda root: (begin(root), (root / "data.npz").write_bytes(b"data")), {"keep": keep}),
    "migrate": (lambda root: old.unpack(root, "half"), {"migrate": lock}),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_power_that_goes_at_any_moment_leaves_what_was_before_or_after(scenario, fresh):
    play(scenario, fresh, all_=False)


@pytest.mark.exhaustive
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_combination_of_what_is_lost_leaves_what_was_before_or_after(scenario, fresh):
    play(scenario, fresh, all_=True)


@pytest.mark.parametrize("kind", ["files", "folders"])
def test_a_store_that_does_not_sync_its_files_or_its_folders_is_found_out(kind, fresh, monkeypatch):
    do = Disk.do

    def lazily(disk: Disk, event: Event) -> None:
        if event.synced is None or (event.synced in disk.folders) is not (kind == "folders"):
            do(disk, event)

    monkeypatch.setattr(Disk, "do", lazily)
    with pytest.raises((AssertionError, LandscapeError)):
        play("sample", fresh, all_=False)


def play(scenario, fresh, *, all_):
    root, copies = fresh(), fresh()
    before, steps = SCENARIOS[scenario]
    before(root)
    recorder = Recorder(root)
    with recorder.recording():
        for word, step in steps.items():
            recorder.note(f"begin {word}")
            step(root)
            recorder.note(f"done {word}")
    disk, done, doing, seen, count = (
        Disk(recorder.start),
        list[str](),
        "",
        set[tuple[str, Any]](),
        0,
    )
    for event in [*recorder.events, None]:
        for state in disk.states(all_=all_):
            text = repr(sorted(state.items()))
            key = hashlib.sha256(text.encode()).hexdigest(), (len(done), doing)
            if key not in seen:
                seen.add(key)
                count += 1
                copy = copies / str(count)
                materialise(state, copy)
                check(copy / "runs", done, doing)
                shutil.rmtree(copy)
        if event is not None:
            disk.do(event)
            if event.word.startswith("begin "):
                doing = event.word.removeprefix("begin ")
            elif event.word:
                done.append(doing)
                doing = ""
    assert done == list(steps)
    assert count > len(steps)


def check(runs, done, doing):
    """The folder after the steps that are `done`, while it was `doing` another; and the same again
    after it was tidied up.
    """
    listed = catalogue.list_runs(runs)
    assert [
        study.problem for study in [*listed, *catalogue.list_studies(runs)] if study.kind == "run"
    ] == [None] * len(listed)
    ids = {entry.id for entry in listed} - {*GRID.runs}
    there = {"create": {"run"}, "delete": set(), "put aside": {"run-1"}}
    allowed = (
        [there.get(done[-1], {"run"})] if done else [set()] if doing == "create" else [{"run"}]
    )
    allowed = (
        [{"half"}]
        if "migrate" in (*done, doing)
        else [*allowed, *([there[doing]] if doing in there else [])]
    )
    if not done and not doing:
        allowed += [set(), {"half"}]
    assert ids in allowed
    for id in ids:
        for _ in range(2):
            look(RunFolder.open(runs, id), done, doing)
            with RunFolder.open(runs, id).lock():
                pass
    studies = [study.id for study in catalogue.list_studies(runs)]
    assert studies in (
        [["study"]] if "study" in done else [[], ["study"]] if doing == "study" else [[]]
    )
    if "study" in done:
        assert grids.read(StudyFolder.open(runs, "study")) == GRID


def look(run, done, doing):
    """A run: nothing that it acknowledges is lost or damaged, and every number is one that was
    written.
    """
    assert run.damaged() == []
    rows = snapshots.read(run)
    losses, ids = rows.column("train_loss"), rows.column("row")
    assert run.id == "half" or np.isin(losses - ids, (0, -1)).all()
    kinds = {line["kind"] for line in run.journal.lines()}
    for word in ("prepared", "anchor", "chunk", "finished"):
        if word in done:
            assert word in kinds
        elif (
            doing != word
            and run.id == "run"
            and {*done, doing} & {"prepared", "anchor", "chunk", "anchor again", "finished"}
        ):
            assert word not in kinds
    if "anchor" in (*done, doing) and "anchor" in kinds:
        again = "delta" in run.tensors(samples.ANCHOR)
        assert again in (
            [True]
            if "anchor again" in done
            else [False, True]
            if doing == "anchor again"
            else [False]
        )
    values = [int(word[-1]) for word in (*done, doing) if word.startswith("derive")]
    found = derived.find(run.path, "geometry")
    if values:
        allowed = values[-2:] if doing else values[-1:]
        assert (found is None and doing and len(values) == 1) or (
            found is not None and found.meta["value"] in allowed
        )
        assert found is None or found.arrays["rows"].tolist() == [found.meta["value"]] * 3
    if "keep" in done:
        record = (run.prepared() or {})["sources"]["data"]
        assert files.digest(shared_data.kept_file(run.path.parent, record)) == record["sha256"]
