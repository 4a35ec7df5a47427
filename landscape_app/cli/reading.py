"""Commands that read what is stored: list, show, verify, delete."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.sampling import Json, Runs
from landscape_app.cli.trusting import Trust, trusted
from landscape_app.errors import AnalysisError, ChecksFailedError, LandscapeError, RunDamagedError
from landscape_app.settings import GIVEN
from landscape_app.store import commands, damage, verdict

ENDED = ("cancelled", "failed", "interrupted")
LISTED = 4  # runs named in one sentence

if TYPE_CHECKING:
    from landscape_app.store.catalogue import Summary
    from landscape_app.store.run import RunFolder


def list_(*, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Every run and study in the runs folder, with its state; damaged ones are listed as such."""
    from landscape_app.store.folder import check_runs

    check_runs(runs)
    rows = _rows(runs)
    if json:
        say_json(rows)
    elif not rows:
        say(f"No runs in {runs}. Make some: landscape quickstart{commands.at(runs)}")
    else:
        body = [
            [
                r["id"],
                r["kind"],
                r["regime"],
                r["data"],
                r["network"],
                _day(r["created"]),
                _standing(r),
                r["job"]["words"],
                r["problem"] or "",
            ]
            for r in rows
        ]
        say(
            table(
                [
                    "id",
                    "kind",
                    "regime",
                    "data",
                    "network",
                    "created",
                    "run",
                    "last job",
                    "problem",
                ],
                body,
            )
        )
        _unsound({r["id"]: tuple(r["checks_failed"]) for r in rows if r["checks_failed"]}, runs)
        _damaged({r["id"]: r["damaged"]["words"] for r in rows if r["damaged"]}, runs)


def _rows(runs: Path) -> list[dict[str, Any]]:
    """What is listed of every run and study: what it is, how far it is ("run"), and what its last
    job did ("job").
    """
    from landscape_app.jobs.state import state
    from landscape_app.store import standing
    from landscape_app.store.catalogue import list_runs, list_studies
    from landscape_app.store.folder import STUDIES

    rows = []
    for summary in [*list_runs(runs), *list_studies(runs)]:
        folder = runs / summary.id if summary.kind == "run" else runs / STUDIES / summary.id
        job = state(folder)
        stand = (
            standing.of(runs, summary.id)
            if summary.kind == "run"
            else standing.of_study_called(runs, summary.id)
        )
        now = "damaged" if summary.problem else job.state
        told = {"run": stand.told, "job": {**job.told, "words": job.words}}
        found = (
            verdict.read(folder)
            if summary.kind == "run" and not summary.problem
            else verdict.Verdict((), damage.NOTHING)
        )
        rows.append(
            {
                **vars(summary),
                "state": now,
                **told,
                "checks_failed": list(found.failed),
                "damaged": _told(summary, found),
            }
        )
    return rows


def _told(summary: Summary, found: verdict.Verdict) -> dict[str, Any] | None:
    """What is damaged of a run, and the words for it; None where nothing is."""
    given = GIVEN in (summary.data, summary.network)
    files, missing = list(found.damage.files), damage.missing(found.damage)
    return (
        {"files": files, "missing": missing, "words": damage.words(found.damage, given=given)}
        if found.damage
        else None
    )


def _standing(row: Mapping[str, Any]) -> str:
    """How far a run is, whether it is damaged, and whether it is all that its checks ask for."""
    names, words = (
        tuple(row["checks_failed"]),
        "damaged" if row["problem"] else str(row["run"]["words"]),
    )
    parts = [words, "damaged" if row["damaged"] else "", verdict.short(names) if names else ""]
    return ", ".join(part for part in parts if part)


def _unsound(failed: Mapping[str, tuple[str, ...]], runs: Path) -> None:
    """The runs whose checks failed, in the last line of the list."""
    if failed:
        told = [f"{id}: {', '.join(names)}" for id, names in list(failed.items())[:LISTED]]
        more = f"; and {len(failed) - LISTED} more" if len(failed) > LISTED else ""
        say(
            f"Checks failed: {'; '.join(told)}{more}. See them:"
            f" {commands.line('verify', 'ID', runs)}"
        )


def _damaged(found: Mapping[str, str], runs: Path) -> None:
    """The runs of which files are damaged, a line each, with what is missing and the way back."""
    for id, told in list(found.items())[:LISTED]:
        say(f"{id}: {told}")
    if len(found) > LISTED:
        more = len(found) - LISTED
        say(
            f"{'1 more run is' if more == 1 else f'{more} more runs are'} damaged. What is missing:"
            f" {commands.line('show', 'ID', runs)}"
        )


