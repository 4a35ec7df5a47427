"""What every run and study is doing, read from their folders again where files have changed."""

from __future__ import annotations

import math
import os
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from landscape_app.errors import LandscapeError
from landscape_app.jobs.state import AT_WORK, JobState, state
from landscape_app.settings import GIVEN
from landscape_app.store import catalogue, damage, derived, names, notes, verdict
from landscape_app.store.catalogue import FolderSummary
from landscape_app.store.damage import NOTHING, Damage
from landscape_app.store.notes import Notes
from landscape_app.store.run import HEAD
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.store.standing import EMPTY, Standing, of, of_study
from landscape_app.store.study import StudyFolder
from landscape_app.store.verdict import Verdict

RESUMABLE = ("cancelled", "failed", "interrupted", "idle")
# s for each run in the folder, that the verdict on a run is trusted: looking at 1,000 takes a
# quarter of a second
LOOK = 0.005
FRESH = 0.3  # s that one reading serves everyone who asks: 20 tabs cost what one costs
LIST_AGE = 10.0  # s that a list of folders is trusted while no folder comes or goes
DAMAGED_AGE = 2.0  # … while one of them cannot be read: it may be put back from a copy
MOMENT = 5.0  # s: what was made together is listed together, by name
FILES = ("status.json", "journal.jsonl", "run.lock", "study.json", "cancel", "exit.json")


@dataclass(frozen=True)
class BoardEntry:
    """A run or a study (then with the ids of its runs): how far it is (`standing`), what its last
    job does or did (`job`), and whether it is sound: `failed` are the checks of a run that failed
    when they were made, `damage` what was damaged of it since, told by sizes and times. `notes`:
    the label and the note that a person gave the run.

    `waits`: nobody works at it yet, but it is about to come to that: a study whose runs are being
    sampled, a run of a study at work.
    """

    summary: FolderSummary
    job: JobState
    path: Path
    runs: tuple[str, ...] = ()
    waits: bool = False
    failed: tuple[str, ...] = ()
    standing: Standing = field(default=EMPTY)
    damage: Damage = NOTHING
    notes: Notes = notes.NONE

    @property
    def given(self) -> bool:
        """Whether it was made of objects that no job can rebuild."""
        return GIVEN in (self.summary.data, self.summary.network)

    @property
    def id(self) -> str:
        """The run's or the study's id."""
        return self.summary.id

    @property
    def named(self) -> str:
        """What a list calls it: LABEL (ID) where a person gave it a label, else its id."""
        return f"{self.notes.label} ({self.id})" if self.notes.label else self.id

    @property
    def live(self) -> bool:
        """Whether a job is at work on it, or waits to be."""
        return self.job.state in AT_WORK

    @property
    def sampled(self) -> bool:
        """Whether it is a whole run, sampled to its end, whatever its last job came to."""
        return self.summary.kind == "run" and self.summary.problem is None and self.standing.sampled

    @property
    def results_only(self) -> bool:
        """Whether it is a study that came without its runs."""
        return self.standing.state == "results"

    @property
    def resumable(self) -> bool:
        """Whether Resume makes sense: readable, not at work, and unfinished or damaged."""
        if self.results_only:
            return False
        wanting = self.job.state in RESUMABLE or (self.broken and not self.given)
        return wanting and not self.live and self.summary.problem is None and not self.waits

    @property
    def broken(self) -> bool:
        """Whether a part of the sample is damaged, which only Resume makes again."""
        return self.damage.sample and not self.damage.final

    @property
    def going_on(self) -> str:
        """The word on the button that goes on."""
        if self.broken:
            return "Resume"
        return (
            "Start"
            if self.job.state == "idle"
            else "Again"
            if self.job.again and self.standing.sampled
            else "Resume"
        )


