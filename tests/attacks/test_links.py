"""A link in a runs folder is followed neither for reading nor for writing, whatever its name is and
wherever it leads.

What cannot be prevented is a hard link: a second name of the same file looks like the first. Files
that are written in place (journal, log, lock, the last word) are refused where they have one; all
others are replaced, which leaves the other name alone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.errors import LandscapeError
from landscape_app.jobs import slots, state, status
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.process import launch
from landscape_app.jobs.session import session
from landscape_app.store import catalogue, derived, files, lock, shared_data, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import GRID
from tests.attacks import folders
from tests.store import samples

RESULT = ("geometry", {"k": 1}, {"rows": np.ones(2)}, {"version": 2}, "inputs")


def works(runs: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """All that writes into a runs folder, and what reads one; deleting comes last."""
    run, study = (lambda: RunFolder.open(runs, "run")), (lambda: StudyFolder.open(runs, "study"))
    yield "list", lambda: (catalogue.list_runs(runs), catalogue.list_studies(runs))
    yield (
        "read",
        lambda: (snapshots.read(run()), run().damaged(), derived.find(run().path, "geometry")),
    )
    yield (
        "state",
        lambda: (
            state.state(runs / "run"),
            state.log_tail(runs / "run"),
            state.state(runs / "_studies" / "study"),
        ),
    )
    yield "kept", lambda: shared_data.arrays(run())
    yield "recover", lambda: _locked(run(), lambda: run().mark("note"))
    yield (
        "commit",
        lambda: _locked(run(), lambda: samples.commit_chunk(run(), [0, 1], 0, 5, salt=0.25)),
    )
    yield (
        "anchor",
        lambda: _locked(
            run(),
            lambda: run().commit("anchor", samples.ANCHOR, samples.chunk(7, [0], 0, 0, salt=0.25)),
        ),
    )
    yield "derive", lambda: _locked(run(), lambda: derived.write(run().path, *RESULT))
    yield "study", lambda: _locked(study(), lambda: derived.write(study().path, *RESULT))
    yield "grid", lambda: files.write_atomic(study().path / GRID, b"{}")
    yield "session", lambda: _session(runs / "run")
    yield "study's session", lambda: _session(runs / "_studies" / "study")
    yield (
        "cancel",
        lambda: (cancel(runs / "run"), files.write_atomic(runs / "run" / status.CANCEL, b"2")),
    )
    yield "slot", lambda: _slot(runs)
    yield "keep", lambda: shared_data._place(runs, folders.HASH, "other.npz", folders.KEPT)
    yield "aside", lambda: catalogue.put_aside(runs, "run")
    yield "create", lambda: RunFolder.create(runs, "run", samples.spec())
    yield (
        "compare",
        lambda: StudyFolder.create(
            runs, "compare", ["run"], StudyFolder.open(runs, "study").analysis
        ),
    )
    yield "delete the study", lambda: catalogue.delete(runs, "study")
    yield "delete", lambda: catalogue.delete(runs, "run")
    yield "tidy", lambda: shared_data.tidy(runs, set())


def _locked(folder: RunFolder | StudyFolder, work: Callable[[], object]) -> None:
    with folder.lock():
        work()


def _session(path: Path) -> None:
    with session(path) as live:
        live.phase("sampling", 2)
        live.advance()


def _slot(runs: Path) -> None:
    with slots.slot(runs, lambda: None):
        pass


@contextmanager
def said_in_one_line(what: str) -> Iterator[None]:
    """A block that ends well, or with a typed error of one line."""
    try:
        yield
    except LandscapeError as error:
        lines = str(error).splitlines()
    except Exception as error:
        raise AssertionError(f"{what}: {error!r}") from error
    else:
        return
    assert len(lines) == 1, what


def outside(folder: Path) -> dict[str, object]:
    """Everything about what lies in `folder`, which is not the runs folder."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.lstat().st_nlink,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
    }