def show(id: str, /, *, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Settings, progress, measures, embedding quality, topology and checks of one run."""
    from landscape_app.jobs.state import state
    from landscape_app.pipeline.report import of_run
    from landscape_app.store import forms
    from landscape_app.store import standing as standings
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    job, stand, found = state(run.path), standings.of_run(run), verdict.opened(run)
    broken = damage.words(found.damage, given=GIVEN in (run.spec.data, run.spec.network))
    result: dict[str, Any] = {
        "id": run.id,
        "state": job.state,
        "run": stand.told,
        "job": {**job.told, "words": job.words},
        "checks_failed": list(found.failed),
        "damaged": (
            {
                "files": list(found.damage.files),
                "results": list(found.damage.results),
                "words": broken,
            }
            if broken
            else None
        ),
        "settings": run.spec.model_dump(),
        "prepared": run.prepared(),
    }
    measures = forms.find(run.path, "measures")
    if run.committed("anchor"):
        result |= {
            "report": of_run(run),
            "measures": [] if measures is None else measures.meta["measures"],
        }
    if json:
        say_json(result)
        return
    standing = (
        f"{run.id}:"
        f" {stand.words}{f', {damage.short(found.damage)}' if broken else ''}{verdict.clause(run.path)}"
    )
    say(standing)
    say(
        "Last job:"
        f" {job.words}{f' {_day(job.updated)}' if job.updated else ''}{f'. {job.message}' if job.message else ''}"
    )
    if job.state in ENDED and not broken and GIVEN not in (run.spec.data, run.spec.network):
        say(
            f"{'Do it again' if job.again and stand.sampled else 'Go on with it'}:"
            f" {commands.line('resume', id, runs)}"
        )
    if broken:
        say(broken)
    say(
        table(
            ["setting", "value"],
            [[name, _text(value)] for name, value in run.spec.model_dump().items()],
        )
    )
    if measures is not None:
        say()
        say(
            table(
                ["measure", "value", "unit"],
                [[m["label"], m["value"], m.get("unit") or ""] for m in measures.meta["measures"]],
            )
        )
    if verdict.failed(run.path):
        say(f"\n{standing}.")


def verify(
    id: str,
    /,
    *,
    runs: Runs = Path("runs"),
    store: Annotated[
        bool,
        Parameter(
            help="Keep the answer with the run, where the page shows it; the run must be sampled.",
            negative="",
        ),
    ] = False,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Check a run from its folder: what is stored, how it was sampled, the network, and what was
    computed from it.

    Each check with its figure, the limit that it is held to, and the stored result that it was made
    on. Exit code 1 if one fails; one that does not apply says why. Code and files that the settings
    of a run of someone else name are left alone without --trust: the checks that need them say so.
    Without --store nothing is written, and a job may be at work on the run.
    """
    from landscape_app.pipeline.verify import verify as work
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    if not run.committed("anchor"):
        raise RunDamagedError(
            f"Run {id} has no trained network yet; there is nothing to verify. Go on with it:"
            f" {commands.line('resume', id, runs)}"
        )
    trusted(run, trust)
    checks = _stored(run) if store else work(run)
    if json:
        say_json({"id": id, "checks": checks})
    else:
        words = {True: "pass", False: "FAIL", None: "n/a"}
        said = [
            "; ".join(commands.whole(part, runs) for part in (c["detail"], c["on"]) if part)
            for c in checks
        ]
        body = [
            [c["label"], words[c["passed"]], c["value"], c["limit"], told]
            for c, told in zip(checks, said, strict=True)
        ]
        say(table(["check", "", "value", "limit", "detail"], body))
    failed = [check["label"] for check in checks if check["passed"] is False]
    if failed:
        raise ChecksFailedError(
            f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}."
        )


def _stored(run: RunFolder) -> list[dict[str, Any]]:
    """The checks, made under the run's lock and kept with it. They take seconds, so they wait for
    no slot.
    """
    from landscape_app.jobs.asked import Asked
    from landscape_app.jobs.session import session
    from landscape_app.pipeline import verify as checking

    if not run.finished:
        raise AnalysisError(
            f"Run {run.id} is not sampled to its end: its checks can be seen, without --store, but"
            " are not kept yet."
        )
    with session(run.path, slot=False, asked=Asked("verify")) as progress:
        return checking.store(
            run, inputs=run.digest(), parameters=checking.parameters(run), progress=progress
        )


def delete(
    id: str,
    /,
    *,
    runs: Runs = Path("runs"),
    yes: Annotated[bool, Parameter(help="Do not ask.", negative="")] = False,
) -> None:
    """Delete a run or a study and everything in its folder. A study's runs stay."""
    from landscape_app.store import catalogue

    if not yes:
        raise LandscapeError(
            f"This deletes {id} and all its snapshots for good. Say so with --yes."
        )
    catalogue.delete(runs, id)
    say(f"{id}: deleted.")


def _day(created: float | None) -> str:
    return (
        "" if not created else datetime.datetime.fromtimestamp(created).strftime("%Y-%m-%d %H:%M")
    )


def _text(value: object) -> str:
    return (
        "–"
        if value is None
        else " ".join(map(str, value))
        if isinstance(value, (tuple, list))
        else str(value)
    )
