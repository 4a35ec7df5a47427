"""The checks of runs as the pages show them: stored answers, and whether they still hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from landscape_app.check_table import MADE_ON, CheckVerdict, verdict
from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.job_parts import ended
from landscape_app.dashboard.common.run_view import RunView, short_hash, stamp
from landscape_app.errors import LandscapeError
from landscape_app.jobs.state import JobState
from landscape_app.registries import CHECKS
from landscape_app.store import damage, derived
from landscape_app.store import verdict as verdict_of
from landscape_app.store.damage import NOTHING, Damage
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder

State = Literal["ready", "missing", "working", "sampling", "unusable"]


@dataclass(frozen=True, eq=False)
class CheckedRun(RunView):
    """One run. `stored` holds its answers and is None where it was never verified.

    ready: there are answers. missing: none, but it can be asked. working: a job is at work on it
    (`job`). sampling: not sampled to its end. unusable: cannot be read (`problem`). stale: the
    answers are of other snapshots or by another version of the analyses; version: that version,
    where nothing else is wrong. newer: kinds of results that came after them. damage: what was
    damaged since, or before. ended: the last word of a verification that came to nothing.
    """

    stored: Result | None = None
    job: JobState | None = None
    verifying: bool = False
    stale: bool = False
    version: str = ""
    newer: tuple[str, ...] = ()
    damage: Damage = NOTHING
    given: bool = False
    ended: str = ""

    @property
    def askable(self) -> bool:
        """Whether a click may have it verified now."""
        return self.state in ("ready", "missing")

    @property
    def answers(self) -> dict[str, Mapping[str, Any]]:
        """{check: its answer} as stored; a check that is newer than they are is not in it."""
        listed = [] if self.stored is None else self.stored.meta.get("checks")
        answers = listed if isinstance(listed, list) else []
        return {str(answer.get("name")): answer for answer in answers if isinstance(answer, dict)}

    def count(self, answered: CheckVerdict) -> int:
        """How many of the table's checks passed, failed, are a note, or gave no answer (None)."""
        return sum(verdict(self.answers.get(name, {})) == answered for name in CHECKS)


def read(context: Context, runs: tuple[str, ...]) -> tuple[CheckedRun, ...]:
    """Everything about `runs`; nothing here raises for the state of one run."""
    labels = run_view.labels(context, runs, brief=False)
    looks = run_view.looks(context, runs)
    return tuple(_run(context, id, slot, looks[slot], labels[slot]) for slot, id in enumerate(runs))


def token(context: Context, runs: tuple[str, ...]) -> str:
    """A short word for all that is drawn: equal words, equal tables. Reads no arrays."""
    return short_hash((runs, stamp(context, runs)))


def _run(context: Context, id: str, slot: int, look: int, label: str) -> CheckedRun:
    entry = context.board.find(id)
    job = run_view.live_job(entry)
    try:
        run = RunFolder.open(context.runs, id)
        inventory = run.inventory()
        stored = inventory.results.find("checks")
        broken = verdict_of.opened(inventory).damage
        # What the checks found is found of files that are not there as they were any more.
        stale = stored is not None and (derived.stale(stored, run) or broken.sample)
        other = stored is not None and stored.inputs != run.digest()
        version = stored.version if stored is not None and not (other or broken.sample) else ""
        newer = () if stored is None else _newer(run.path, stored)
    except (LandscapeError, OSError) as error:
        return CheckedRun(id, label, slot, look, "unusable", problem=str(error), job=job)
    return CheckedRun(
        id,
        label,
        slot,
        look,
        _state(job, finished=inventory.finished, verified=stored is not None),
        stored=stored,
        job=job,
        verifying=job is not None and job.command == "verify",
        stale=stale,
        version=version if stale else "",
        newer=newer,
        damage=broken,
        given=run_view.user_made(run.spec),
        ended=ended(entry, "verify"),
    )


def _state(job: JobState | None, *, finished: bool, verified: bool) -> State:
    if job is not None:
        return "working"
    if not finished:
        return "sampling"
    return "ready" if verified else "missing"


def _newer(folder: Path, stored: Result) -> tuple[str, ...]:
    """Kinds of results of which there is one that is newer than `stored`."""
    return tuple(
        name
        for name in MADE_ON
        if (newest := next(iter(derived.all(folder, name)), None)) is not None
        and newest.created > stored.created
    )


def summary(checked: Sequence[CheckedRun]) -> str:
    """All runs in a line: damage before failed checks; empty where no run was ever verified."""
    damaged = [
        f"{run.id}{' is' if run.damage.sample else ':'} {damage.short(run.damage)}"
        for run in checked
        if run.damage
    ]
    if damaged:
        return "; ".join(damaged)
    verified = [run for run in checked if run.stored is not None]
    if not verified:
        return ""
    failed = sum(run.count(False) for run in verified)
    runs = "1 run verified" if len(verified) == 1 else f"{len(verified)} runs verified"
    checks = (
        f"{failed} checks fail" if failed > 1 else "one check fails" if failed else "no check fails"
    )
    notes = sum(run.count("note") for run in verified)
    more = "" if not notes else ", one note" if notes == 1 else f", {notes} notes"
    return f"{runs}: {checks}{more}"
