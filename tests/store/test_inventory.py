"""Laws of the inventory: it says what its run says, one look at the journal makes it, and what is
asked of it again costs no look at the disk.
"""

from __future__ import annotations

import os
import shutil
import time

import numpy as np
import pytest

from landscape_app.store import catalogue, damage, derived, files, snapshots, standing, verdict
from landscape_app.store.run import RunFolder
from tests.patience import patience
from tests.store import samples

CHUNK = "chunks/002-00000-00005.safetensors"
VISITS = ("open", "lstat", "stat", "scandir")


@pytest.fixture
def visits(monkeypatch):
    """The paths of all opens and looks, in order; cleared by whoever begins to count."""
    paths = []
    for name in VISITS:
        real = getattr(os, name)

        def call(path, *args, real=real, **kwargs):
            paths.append(str(path))
            return real(path, *args, **kwargs)

        monkeypatch.setattr(os, name, call)
    return paths


@pytest.fixture
def settled(tmp_path):
    """A run whose files are old enough to be remembered."""
    run = samples.full_run(tmp_path)
    derived.write(run.path, "checks", {}, {}, {"checks": []}, run.digest())
    earlier = time.time() - 10
    for path in (run.path, *run.path.rglob("*")):
        os.utime(path, (earlier, earlier))
    time.sleep(2 * files.SETTLED / 1e9)  # the time of change cannot be set
    return run


def ask(run):
    """All that is asked of a run, of one inventory."""
    inventory = run.inventory()
    return (
        standing.of_run(inventory).words,
        verdict.opened(inventory).sound,
        verdict.read(run.path, inventory).sound,
        len(snapshots.read(run, inventory)),
        inventory.digest,
        inventory.finished,
        inventory.prepared,
        inventory.damaged,
        inventory.complete,
        inventory.rows.all(),
    )


def test_the_journal_is_looked_at_once_for_all_that_is_asked(settled, visits):
    first = ask(settled)
    visits.clear()
    assert ask(settled) == first
    assert visits.count("journal.jsonl") <= 3, "for its lines once, else among all files"
    inventory = settled.inventory()
    _ = inventory.damaged, inventory.results.all("checks")
    visits.clear()
    for _ in range(3):
        _ = inventory.damaged, inventory.complete, inventory.missing, inventory.rows
        _ = inventory.digest, inventory.finished, inventory.prepared, inventory.results.has("x")
    assert visits == []


def test_a_run_is_opened_and_asked_everything_with_few_visits(settled, visits):
    """162 visits, 22 of them to the journal, when every asker read it for itself; 82 and 3 now."""
    shutil.rmtree(settled.path / "derived")

    def everything():
        run = RunFolder.open(settled.path.parent, settled.id)
        inventory = run.inventory()
        standing.of_run(inventory)
        verdict.opened(inventory)
        snapshots.read(run, inventory)
        return inventory.digest, inventory.prepared, inventory.finished, inventory.damaged

    everything()
    visits.clear()
    everything()
    assert visits.count("journal.jsonl") <= 3
    assert len(visits) <= 90


@pytest.mark.parametrize("fault", [None, "flip", "remove"])
def test_an_inventory_says_what_the_run_says(settled, fault):
    if fault == "flip":
        samples.flip(settled.path / CHUNK, 3000)
    if fault == "remove":
        (settled.path / CHUNK).unlink()
    run = RunFolder.open(settled.path.parent, settled.id)
    inventory = run.inventory()
    assert list(inventory.committed) == run.committed()
    assert inventory.of("chunk") == run.committed("chunk")
    assert list(inventory.damaged) == run.damaged() == ([CHUNK] if fault else [])
    assert inventory.complete == (fault is None)
    there = np.zeros(len(inventory.rows), bool)
    there[snapshots.read(run).column("row")] = True
    assert (inventory.rows_without(inventory.damaged) == there).all()
    assert inventory.rows.all()
    lost = damage.thorough(inventory).rows
    assert (lost.mask(len(there)) == ~there).all()


def test_what_is_committed_later_is_in_the_next_inventory(tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    before = run.inventory()
    run.commit("anchor", samples.ANCHOR, samples.anchor())
    assert (before.of("anchor"), len(run.inventory().of("anchor"))) == ([], 1)


def test_how_far_a_hundred_runs_are_is_told_in_a_quarter_of_a_second(tmp_path):
    content = (samples.full_run(tmp_path, "first").path / "spec.json").read_bytes()
    for number in range(100):
        (tmp_path / f"run-{number}").mkdir()
        (tmp_path / f"run-{number}" / "spec.json").write_bytes(content)
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        for summary in catalogue.list_runs(tmp_path):
            standing.of(tmp_path, summary.id)
        seconds.append(time.process_time() - begun)
    assert min(seconds) < patience(0.25)
