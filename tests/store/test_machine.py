"""Law of sequences: whatever is done to a run in whatever order, what is committed and sound is
exactly what a model says (S11).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from landscape_app.errors import RunExistsError, RunMissingError
from landscape_app.store import catalogue, derived, snapshots
from landscape_app.store.run import RunFolder
from tests.store import samples
from tests.store.conftest import MEMORY

EPOCHS = st.integers(0, 7)


class Runs(RuleBasedStateMachine):
    """The model: {epoch: salt} of the chunks that are committed and sound, or None where there is
    no run.
    """

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.runs = Path(
            tempfile.mkdtemp(prefix="landscape-", dir=MEMORY if MEMORY.is_dir() else None)
        )
        self.sound: dict[int, int] | None = None
        self.damaged: set[int] = set()
        self.stored: int | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.runs)

    @initialize()
    def begin(self) -> None:
        self.create()

    @rule()
    def create(self) -> None:
        if self.sound is not None:
            with pytest.raises(RunExistsError):
                RunFolder.create(self.runs, "run", samples.spec())
            return
        self.run = RunFolder.create(self.runs, "run", samples.spec())
        self.sound, self.damaged, self.stored = {}, set(), None

    @rule(epoch=EPOCHS, salt=st.integers(0, 3))
    def commit(self, epoch: int, salt: int) -> None:
        if self.sound is None:
            return
        samples.commit_chunk(self.run, [0, 1], epoch, epoch, salt=salt / 4)
        self.sound[epoch] = salt
        self.damaged.discard(epoch)

    @rule(epoch=EPOCHS, fault=st.sampled_from(["flip", "cut", "remove"]))
    def damage(self, epoch: int, fault: str) -> None:
        if not self.sound or epoch not in self.sound:
            return
        path = self.run.path / f"chunks/000-{epoch:05d}-{epoch:05d}.safetensors"
        if fault == "flip":
            samples.flip(path, 400)
        elif fault == "cut":
            path.write_bytes(path.read_bytes()[:-1])
        else:
            path.unlink()
        del self.sound[epoch]
        self.damaged.add(epoch)

    # a torn line has no end
    @rule(tail=st.binary(min_size=1, max_size=30).filter(lambda tail: b"\n" not in tail))
    def tear(self, tail: bytes) -> None:
        if self.sound is not None:
            with (self.run.path / "journal.jsonl").open("ab") as file:
                file.write(tail)

    @rule(
        name=st.sampled_from(["x.safetensors.next", ".x.safetensors.1-2.tmp", "stray.safetensors"])
    )
    def litter(self, name: str) -> None:
        if self.sound is not None:
            (self.run.path / "chunks" / name).write_bytes(b"what a crash left")

    @rule()
    def reopen(self) -> None:
        if self.sound is not None:
            self.run = RunFolder.open(self.runs, "run")
            with self.run.lock():
                pass

    @rule(value=st.integers(0, 9))
    def store(self, value: int) -> None:
        if self.sound is not None:
            derived.write(
                self.run.path, "geometry", {"k": 1}, {}, {"value": value}, self.run.digest()
            )
            self.stored = value

    @rule()
    def delete(self) -> None:
        if self.sound is None:
            with pytest.raises(RunMissingError):
                catalogue.delete(self.runs, "run")
            return
        catalogue.delete(self.runs, "run")
        self.sound = None

    @invariant()
    def what_is_there_is_what_the_model_says(self) -> None:
        listed = [run.problem for run in catalogue.list_runs(self.runs)]
        if self.sound is None:
            assert listed == []
            return
        assert listed == [None]
        found = snapshots.read(self.run)
        expected = {
            samples.row_of(7, t, epoch) + salt / 4
            for t in (0, 1)
            for epoch, salt in self.sound.items()
        }
        assert set(found.column("train_loss").tolist()) == expected
        assert len(found) == len(expected)
        assert {int(name[11:16]) for name in self.run.damaged()} == self.damaged
        stored = derived.find(self.run.path, "geometry")
        assert (None if stored is None else stored.meta["value"]) == self.stored


Runs.TestCase.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)
TestRuns = Runs.TestCase
