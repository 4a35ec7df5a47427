"""Laws of the state of a run and of its last job: two things, each told by what cannot lie about
it, whatever status.json says.
"""

from __future__ import annotations

import itertools
import json
import os
import time

import pytest

from landscape_app.cli.main import main
from landscape_app.errors import RunDamagedError
from landscape_app.jobs import launch, status
from landscape_app.jobs.request import JobRequest
from landscape_app.jobs.session import session
from landscape_app.jobs.state import state
from landscape_app.settings import AnalysisSpec, CurvatureSpec, SampleSpec, SurfaceSpec
from landscape_app.store import derived, lock, standing
from landscape_app.store.run import JOURNAL, RunFolder
from landscape_app.store.study import StudyFolder
from tests.jobs.states import JOURNALS, LIVE, STATUSES, made
from tests.store import samples


def expected(journal, word, cancel):
    """What the last job came to, by the rules as a person would say them."""
    if journal == "garbage":
        return "unreadable"
    if word in ("live", "waiting"):
        return "cancelled" if cancel else "interrupted"
    if word in ("finished", "failed", "cancelled"):
        return word
    if word in ("torn", "empty") and journal != "none":
        return "interrupted"
    return {"none": "idle", "begun": "interrupted", "sampled": "finished"}[journal]


@pytest.mark.parametrize(
    ("journal", "word", "cancel"), list(itertools.product(JOURNALS, STATUSES, (False, True)))
)
def test_with_a_free_lock_every_combination_has_its_state_and_the_run_its_own(
    journal, word, cancel, tmp_path
):
    folder = made(tmp_path, journal, STATUSES[word], cancel=cancel)
    assert state(folder).state == expected(journal, word, cancel)
    stands = {"none": "empty", "begun": "partial", "sampled": "sampled", "garbage": "unreadable"}
    assert standing.of(tmp_path, "run").state == stands[journal], "whatever its jobs came to"


@pytest.mark.parametrize("journal", JOURNALS)
def test_with_a_held_lock_a_job_lives_whatever_the_journal_says(journal, tmp_path):
    folder = made(tmp_path, journal, LIVE | {"pid": os.getpid(), "updated": time.time()})
    held = lock.take(folder / lock.NAME)
    assert state(folder).state == "running"
    held.release()


def test_a_run_stands_where_its_journal_and_its_results_say(tmp_path):
    run = samples.full_run(tmp_path)
    assert standing.of_run(run.inventory()).words == "sampled, not analysed"
    run.ask(False)
    assert standing.of_run(run.inventory()).words == "sampled"
    derived.write(run.path, "embedding", {}, {}, {}, run.digest())
    derived.write(run.path, "measures", {}, {}, {"measures": []}, "of other snapshots")
    assert standing.of_run(run.inventory()).state == "sampled"
    derived.write(run.path, "measures", {}, {}, {"measures": []}, run.digest())
    assert standing.of_run(run.inventory()).words == "analysed"
    half = RunFolder.create(tmp_path, "half", samples.spec())
    half.commit("anchor", samples.ANCHOR, samples.anchor())
    samples.commit_chunk(half, [0, 1], 0, 5)
    assert standing.of_run(half.inventory()).words == f"13 of {half.spec.snapshots} snapshots"
    study = StudyFolder.create(tmp_path, "study", ["run", "half", "gone"], AnalysisSpec())
    assert standing.of_study_called(tmp_path, "study").words == "1 of 3 runs sampled"
    assert standing.of_study(study.path, [standing.of_run(run.inventory())]).state == "sampled"


@pytest.mark.parametrize(
    "facts",
    [
        {"first": -1},
        {"last": 1 << 70},
        {"last": 1e400},
        {"trajectories": 7},
        {"trajectories": "abc"},
        {"first": "1"},
    ],
)
def test_a_line_that_does_not_say_what_it_holds_counts_for_nothing(facts):
    good = {"kind": "chunk", "trajectories": [0, 1], "first": 0, "last": 4}
    assert standing.snapshots(good) == 10
    assert standing.snapshots(good | facts) == 0
    assert standing.snapshots({}) == 0


