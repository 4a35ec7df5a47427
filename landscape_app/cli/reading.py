"""Commands that read what is stored: list, show, verify, delete, export."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.sampling import Json, Runs
from landscape_app.errors import LandscapeError, RunDamagedError


def list_(*, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Every run and study in the runs folder, with its state; damaged ones are listed as such."""
    from landscape_app.jobs.state import state
    from landscape_app.store.catalogue import list_runs, list_studies

    rows = []
    for summary in [*list_runs(runs), *list_studies(runs)]:
        folder = runs / summary.id if summary.kind == "run" else runs / "_studies" / summary.id
        now = "damaged" if summary.problem else state(folder).state
        rows.append({**vars(summary), "state": now})
    if json:
        say_json(rows)
    elif not rows:
        say(f"No runs in {runs}. Make some: landscape quickstart --runs {runs}")
    else:
        body = [
            [r["id"], r["kind"], r["regime"], r["data"], r["network"], _day(r["created"]), r["state"], r["problem"] or ""] for r in rows
        ]
        say(table(["id", "kind", "regime", "data", "network", "created", "state", "problem"], body))


def show(id: str, /, *, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Settings, progress, measures, embedding quality, topology and checks of one run."""
    from landscape_app.jobs.state import state
    from landscape_app.pipeline.report import of_run
    from landscape_app.store import derived
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    now = state(run.path)
    result: dict[str, Any] = {"id": run.id, "state": now.state, "settings": run.spec.model_dump(), "prepared": run.prepared()}
    measures = derived.find(run.path, "measures")
    if run.committed("anchor"):
        result |= {"report": of_run(run), "measures": [] if measures is None else measures.meta["measures"]}
    if json:
        say_json(result)
        return
    say(f"{run.id}: {now.state}")
    say(table(["setting", "value"], [[name, _text(value)] for name, value in run.spec.model_dump().items()]))
    if measures is not None:
        say()
        say(table(["measure", "value", "unit"], [[m["label"], m["value"], m.get("unit") or ""] for m in measures.meta["measures"]]))


def verify(id: str, /, *, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Check a run from its folder: hashes, row alignment, filter norms, the anchor's loss, the embedding. Exit code 2 if one fails."""
    from landscape_app.pipeline.verify import verify as work
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    if not run.committed("anchor"):
        raise RunDamagedError(f"Run {id} has no trained network yet; there is nothing to verify. Go on with it by: landscape resume {id}")
    checks = work(run)
    if json:
        say_json({"id": id, "checks": checks})
    else:
        words = {True: "pass", False: "FAIL", None: "n/a"}
        say(
            table(
                ["check", "", "value", "limit", "detail"],
                [[c["label"], words[c["passed"]], c["value"], c["limit"], c["detail"]] for c in checks],
            )
        )
    failed = [check["label"] for check in checks if check["passed"] is False]
    if failed:
        raise LandscapeError(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}.")


def delete(id: str, /, *, runs: Runs = Path("runs"), yes: Annotated[bool, Parameter(help="Do not ask.", negative="")] = False) -> None:
    """Delete a run or a study and everything in its folder. A study's runs stay."""
    from landscape_app.store import catalogue

    if not yes:
        raise LandscapeError(f"This deletes {id} and all its snapshots for good. Say so with --yes.")
    catalogue.delete(runs, id)
    say(f"{id}: deleted.")


def export(id: str, /, *, runs: Runs = Path("runs"), to: Annotated[Path, Parameter(help="Folder for ID.npz and ID.csv.")] = Path()) -> None:
    """Write a run's snapshots as npz (columns, δ from the anchor, embedding) and csv (columns and embedding coordinates)."""
    from landscape_app.pipeline.export import export as work
    from landscape_app.store.run import RunFolder

    for file in work(RunFolder.open(runs, id), to):
        say(str(file))


def _day(created: float | None) -> str:
    return "" if not created else datetime.datetime.fromtimestamp(created).strftime("%Y-%m-%d %H:%M")


def _text(value: object) -> str:
    return "–" if value is None else " ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
