"""The command jobs: what is at work in a runs folder, and what ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.number_text import duration

HEAD = ("id", "kind", "job", "state", "phase", "progress", "elapsed", "left")


def jobs(
    *,
    runs: Runs = Path("runs"),
    all: Annotated[
        bool, Parameter(help="Also list the jobs that ended, the newest first.", negative="")
    ] = False,
    json: Json = False,
) -> None:
    """List the jobs that are at work in a runs folder or wait for their turn. A run has one job at
    a time. `landscape cancel ID` ends it.
    """
    rows = _rows(runs, all)
    if json:
        say_json(rows)
    elif rows:
        say(table(HEAD, [_cells(row) for row in rows]))
    else:
        say(f"No job in {runs}." if all else f"No job is at work in {runs}.")


def _rows(runs: Path, all: bool) -> list[dict[str, Any]]:
    """The facts about each job: those at work first, then those that ended, newest first."""
    from landscape_app.jobs.state import AT_WORK, state
    from landscape_app.store.catalogue import list_runs, list_studies
    from landscape_app.store.folder import STUDIES

    rows = []
    for summary in [*list_studies(runs), *list_runs(runs)]:
        inside = runs if summary.kind == "run" else runs / STUDIES
        job = state(inside / summary.id)
        if job.state in AT_WORK or (all and job.updated is not None):
            rows.append({"id": summary.id, "kind": summary.kind, **vars(job)})
    return sorted(rows, key=lambda row: (row["state"] not in AT_WORK, -(row["updated"] or 0)))


def _cells(row: dict[str, Any]) -> list[Any]:
    """The cells of a row, in the order of HEAD."""
    from landscape_app.jobs.request import title

    total = f" of {row['total']:,}" if row["total"] else ""
    progress = f"{row['done']:,}{total} {row['unit']}".strip() if row["unit"] else ""
    what = (row["id"], row["kind"], title(row["command"]), row["state"], row["phase"], progress)
    elapsed, left = row["elapsed"], row["eta"]
    return [*what, duration(elapsed) if elapsed else "", duration(left) if left else ""]
