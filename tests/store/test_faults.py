"""Laws of faults: what is acknowledged survives every kill (S1), crash (S2) and full disk (S7), and
two never hold one lock (S8).
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import time

import numpy as np
import pytest

from landscape_app.errors import RunExistsError, StorageError
from landscape_app.store import catalogue, derived, snapshots
from landscape_app.store.run import RunFolder
from tests.patience import patience
from tests.store import children, samples

KILLS, CHUNKS, RACES = 40, 600, 50


def start(target, *arguments):
    process = children.context().Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def test_what_was_acknowledged_survives_forty_kills_and_resume_completes_with_nothing_twice(
    tmp_path,
):
    chance = random.Random(1)
    run = RunFolder.create(tmp_path, "run", samples.spec(CHUNKS - 1))
    acknowledged, kills = [], 0
    while not run.finished:
        mine, its = children.context().Pipe(duplex=False)
        process = start(children.commit_all, str(tmp_path), "run", its)
        its.close()
        if kills < KILLS:
            acknowledged += [mine.recv() for _ in range(chance.randint(0, 5))]
            time.sleep(chance.uniform(0, 0.003))
            process.kill()
            kills += 1
        process.join()
        while True:
            try:
                acknowledged.append(mine.recv())
            except EOFError:
                break
        assert {line["file"] for line in run.committed()} >= set(acknowledged)
        assert run.damaged() == []
    assert kills == KILLS
    files = [line["file"] for line in run.journal.lines() if line["kind"] == "chunk"]
    assert len(files) == len(set(files)) == CHUNKS
    assert sorted(path.name for path in (run.path / "chunks").iterdir()) == sorted(
        file.removeprefix("chunks/") for file in files
    )
    found = snapshots.read(run)
    assert found.column("row").tolist() == list(range(1, 1 + 4 * CHUNKS))
    assert np.array_equal(found.column("train_loss"), found.column("row"))
    assert np.array_equal(found.delta.read(0, 1)[:, 0], found.column("row").astype(np.float32))


@pytest.mark.parametrize("before", ["nothing", "sound", "damaged"])
def test_a_commit_that_crashes_anywhere_happened_or_did_not(before, tmp_path):
    old, new = samples.chunk(7, [0, 1], 0, 5), samples.chunk(7, [0, 1], 0, 5, salt=0.25)

    def prepare(runs):
        run = RunFolder.create(runs, "run", samples.spec())
        if before != "nothing":
            file = samples.commit_chunk(run, [0, 1], 0, 5)
            if before == "damaged":
                samples.flip(run.path / file, 300)

    def look(run):
        lines = run.committed("chunk")
        if not lines:
            return "nothing"
        if run.damaged():
            return "damaged"
        found = run.tensors(lines[0]["file"])["delta"]
        return {old["delta"].tobytes(): "sound", new["delta"].tobytes(): "after"}[found.tobytes()]

    assert crash_everywhere("first_commit", prepare, look, tmp_path) == {before, "after"}


def test_replacing_the_anchor_and_tidying_up_after_a_crash_never_lose_it(tmp_path):
    def prepare(runs):
        RunFolder.create(runs, "run", samples.spec()).commit(
            "anchor", samples.ANCHOR, samples.anchor()
        )

    def prepare_torn(runs):  # died between the line and the taking of the place
        for n in range(1, 60):
            shutil.rmtree(runs / "run", ignore_errors=True)
            prepare(runs)
            crash("anchor_again", n, runs)
            if (
                list((runs / "run").glob("*.next"))
                and len(RunFolder.open(runs, "run").journal.lines()) == 2
            ):
                return
        pytest.fail("it never died there")

    def look(run):
        assert run.damaged() == []
        return "delta" in run.tensors(samples.ANCHOR)

    assert crash_everywhere("anchor_again", prepare, look, tmp_path / "replace") == {True, False}
    assert crash_everywhere("recover", prepare_torn, look, tmp_path / "recover") == {True}


def test_a_result_that_crashes_while_it_is_stored_is_absent_or_whole(tmp_path):
    def prepare(runs):
        samples.full_run(runs)

    def prepare_twice(runs):
        prepare(runs)
        derived.write(
            runs / "run", "geometry", {"k": 1}, {"rows": np.zeros(3)}, {"version": 1}, "inputs"
        )

    def look(run):
        found = derived.find(run.path, "geometry")
        if found is not None:
            assert float(found.arrays["rows"].flat[0]) == found.meta["version"] - 1
        return None if found is None else found.meta["version"]

    assert crash_everywhere("derive", prepare, look, tmp_path / "first") == {None, 2}
    assert crash_everywhere("derive", prepare_twice, look, tmp_path / "again") == {1, 2}


def test_a_run_that_crashes_while_it_is_created_is_absent_or_whole(tmp_path):
    for n in range(1, 60):
        runs = tmp_path / str(n)
        runs.mkdir()
        code = crash("create", n, runs)
        found = catalogue.list_runs(runs)
        assert [run.problem for run in found] in ([], [None])
        if not found:
            RunFolder.create(runs, "new", samples.spec())
        else:
            with pytest.raises(RunExistsError):
                RunFolder.create(runs, "new", samples.spec())
        if code == 0:
            assert len(found) == 1
            return
    pytest.fail("creating a run never came to its end")


def crash(work, n, runs):
    process = start(children.crash_at, n, work, str(runs))
    process.join()
    assert process.exitcode in (0, children.CRASHED)
    return process.exitcode


def crash_everywhere(work, prepare, look, base):
    """Crash `work` before its first, second, … file operation; the states found, each the same
    again after tidying up.
    """
    found = set()
    for n in range(1, 60):
        runs = base / str(n)
        runs.mkdir(parents=True)
        prepare(runs)
        code = crash(work, n, runs)
        run = RunFolder.open(runs, "run")
        state = look(run)
        found.add(state)
        with run.lock():
            assert look(run) == state
            left = [
                path.name
                for path in run.path.rglob("*")
                if path.name.endswith((".tmp", ".next")) and "derived" not in path.parts
            ]
            assert left == []
            run.mark("note")
        assert look(RunFolder.open(runs, "run")) == state
        if code == 0:
            return found
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("work", ["commit", "replace", "mark", "derive", "create"])
def test_a_disk_that_refuses_is_named_nothing_is_half_done_and_work_goes_on_when_it_yields(
    fault, work, tmp_path, monkeypatch
):
    run = samples.full_run(tmp_path)
    refused = 0
    for n in range(1, 60):
        number = {"n": 0}
        committed, results = len(run.committed()), derived.find(run.path, "geometry")
        with monkeypatch.context() as patch:
            for name in children.OPERATIONS:
                patch.setattr(os, name, refusing(name, number, n, fault))
            said = refusal(lambda n=n: WORK[work](run, tmp_path, n))
        if said is not None:
            refused += 1
            assert str(tmp_path) in said
            assert os.strerror(fault) in said
        elif number["n"] < n:  # all of it was done, and nothing refused
            assert refused >= 2
            return
        assert run.damaged() == []
        assert len(run.committed()) - committed in (0, 1)
        assert RunFolder.open(tmp_path, "run").committed() == run.committed()
        now = derived.find(run.path, "geometry")
        assert (now is None) == (results is None) or now.meta == {}
        assert all(one.problem is None for one in catalogue.list_runs(tmp_path))
    pytest.fail("it never succeeded")


def refusal(work):
    """What a StorageError says, None where the work is done."""
    try:
        work()
    except StorageError as error:
        return str(error)
    return None


def refusing(name, number, n, fault):
    call = getattr(os, name)

    def wrapped(*args, **options):
        if not children.changes(name, args):
            return call(*args, **options)
        number["n"] += 1
        if number["n"] == n:
            raise OSError(fault, os.strerror(fault), str(args[0]))
        return call(*args, **options)

    return wrapped


WORK = {
    "commit": lambda run, runs, n: samples.commit_chunk(run, [n % 4], n % 3, 3),
    "replace": lambda run, runs, n: samples.commit_chunk(run, [0, 1], 0, 5, salt=n / 1000),
    "mark": lambda run, runs, n: run.mark("note", n=n),
    "derive": lambda run, runs, n: derived.write(
        run.path, "geometry", {}, {"x": np.ones(2)}, {}, "inputs"
    ),
    "create": lambda run, runs, n: RunFolder.create(runs, f"other-{n}", samples.spec()),
}


def test_of_two_who_want_a_run_exactly_one_gets_it_fifty_times(tmp_path):
    RunFolder.create(tmp_path, "run", samples.spec())
    links, processes = [], []
    for _ in range(2):
        mine, its = children.context().Pipe()
        processes.append(start(children.race, str(tmp_path), "run", its))
        links.append(mine)
    for _ in range(RACES):
        assert [link.recv() for link in links] == ["ready", "ready"]
        moment = time.monotonic() + 0.005
        for link in links:
            link.send(moment)
        answers = [link.recv() for link in links]
        winners = [
            process.pid
            for process, answer in zip(processes, answers, strict=True)
            if answer is None
        ]
        assert len(winners) == 1
        said = next(answer for answer in answers if answer is not None)
        assert f"process {winners[0]}" in said
        for link in links:
            link.send("go on")
    for link, process in zip(links, processes, strict=True):
        link.send(None)
        process.join(patience(5))
        assert process.exitcode == 0
