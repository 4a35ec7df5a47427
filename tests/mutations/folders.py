"""The JSON files of a runs folder as formats: sound samples, mutants with a right checksum, and readers that use what was read."""

from __future__ import annotations

import json
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from landscape_app.errors import RunDamagedError
from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue, derived, grids, seal, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.mutations.mutator import Change, Rng
from tests.store.old import FIXTURE
from tests.store.samples import full_run

SPEC, JOURNAL = "runs/run/spec.json", "runs/run/journal.jsonl"
STUDY, GRID = "runs/_studies/study/study.json", "runs/_studies/study/grid.json"
RESULT = "runs/run/derived/any-0123456789abcdef/result.json"
TOKENS = (
    b"null",
    b"true",
    b"1e999",
    b"NaN",
    b"-1",
    b"9223372036854775808",
    b'"<b>"',
    b"[]",
    b"{}",
    b"[[",
    b'"checksum":',
    b'"\\ud800"',
    b"0.5",
)


def prepare(folder: Path) -> None:
    """A run, a study, and the arrays of a result."""
    run = full_run(folder / "runs", "run")
    spec = parse_study({"name": "study", "regimes": ["good"], "networks": ["mlp-small"], "settings": {"data": "blobs"}})
    grids.write(StudyFolder.create(folder / "runs", "study", list(spec.runs), AnalysisSpec()), spec)
    place = folder / RESULT
    place.parent.mkdir(parents=True)
    derived.write(run.path, "sound", {}, {}, {}, "")
    (place.parent / derived.ARRAYS).write_bytes(bytes(16))


def of(file: str) -> Callable[[], list[bytes]]:
    """Samples of one of the files that `prepare` makes, the same each time."""

    def samples() -> list[bytes]:
        with tempfile.TemporaryDirectory() as folder, mock.patch("time.time", return_value=1e9):
            prepare(Path(folder))
            return [(Path(folder) / file).read_bytes()]

    return samples


def results() -> list[bytes]:
    """One result of every kind, as 0.2.0 wrote it, sealed."""
    found = {}
    with tarfile.open(FIXTURE) as archive:
        for member in sorted(archive, key=lambda one: one.name):
            if member.name.endswith("result.json"):
                facts = json.load(archive.extractfile(member))
                facts |= {"schema": 2, "arrays": {"sha256": "0" * 64, "bytes": 16}}
                found[facts["name"]] = json.dumps(seal.sealed(facts)).encode()
    return list(found.values())


def sealed(content: bytes, change: Change, rng: Rng) -> bytes:
    """A part of the object changed, and its checksum made right where it is still an object."""
    value = json.loads(content)
    keys = [key for key in value if key != seal.SUM]
    key = keys[rng.integers(len(keys))]
    changed = change(json.dumps(value[key]).encode())
    try:
        return json.dumps(seal.sealed(value | {key: json.loads(changed)})).encode()
    except (ValueError, RecursionError, TypeError):
        return json.dumps({**value, key: 0}).encode().replace(b": 0", b": " + changed, 1)


def lines(content: bytes, change: Change, rng: Rng) -> bytes:
    """One line changed, and its checksum made right."""
    whole = content.splitlines()
    at = rng.integers(len(whole))
    text = change(whole[at].partition(b" ")[2]).replace(b"\n", b" ")
    whole[at] = b"%08x %s" % (zlib.crc32(text), text)
    return b"\n".join(whole) + b"\n"


def read_run(path: Path) -> Any:
    """All that is asked of a run's head and journal; the list is made whatever is in them."""
    runs = path.parents[1]
    assert len(catalogue.list_runs(runs)) == 1
    run = RunFolder.open(runs, "run")
    found = snapshots.read(run), run.damaged(), run.prepared(), run.analysed_too, run.digest()
    return found, json.dumps(run.settings)


def read_study(path: Path) -> Any:
    """A study and its grid."""
    runs = path.parents[2]
    assert len(catalogue.list_studies(runs)) == 1
    study = StudyFolder.open(runs, "study")
    return study, grids.read(study)


def read_result(path: Path) -> Any:
    """A result, and what the page says of it."""
    from landscape_app.dashboard.explore import measures, reading, verdicts, words
    from landscape_app.figures.view import Subject

    result = derived.read(path.parent)
    if result is None:
        raise RunDamagedError("it is left out")
    one = reading.Shown("run", "run", 0, "ready", subject=Subject("run", "run", 0, 7, {}, {result.name: result}))
    said: list[Any] = [json.dumps(result.meta), verdicts.loops(one), words.quality(one.embedding)]
    said += [
        verdicts.bars(one, name) + verdicts.scales(one, name) + verdicts.against(verdicts.tested(one, name)[0]) for name in ("train_loss",)
    ]
    if result.name in ("measures", "curvature"):
        said.append(measures._measured({"run": result.meta["measures"]}))
    return said