class Board:
    """Entries of one runs folder, newest first; safe to ask from many threads."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._lock = threading.Lock()
        self._entries: list[BoardEntry] = []
        self._read = float("-inf")
        self._list: list[FolderSummary] = []
        self._list_of: tuple[object, ...] = ()
        self._list_read = float("-inf")
        self._states: dict[Path, tuple[tuple[object, ...], JobState]] = {}
        self._standings: dict[Path, tuple[tuple[object, ...], Standing]] = {}
        self._verdicts: dict[Path, tuple[object, Verdict]] = {}
        self._looked: dict[Path, float] = {}
        self._notes: dict[Path, tuple[object, Notes]] = {}
        self._gaps: dict[Path, tuple[object, float | None]] = {}
        self._runs_of: dict[tuple[str, float | None], tuple[str, ...]] = {}

    def entries(self, *, now: bool = False) -> list[BoardEntry]:
        """Every run and study; a reading younger than FRESH is given again unless `now`."""
        with self._lock:
            if now or time.monotonic() - self._read > FRESH:
                self._entries = _waiting([self._entry(*folder) for folder in self._folders()])
                self._read = time.monotonic()
            return self._entries

    def live(self) -> list[BoardEntry]:
        """Jobs at work or waiting; the runs of a live study are part of its job."""
        live = [entry for entry in self.entries() if entry.live]
        inside = {run for entry in live for run in entry.runs}
        return [entry for entry in live if entry.id not in inside]

    def find(self, id: str) -> BoardEntry | None:
        """The entry called `id`, or None if there is none (any more)."""
        return next((entry for entry in self.entries() if entry.id == id), None)

    def _entry(self, summary: FolderSummary, path: Path) -> BoardEntry:
        runs, job, is_run = self._members(summary), self._state(path), summary.kind == "run"
        standing = (
            self._standing(path)
            if is_run
            else of_study(path, [self._standing(self._runs / id) for id in runs])
        )
        looked = is_run and summary.problem is None and job.state not in AT_WORK
        judged = self._verdict(path) if looked else Verdict((), NOTHING)
        failed = judged.failed if standing.sampled else ()
        return BoardEntry(
            summary,
            job,
            path,
            runs,
            failed=failed,
            standing=standing,
            damage=judged.damage,
            notes=self._notes_of(path) if is_run else notes.NONE,
        )

    def _notes_of(self, run: Path) -> Notes:
        """The label and the note of a run; read again where notes.json was changed."""
        stat = names.look(run / notes.NAME)
        if stat is None:
            return notes.NONE
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        known = self._notes.get(run)
        if known is None or known[0] != stamp:
            known = self._notes[run] = (stamp, notes.read(run))
        return known[1]

    def gap(self, id: str) -> float | None:
        """Test loss minus train loss at the anchor of the run `id`, in nats; None where it is not
        stored. Read again where results were stored since.
        """
        path = self._runs / id
        stat = names.look(path / derived.FOLDER)
        stamp = stat and (stat.st_mtime_ns, stat.st_ino)
        known = self._gaps.get(path)
        if known is None or known[0] != stamp:
            known = self._gaps[path] = (stamp, _stored_gap(path))
        return known[1]

    def _standing(self, run: Path) -> Standing:
        """How far a run is; read again where something was committed or stored."""
        files = (JOURNAL, derived.FOLDER, HEAD)
        stamp = tuple(
            (stat.st_mtime_ns, stat.st_size) if (stat := _stat(run / name)) else None
            for name in files
        )
        known = self._standings.get(run)
        if known is None or known[0] != stamp:
            known = self._standings[run] = (stamp, of(self._runs, run.name))
        return known[1]

    def _verdict(self, path: Path) -> Verdict:
        """Whether the run is sound; looked at the more seldom the more runs there are."""
        known = self._verdicts.get(path)
        age = time.monotonic() - self._looked.get(path, float("-inf"))
        if known is not None and age < LOOK * len(self._list):
            return known[1]
        self._looked[path] = time.monotonic()
        stat = names.look(path / derived.FOLDER)
        stamp = (stat and (stat.st_mtime_ns, stat.st_ino), damage.stamps(path))
        if known is None or known[0] != stamp:
            known = self._verdicts[path] = (stamp, verdict.read(path))
        return known[1]

    def _folders(self) -> list[tuple[FolderSummary, Path]]:
        studies = self._runs / "_studies"
        of = tuple(
            (stat.st_mtime_ns, stat.st_ino)
            for stat in (_stat(self._runs), names.look(studies))
            if stat
        )
        age = DAMAGED_AGE if any(summary.problem for summary in self._list) else LIST_AGE
        if of != self._list_of or time.monotonic() - self._list_read > age:
            self._list = sorted(
                [*catalogue.list_runs(self._runs), *catalogue.list_studies(self._runs)],
                key=lambda summary: (-round((summary.created or 0) / MOMENT), summary.id),
            )
            self._list_of, self._list_read = of, time.monotonic()
            self._forget()
        return [
            (summary, (studies if summary.kind == "study" else self._runs) / summary.id)
            for summary in self._list
        ]

    def _forget(self) -> None:
        """What is known of folders that are gone goes."""
        gone = [path for path in (*self._states, *self._standings) if not names.is_folder(path)]
        for known in (self._states, self._standings, self._verdicts, self._notes, self._gaps):
            for path in gone:
                known.pop(path, None)

    def _members(self, summary: FolderSummary) -> tuple[str, ...]:
        """The runs that a study compares, there or not; they never change after it is made."""
        if summary.kind != "study":
            return ()
        key = (summary.id, summary.created)
        if key not in self._runs_of:
            try:
                self._runs_of[key] = tuple(StudyFolder.open(self._runs, summary.id).runs)
            except LandscapeError:
                return ()
        return self._runs_of[key]

    def _state(self, path: Path) -> JobState:
        """The job's state; read again while it is live, as a killed job changes no file."""
        stamp = names.times(path, FILES)
        known = self._states.get(path)
        if known is None or known[0] != stamp or known[1].state in AT_WORK:
            known = self._states[path] = (stamp, state(path))
        return known[1]


def _stored_gap(run: Path) -> float | None:
    stored = derived.find(run, "measures")
    measures = [] if stored is None else stored.meta.get("measures") or []
    for measure in measures:
        value = measure.get("value") if isinstance(measure, dict) else None
        if isinstance(value, (int, float)) and measure.get("name") == "gap_loss":
            return float(value) if math.isfinite(value) else None
    return None


def _waiting(entries: list[BoardEntry]) -> list[BoardEntry]:
    """`entries`; those that a live job, or one queued before them, will come to are marked."""
    live = [entry for entry in entries if entry.live]
    sampled = {entry.id for entry in live if not entry.runs}
    ahead = {run for entry in live for run in entry.runs}
    idle = (entry for entry in entries if entry.job.state == "idle")
    waits = {
        entry.path for entry in idle if entry.id in ahead or not sampled.isdisjoint(entry.runs)
    }
    return [replace(entry, waits=True) if entry.path in waits else entry for entry in entries]


def _stat(runs: Path) -> os.stat_result | None:
    try:
        return runs.stat()  # the runs folder itself may be a link
    except OSError:
        return None
