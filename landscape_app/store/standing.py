"""The progress of a run or study, from what is committed and stored. For its last job see
jobs/state.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from landscape_app.errors import LandscapeError
from landscape_app.store import derived
from landscape_app.store.inventory import Inventory
from landscape_app.store.journal import Line
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

State = Literal["empty", "partial", "sampled", "analysed", "results", "unreadable"]


@dataclass(frozen=True)
class Standing:
    """empty: nothing is committed. partial: `done` of `total` snapshots (for a study: runs) exist.
    sampled: all exist.

    analysed: all exist, and the results of their analysis are stored. results: of a study that came
    without its runs, with its table. wanted: the user asked for an
    analysis. unreadable: the journal cannot be read.
    """

    state: State
    done: int = 0
    total: int = 0
    wanted: bool = True
    kind: Literal["run", "study"] = "run"

    @property
    def sampled(self) -> bool:
        """Whether every snapshot exists, so that the run can be compared."""
        return self.state in ("sampled", "analysed")

    @property
    def words(self) -> str:
        """The state in words: 120 of 821 snapshots; analysed."""
        if self.kind == "study":
            words = {
                "analysed": "compared",
                "results": "results without runs",
                "unreadable": "unreadable",
            }
            return words.get(self.state, f"{self.done:,} of {self.total:,} runs sampled")
        if self.state == "partial":
            return f"{self.done:,} of {self.total:,} snapshots"
        return {
            "empty": "not begun",
            "sampled": "sampled, not analysed" if self.wanted else "sampled",
        }.get(self.state, self.state)

    @property
    def told(self) -> dict[str, Any]:
        """The progress as the command line prints it in JSON."""
        return {"state": self.state, "done": self.done, "of": self.total, "words": self.words}


EMPTY = Standing("empty")
UNREADABLE = Standing("unreadable")


def of_run(inventory: Inventory) -> Standing:
    """The progress of a run. Reads one small file and no snapshots."""
    total, wanted = inventory.spec.snapshots, inventory.analysed_too
    if not inventory.finished:
        there = sum(snapshots(line) for line in inventory.of("chunk"))
        done = min(total, len(inventory.of("anchor")) + there)
        return Standing("partial" if inventory.lines else "empty", done, total, wanted)
    results = inventory.results
    analysed = results.has("embedding") and any(
        result.inputs == inventory.digest for result in results.all("measures")
    )
    return Standing("analysed" if analysed else "sampled", total, total, wanted)


def of_study(folder: Path, members: Sequence[Standing]) -> Standing:
    """The progress of the study in `folder`. `members`: the progress of its runs."""
    if results_only(folder, members):
        return Standing("results", 0, len(members), kind="study")
    done = sum(member.sampled for member in members)
    compared = done == len(members) and (
        derived.has(folder, "shared") or derived.has(folder, "table")
    )
    state: State = (
        "analysed"
        if compared
        else "sampled"
        if done == len(members)
        else "partial"
        if done
        else "empty"
    )
    return Standing(state, done, len(members), kind="study")


def results_only(folder: Path, members: Sequence[Standing]) -> bool:
    """Whether the study in `folder` has its table, and none of its runs is there."""
    return all(member.state == "unreadable" for member in members) and derived.has(folder, "table")


def of(runs: Path, id: str) -> Standing:
    """The progress of the run `id`; "unreadable" where it does not exist or cannot be read."""
    try:
        return of_run(RunFolder.open(runs, id).inventory())
    except LandscapeError:
        return UNREADABLE


def of_study_called(runs: Path, id: str) -> Standing:
    """The progress of the study `id`; "unreadable" where it does not exist or cannot be read."""
    try:
        study = StudyFolder.open(runs, id)
    except LandscapeError:
        return Standing("unreadable", kind="study")
    return of_study(study.path, [of(runs, run) for run in study.runs])


def snapshots(line: Line) -> int:
    """The number of snapshots in a file according to its chunk's line; 0 where the line has no such
    number. The folder may come from someone else.
    """
    trajectories, first, last = (
        line.get("trajectories"),
        _epoch(line.get("first")),
        _epoch(line.get("last")),
    )
    if not isinstance(trajectories, list) or first is None or last is None:
        return 0
    return len(trajectories) * max(0, last - first + 1)


def _epoch(given: Any) -> int | None:
    return (
        given
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 1 << 31
        else None
    )
