"""The JSON files of a runs folder as formats: sound samples, mutants with a right checksum, and
readers that use what was read.
"""

from __future__ import annotations

import json
import math
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from landscape_app.dashboard.common import side_rail
from landscape_app.errors import RunDamagedError
from landscape_app.jobs import status
from landscape_app.jobs.request import JobRequest
from landscape_app.jobs.state import state
from landscape_app.settings import AnalysisSpec, SurfaceSpec
from landscape_app.store import catalogue, derived, grids, seal, snapshots, standing
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.mutations.mutator import Change, Rng
from tests.store.old import FIXTURE
from tests.store.samples import full_run

SPEC, JOURNAL = "runs/run/spec.json", "runs/run/journal.jsonl"
STATUS = "runs/run/status.json"
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

STRANGE = (
    None,
    True,
    0,
    -1,
    0.5,
    1e308,
    math.inf,
    2**53,
    2**63,
    10**400,
    "",
    "<b>x</b>",
    "../x",
    "\ud800",
    "x" * 20_000,
    [],
    {},
    [[]],
    {"a": []},
)


def prepare(folder: Path) -> None:
    """A run, a study, and the arrays of a result."""
    run = full_run(folder / "runs", "run")
    spec = parse_study(
        {
            "name": "study",
            "regimes": ["good"],
            "networks": ["mlp-small"],
            "settings": {"data": "blobs"},
        }
    )
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


def statuses() -> list[bytes]:
    """What jobs say of themselves: one at work, one that failed, one that only waits."""
    phase = {"name": "training", "seconds": 3.5, "done": 40, "total": 40, "unit": "epochs"}
    live = {
        "state": "running",
        "pid": 4321,
        "queued": 1e9,
        "started": 1e9 + 1,
        "updated": 1e9 + 9,
        "message": "",
        "traceback": "",
    }
    live |= {
        "phase": "sampling",
        "done": 3,
        "total": 7,
        "unit": "snapshots",
        "rate": 0.5,
        "phases": [phase],
        **JobRequest("run").stored,
    }
    ended = {
        "state": "failed",
        "message": "DataError: no",
        "traceback": "Traceback\n  here\nDataError: no",
        "within": "study",
    }
    return [
        json.dumps(one, indent=1).encode()
        for one in (
            live,
            live | ended | JobRequest.of("surface", SurfaceSpec()).stored,
            {"state": "queued", "pid": 7, "queued": 1e9},
        )
    ]


def altered(value: Any, change: Change, rng: Rng) -> bytes:
    """The text of `value` with something strange in one of its places; now and then with its bytes
    changed.
    """
    if rng.random() < 0.3:
        return change(json.dumps(value).encode())
    strange = STRANGE[rng.integers(len(STRANGE))]
    found = list(places(value))
    if not found:
        return json.dumps(strange).encode()
    at, key = found[rng.integers(len(found))]
    held, at[key] = at[key], strange
    text = json.dumps(value).encode()
    at[key] = held
    return text


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(where, key) of every place inside."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from places(value[key])


def field(content: bytes, change: Change, rng: Rng) -> bytes:
    """One value of the object changed."""
    return altered(json.loads(content), change, rng)


def sealed(content: bytes, change: Change, rng: Rng) -> bytes:
    """A part of the object changed, and its checksum made right where it is still an object."""
    value = json.loads(content)
    keys = [key for key in value if key != seal.SUM]
    key = keys[rng.integers(len(keys))]
    changed = altered(value[key], change, rng)
    try:
        return json.dumps(seal.sealed(value | {key: json.loads(changed)})).encode()
    except (ValueError, RecursionError, TypeError):
        return json.dumps({**value, key: 0}).encode().replace(b": 0", b": " + changed, 1)


def lines(content: bytes, change: Change, rng: Rng) -> bytes:
    """One line changed, and its checksum made right."""
    whole = content.splitlines()
    at = rng.integers(len(whole))
    text = altered(json.loads(whole[at].partition(b" ")[2]), change, rng).replace(b"\n", b" ")
    whole[at] = b"%08x %s" % (zlib.crc32(text), text)
    return b"\n".join(whole) + b"\n"


def read_run(path: Path) -> Any:
    """All that is asked of a run's head and journal; the list is made whatever is in them."""
    runs = path.parents[1]
    assert len(catalogue.list_runs(runs)) == 1
    run = RunFolder.open(runs, "run")
    found = snapshots.read(run), run.damaged(), run.prepared(), run.analysed_too, run.digest()
    return found, json.dumps(run.settings)


def read_status(path: Path) -> Any:
    """A job's state, and what the command line and the page say of it. How far the run is, it
    cannot say.
    """
    from plotly.io.json import to_json_plotly

    from landscape_app.dashboard.common import board
    from landscape_app.dashboard.jobs import details, rows

    runs = path.parents[1]
    now, shown = state(path.parent), board.Board(runs)
    said = [
        rows.rows(shown.entries(), shown="run"),
        side_rail.strip_rows(shown),
        details.details(shown, runs, "run"),
    ]
    json.dumps(
        [now.told, now.words, to_json_plotly(said)], ensure_ascii=False, allow_nan=False
    ).encode()
    assert standing.of(runs, "run").sampled
    if status.read(path.parent).torn:
        raise RunDamagedError("its last word is not known")
    return now


def read_study(path: Path) -> Any:
    """A study and its grid."""
    runs = path.parents[2]
    assert len(catalogue.list_studies(runs)) == 1
    study = StudyFolder.open(runs, "study")
    return study, grids.read(study)


def read_result(path: Path) -> Any:
    """A result, and what the page says of it."""
    from landscape_app.dashboard.explore import embedding_text, measures, verdicts
    from landscape_app.dashboard.explore.comparison import ComparedRun
    from landscape_app.figures.view import DrawnRun

    result = derived.read(path.parent)
    if result is None:
        raise RunDamagedError("it is left out")
    run = ComparedRun(
        "run", "run", 0, 0, "ready", subject=DrawnRun("run", "run", 0, 7, {}, {result.name: result})
    )
    said: list[Any] = [
        json.dumps(result.meta),
        verdicts.loops(run),
        embedding_text.quality(run.embedding),
    ]
    said += [
        verdicts.bars(run, name)
        + verdicts.scales(run, name)
        + verdicts.against(verdicts.tested(run, name)[0])
        for name in ("train_loss",)
    ]
    if result.name in ("measures", "curvature"):
        said.append(measures._measured({"run": result.meta["measures"]}))
    return said
