"""The command show: what is stored of one run, or what the numbers of several runs say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import minute, say, say_json, table
from landscape_app.number_text import DASH
from landscape_app.settings import GIVEN
from landscape_app.store import commands, damage, verdict

if TYPE_CHECKING:
    from landscape_app.jobs.state import JobState
    from landscape_app.store.inventory import Inventory
    from landscape_app.store.run import RunFolder
    from landscape_app.store.standing import Standing

ENDED = ("cancelled", "failed", "interrupted")


def show(ids: list[str], /, *, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Show settings, progress, measures, embedding quality, topology and checks of one run. Show of
    several runs what differs between them, and the numbers behind it.

    Parameters
    ----------
    ids: list[str]
        One run, or the runs to compare.
    """
    if len(ids) == 1:
        _show_one(runs, ids[0], json=json)
    else:
        _compare(runs, ids, json=json)


def _compare(runs: Path, ids: list[str], *, json: bool) -> None:
    from landscape_app.store.run import RunFolder
    from landscape_app.stored_run import OpenRun

    first, *others = (OpenRun(RunFolder.open(runs, id)) for id in ids)
    finding = first.finding(*others)
    if json:
        say_json({"ids": ids, "sentences": finding.sentences, "reasons": finding.reasons})
        return
    say("\n".join(finding.sentences))
    say("\n" + "\n".join(f"- {reason}" for reason in finding.reasons))


def _show_one(runs: Path, id: str, *, json: bool) -> None:
    from landscape_app.jobs.state import state
    from landscape_app.store import standing, usable_results
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    inventory, job = run.inventory(), state(run.path)
    progress, checked = standing.of_run(inventory), verdict.opened(inventory)
    stored = usable_results.find(run.path, "measures")
    measures = None if stored is None else stored.meta["measures"]
    broken = damage.words(checked.damage, given=GIVEN in (run.spec.data, run.spec.network))
    if json:
        say_json(_report(run, inventory, job, progress, checked, measures, broken))
        return
    damaged = f", {damage.short(checked.damage)}" if broken else ""
    title = f"{run.id}: {progress.words}{damaged}{verdict.clause(run.path)}"
    say(title)
    _say_job(run, job, broken=bool(broken), sampled=progress.sampled)
    if broken:
        say(broken)
    _say_tables(run, measures)
    if verdict.failed(run.path):
        say(f"\n{title}.")


def _say_tables(run: RunFolder, measures: list[dict[str, Any]] | None) -> None:
    """Print the settings of the run, and its measures if they are computed."""
    settings = run.spec.model_dump().items()
    say(table(["setting", "value"], [[name, _text(value)] for name, value in settings]))
    if measures is not None:
        rows = [[m["label"], m["value"], m.get("unit") or ""] for m in measures]
        say("\n" + table(["measure", "value", "unit"], rows))


def _say_job(run: RunFolder, job: JobState, *, broken: bool, sampled: bool) -> None:
    """Print what the last job did, and the command that resumes it."""
    when, message = minute(job.updated), job.message
    say(f"Last job: {job.words}{f' {when}' if when else ''}{f'. {message}' if message else ''}")
    if job.state in ENDED and not broken and GIVEN not in (run.spec.data, run.spec.network):
        way_on = "Do it again" if job.again and sampled else "Go on with it"
        say(f"{way_on}: {commands.line('resume', run.id, run.path.parent)}")


def _report(
    run: RunFolder,
    inventory: Inventory,
    job: JobState,
    progress: Standing,
    checked: verdict.Verdict,
    measures: list[dict[str, Any]] | None,
    broken: str,
) -> dict[str, Any]:
    """The facts for --json: everything that is printed, and more. broken: what is damaged, in
    words.
    """
    from landscape_app.pipeline.report import of_run

    files, results = list(checked.damage.files), list(checked.damage.results)
    report: dict[str, Any] = {
        "id": run.id,
        "state": job.state,
        "run": progress.told,
        "job": {**job.told, "words": job.words},
        "checks_failed": list(checked.failed),
        "damaged": {"files": files, "results": results, "words": broken} if broken else None,
        "settings": run.spec.model_dump(),
        "prepared": inventory.prepared,
    }
    if inventory.of("anchor"):
        report |= {"report": of_run(run), "measures": measures or []}
    return report


def _text(value: object) -> str:
    # As a flag takes it, in full precision, so not number_text.value, which rounds it.
    if value is None:
        return DASH
    return " ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
