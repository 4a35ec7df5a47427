"""The checks of runs as the pages show them: the stored answers, whether they still hold, and
what is at work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from landscape_app.check_table import MADE_ON
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_stamps import stamp
from landscape_app.errors import LandscapeError
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.registries import CHECKS, REGIMES
from landscape_app.settings import GIVEN
from landscape_app.store import damage, derived
from landscape_app.store import verdict as verdict_of
from landscape_app.store.damage import NOTHING, Damage
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder

State = Literal["ready", "missing", "working", "sampling", "unusable"]
ENDED = ("failed", "cancelled", "interrupted")


@dataclass(frozen=True, eq=False)
class CheckedRun:
    """One run. `stored` holds its answers and is None where it was never verified.

    ready: there are answers. missing: none, but it can be asked. working: a job is at work on it
    (`job`). sampling: not sampled to its end. unusable: cannot be read (`problem`). stale: the
    answers are of other snapshots or by another version. newer: kinds of results that came after
    them. damage: what was damaged since, or before. ended: the last word of a verification that
    came to nothing.
    """

    id: str
    label: str
    slot: int
    state: State
    problem: str = ""
    stored: Result | None = None
    job: JobState | None = None
    verifying: bool = False
    stale: bool = False
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
        known = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return {str(one.get("name")): one for one in known}

    def count(self, passed: bool | None) -> int:
        """How many of the table's checks passed, failed, or do not apply or were not asked
        (None).
        """
        return sum(verdict(self.answers.get(name)) is passed for name in CHECKS)


def verdict(answer: Mapping[str, Any] | None) -> bool | None:
    """Passed, failed, or neither."""
    found = None if answer is None else answer.get("passed")
    return found if isinstance(found, bool) else None


def read(context: Context, runs: tuple[str, ...]) -> tuple[CheckedRun, ...]:
    """Everything about `runs`; nothing here raises for the state of one run."""
    labels = _labels(context, runs)
    return tuple(_run(context, id, slot, labels[slot]) for slot, id in enumerate(runs))


def token(context: Context, runs: tuple[str, ...]) -> str:
    """A short word for all that is drawn: equal words, equal tables. Reads no arrays."""
    return hashlib.sha256(f"{runs} {stamp(context, runs)}".encode()).hexdigest()[:16]


def _labels(context: Context, runs: tuple[str, ...]) -> list[str]:
    """Regimes where they tell the runs apart, else ids."""
    entries = [context.board.find(id) for id in runs]
    regimes = [entry.summary.regime if entry is not None else "" for entry in entries]
    apart = len(set(regimes)) == len(regimes) > 1 and all(regime in REGIMES for regime in regimes)
    return [REGIMES[regime].label for regime in regimes] if apart else list(runs)


def _run(context: Context, id: str, slot: int, label: str) -> CheckedRun:
    entry = context.board.find(id)
    job = entry.job if entry is not None and entry.job.state in AT_WORK else None
    try:
        run = RunFolder.open(context.runs, id)
        inventory = run.inventory()
        stored = inventory.results.find("checks")
        broken = verdict_of.opened(inventory).damage
        # What the checks found is found of files that are not there as they were any more.
        stale = stored is not None and (derived.stale(stored, run) or broken.sample)
        newer = (
            ()
            if stored is None
            else tuple(name for name in MADE_ON if _later(run.path, name, stored))
        )
    except (LandscapeError, OSError) as error:
        return CheckedRun(id, label, slot, "unusable", problem=str(error), job=job)
    state: State = (
        "working"
        if job is not None
        else "sampling"
        if not inventory.finished
        else "missing"
        if stored is None
        else "ready"
    )
    verifying = entry is not None and entry.job.command == "verify"
    ended = (
        entry.job.message or entry.job.state
        if entry is not None and verifying and entry.job.state in ENDED
        else ""
    )
    return CheckedRun(
        id,
        label,
        slot,
        state,
        stored=stored,
        job=job,
        verifying=verifying and job is not None,
        stale=stale,
        newer=newer,
        damage=broken,
        given=GIVEN in (run.spec.data, run.spec.network),
        ended=ended,
    )


def _later(folder: Path, name: str, stored: Result) -> bool:
    newest = next(iter(derived.all(folder, name)), None)
    return newest is not None and newest.created > stored.created


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
    return f"{runs}: {checks}"