def attack(path: Path, kind: str, away: Path) -> bool:
    """A link in the place of `path`; False where there is no such attack. "same": to what was
    there; a follower would notice nothing.
    """
    there = path.exists()
    if kind == "same":
        if not there:
            return False
        path.rename(away / "moved")
    else:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    target = (
        away
        / {"same": "moved", "file": "victim.txt", "folder": "victims", "nothing": "nothing"}[kind]
    )
    path.parent.mkdir(exist_ok=True, parents=True)
    path.symlink_to(target)
    return True


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "same",
        pytest.param("file", marks=pytest.mark.exhaustive),
        "folder",
        pytest.param("nothing", marks=pytest.mark.exhaustive),
    ],
)
def test_whatever_name_is_a_link_nothing_outside_changes_and_all_is_said_in_one_line(
    whole, kind, tmp_path, capsys
):
    for number, name in enumerate([*folders.names(whole), *folders.STRANGE]):
        runs, away = tmp_path / str(number) / "runs", tmp_path / str(number) / "away"
        shutil.copytree(whole, runs)
        (away / "victims" / "inner").mkdir(parents=True)
        (away / "victims" / "inner" / "000.safetensors.tmp").write_text("dear")
        (away / "victims" / "result.json").write_text("{}")
        (away / "victim.txt").write_text("dear")
        (away / "victim.txt").chmod(0o640)
        if not attack(runs / name, kind, away):
            continue
        if kind == "same":
            for argv in (["list"], ["show", "run"]):
                assert main([*argv, "--runs", str(runs)]) in (0, 2), (name, argv)
        before = outside(away)
        for what, work in works(runs):
            with said_in_one_line(f"{what}, {name} is a link to {kind}"):
                work()
            assert outside(away) == before, (name, what)
        assert [run.problem for run in catalogue.list_runs(runs) if run.id == "sound"] == [None], (
            name
        )
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", [status.NAME, status.LOG, lock.NAME])
@pytest.mark.parametrize("kind", ["file", "nothing", "hard"])
def test_a_job_is_not_started_through_a_link(whole, name, kind, tmp_path):
    runs, away = tmp_path / "runs", tmp_path / "away"
    shutil.copytree(whole, runs)
    away.mkdir()
    (away / "victim.txt").write_text("dear")
    if kind == "hard":
        (runs / "run" / name).unlink()
        (runs / "run" / name).hardlink_to(away / "victim.txt")
    else:
        attack(runs / "run" / name, kind, away)
    before = outside(away)
    start = lambda: launch(runs / "run", ["-"], module="tests.attacks.nothing")  # noqa: E731
    if name == status.NAME:
        start()  # replaced: what it led to, or was the second name of, stays as it is
    else:
        with pytest.raises(
            LandscapeError, match=rf"^[^\n]*{name}' (is a link|has another name)[^\n]*$"
        ):
            start()
    if name == status.NAME and kind == "hard":
        before = {key: (*value[:2], 1, value[3]) for key, value in before.items()}
    assert outside(away) == before


def test_a_hard_link_is_not_written_through_in_place(whole, tmp_path):
    for name in ("journal.jsonl", lock.NAME):
        runs = tmp_path / name / "runs"
        shutil.copytree(whole, runs)
        (tmp_path / name / "victim").write_bytes((runs / "run" / name).read_bytes())
        (runs / "run" / name).unlink()
        (runs / "run" / name).hardlink_to(tmp_path / name / "victim")
        before = outside(tmp_path / name).pop("victim")
        with pytest.raises(LandscapeError, match="hard link"):
            _locked(
                RunFolder.open(runs, "run"),
                lambda runs=runs: RunFolder.open(runs, "run").mark("note"),
            )
        assert outside(tmp_path / name).pop("victim") == before


def test_a_link_to_another_run_is_told_and_not_entered(whole, tmp_path, capsys):
    shutil.copytree(whole, tmp_path / "runs")
    (tmp_path / "runs" / "latest").symlink_to("sound")
    assert main(["list", "--runs", str(tmp_path / "runs"), "--json"]) == 0
    rows = {row["id"]: row["problem"] for row in json.loads(capsys.readouterr().out)}
    assert rows["sound"] is None
    assert "is a link" in rows["latest"]
    assert main(["show", "latest", "--runs", str(tmp_path / "runs")]) == 2


def test_the_runs_folder_itself_may_be_reached_by_links(whole, tmp_path):
    for name in ("runs", "others"):
        (tmp_path / f"real-{name}").mkdir()
        (tmp_path / name).symlink_to(f"real-{name}")
    folders.everything(tmp_path / "runs")
    assert sorted(map(folders.general, folders.names(tmp_path / "real-runs"))) == sorted(
        map(folders.general, folders.names(whole))
    )
    assert (
        main(
            [
                "export",
                "study",
                "--archive",
                str(tmp_path / "archive"),
                "--runs",
                str(tmp_path / "runs"),
            ]
        )
        == 0
    )
    assert main(["import", str(tmp_path / "archive"), "--runs", str(tmp_path / "others")]) == 0
    for what, work in works(tmp_path / "runs"):
        if what not in ("aside", "create"):  # the former makes room for the latter
            work()
    assert not os.path.lexists(tmp_path / "real-runs" / "run")