def test_an_unreadable_journal_is_said_and_nothing_is_begun_over_it(tmp_path, capsys):
    folder = made(tmp_path, "sampled", STATUSES["finished"])
    content = (folder / JOURNAL).read_bytes()
    (folder / JOURNAL).write_bytes(content.replace(b"\n", b"!\n"))
    samples.full_run(tmp_path, "other")
    for word in ("resume", "show", "analyse"):
        assert main([word, "run", "--runs", str(tmp_path)]) == 2
        assert "none of its lines is as it was written" in capsys.readouterr().err
    with pytest.raises(RunDamagedError):
        RunFolder.open(tmp_path, "run")
    assert main(["list", "--json", "--runs", str(tmp_path)]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["run"]["run"]["state"], rows["run"]["job"]["state"]) == (
        "unreadable",
        "unreadable",
    )
    assert rows["other"]["run"]["state"] == "sampled"
    assert (folder / JOURNAL).read_bytes() == content.replace(b"\n", b"!\n"), "nothing was cut"


@pytest.mark.parametrize(
    "spec",
    [
        AnalysisSpec(k=7, methods=("pca",)),
        CurvatureSpec(draws=2),
        SurfaceSpec(kind="line", points=5),
        SampleSpec(kind="grid", lattice=(2, 3, 4)),
        None,
    ],
)
def test_a_job_that_came_to_nothing_is_asked_for_again_as_it_was(spec, tmp_path, monkeypatch):
    run = samples.full_run(tmp_path)
    commands = {AnalysisSpec: "analyse", CurvatureSpec: "curvature", SurfaceSpec: "surface"}
    command = (commands | {SampleSpec: "sample"}).get(type(spec), "verify")

    def work():
        with session(run.path, asked=JobRequest.of(command, spec)):
            raise MemoryError

    with pytest.raises(MemoryError):
        work()
    end = state(run.path)
    assert (end.state, end.command, end.again, end.message) == (
        "failed",
        command,
        True,
        "MemoryError",
    )
    assert standing.of_run(run.inventory()).sampled
    launched = []
    monkeypatch.setattr(
        launch, "launch", lambda folder, argv, **more: launched.append((argv, more["asked"]))
    )
    launch.start_resume(tmp_path, "run")
    ((argv, what),) = launched
    settings = launch.flags(spec) if spec is not None else ["--store"]
    assert argv == [command, "run", "--runs", str(tmp_path), *settings]
    assert what == JobRequest.of(command, spec)


def test_a_part_of_a_studys_job_says_so(tmp_path):
    run = samples.full_run(tmp_path)
    study = StudyFolder.create(tmp_path, "both", ["run"], AnalysisSpec())
    with (
        session(study.path, asked=JobRequest("study")),
        session(run.path, slot=False, asked=JobRequest("study")),
    ):
        assert (state(run.path).within, state(study.path).within) == ("both", "")
    assert state(run.path).words == "study finished (part of both)"


def test_list_and_show_say_both(tmp_path, capsys):
    made(tmp_path, "sampled", LIVE | {"command": "curvature", "phase": "trace"})
    assert main(["list", "--runs", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "sampled, not analysed" in printed
    assert "curvature interrupted" in printed


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ({}, "Killed (SIGKILL)"), ({"code": 3}, "exit code 3"), ({"code": -11}, "SIGSEGV"),
        ({"code": -63}, "signal 63"), ({"pid": 2}, ""),
        ({"queued": 99.0}, ""), ({"code": "9"}, ""), ({"code": True}, ""), ({"code": 10**9}, ""),
        ({"code": None}, ""),
    ],
)  # fmt: skip
def test_how_a_process_ended_is_said_where_somebody_saw_it_of_this_very_job(noted, words, tmp_path):
    folder = made(tmp_path, "sampled", LIVE)
    (folder / status.EXIT).write_text(json.dumps({"pid": 1, "queued": 100.0, "code": -9} | noted))
    end = state(folder)
    assert end.state == "interrupted"
    assert words in end.message
    assert bool(end.message) == bool(words)
    (folder / status.NAME).write_text(json.dumps(LIVE | {"state": "finished"}))
    assert state(folder).message == ""
