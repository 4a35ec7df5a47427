"""The command list: every run and study in the runs folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import minute, say, say_json, table
from landscape_app.errors import LandscapeError
from landscape_app.settings import GIVEN
from landscape_app.store import commands, damage, notes, verdict

if TYPE_CHECKING:
    from landscape_app.store.catalogue import FolderSummary
    from landscape_app.store.standing import Standing

HEAD = ("id", "kind", "regime", "data", "network", "created", "run", "last job", "problem")
LISTED = 4  # runs named in one sentence


def list_(*, runs: Runs = Path("runs"), json: Json = False) -> None:
    """List every run and study in the runs folder with its state. Damaged runs are marked."""
    from landscape_app.store.folder import check_runs

    check_runs(runs)
    rows = _rows(runs)
    if json:
        say_json(rows)
    elif not rows:
        say(f"No runs in {runs}. Make your first runs: landscape quickstart{commands.at(runs)}")
    else:
        labels = {row["id"]: row["label"] for row in rows} if any(r["label"] for r in rows) else {}
        head = (HEAD[0], "label", *HEAD[1:]) if labels else HEAD
        say(table(head, [_cells(row, labels) for row in rows]))
        _unsound({r["id"]: tuple(r["checks_failed"]) for r in rows if r["checks_failed"]}, runs)
        _damaged({r["id"]: r["damaged"]["words"] for r in rows if r["damaged"]}, runs)


def _cells(row: Mapping[str, Any], labels: Mapping[str, str]) -> list[Any]:
    """The cells of a row, in the order of HEAD; with the label where any run has one."""
    id, *labelled = row["id"], *([labels[row["id"]]] if labels else [])
    what = [id, *labelled, *(row[name] for name in ("kind", "regime", "data", "network"))]
    job, problem = row["job"]["words"], row["problem"] or ""
    return [*what, minute(row["created"]), _standing(row), job, problem]


def _rows(runs: Path) -> list[dict[str, Any]]:
    """The facts about every run and study: what it is, its progress ("run"), and its last job
    ("job").
    """
    from landscape_app.jobs.state import state
    from landscape_app.store.catalogue import list_runs, list_studies
    from landscape_app.store.folder import STUDIES

    rows = []
    for summary in [*list_runs(runs), *list_studies(runs)]:
        folder = runs / summary.id if summary.kind == "run" else runs / STUDIES / summary.id
        job = state(folder)
        stand, checked = _read(runs, summary)
        now = "damaged" if summary.problem else job.state
        noted = notes.read(folder) if summary.kind == "run" else notes.NONE
        stages = {"run": stand.told, "job": {**job.told, "words": job.words}}
        rows.append(
            {
                **vars(summary),
                "label": noted.label,
                "note": noted.note,
                "state": now,
                **stages,
                "checks_failed": list(checked.failed),
                "damaged": _told(summary, checked),
            }
        )
    return rows


def _read(runs: Path, summary: FolderSummary) -> tuple[Standing, verdict.Verdict]:
    """The progress of a run or study, and the verdict on a run. Each folder is opened once."""
    from landscape_app.store import standing
    from landscape_app.store.run import RunFolder

    nothing = verdict.Verdict((), damage.NOTHING)
    if summary.kind == "study":
        return standing.of_study_called(runs, summary.id), nothing
    try:
        inventory = RunFolder.open(runs, summary.id).inventory()
        stand = standing.of_run(inventory)
    except LandscapeError:
        return standing.UNREADABLE, nothing
    return stand, nothing if summary.problem else verdict.read(runs / summary.id, inventory)


def _told(summary: FolderSummary, checked: verdict.Verdict) -> dict[str, Any] | None:
    """What is damaged of a run, and the words for it; None where nothing is."""
    given = GIVEN in (summary.data, summary.network)
    files, missing = list(checked.damage.files), damage.missing(checked.damage)
    return (
        {"files": files, "missing": missing, "words": damage.words(checked.damage, given=given)}
        if checked.damage
        else None
    )


def _standing(row: Mapping[str, Any]) -> str:
    """The progress of a run, whether it is damaged, and whether a check failed."""
    names, words = (
        tuple(row["checks_failed"]),
        "damaged" if row["problem"] else str(row["run"]["words"]),
    )
    parts = [words, "damaged" if row["damaged"] else "", verdict.short(names) if names else ""]
    return ", ".join(part for part in parts if part)


def _unsound(failed: Mapping[str, tuple[str, ...]], runs: Path) -> None:
    """The last line of the list: the runs whose checks failed."""
    if failed:
        listed = [f"{id}: {', '.join(names)}" for id, names in list(failed.items())[:LISTED]]
        more = f"; and {len(failed) - LISTED} more" if len(failed) > LISTED else ""
        say(
            f"Checks failed: {'; '.join(listed)}{more}. See them:"
            f" {commands.line('verify', 'ID', runs)}"
        )


def _damaged(damaged: Mapping[str, str], runs: Path) -> None:
    """A line for each run with damaged files: what is missing, and the remedy."""
    for id, description in list(damaged.items())[:LISTED]:
        say(f"{id}: {description}")
    if len(damaged) > LISTED:
        more = len(damaged) - LISTED
        say(
            f"{'1 more run is' if more == 1 else f'{more} more runs are'} damaged. What is missing:"
            f" {commands.line('show', 'ID', runs)}"
        )
