"""The command show: what is stored of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import minute, say, say_json, table
from landscape_app.settings import GIVEN
from landscape_app.store import commands, damage, verdict

ENDED = ("cancelled", "failed", "interrupted")


def show(id: str, /, *, runs: Runs = Path("runs"), json: Json = False) -> None:
    """Settings, progress, measures, embedding quality, topology and checks of one run."""
    from landscape_app.jobs.state import state
    from landscape_app.pipeline.report import of_run
    from landscape_app.store import standing as standings
    from landscape_app.store import usable_results
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    inventory = run.inventory()
    job, stand, checked = state(run.path), standings.of_run(inventory), verdict.opened(inventory)
    broken = damage.words(checked.damage, given=GIVEN in (run.spec.data, run.spec.network))
    result: dict[str, Any] = {
        "id": run.id,
        "state": job.state,
        "run": stand.told,
        "job": {**job.told, "words": job.words},
        "checks_failed": list(checked.failed),
        "damaged": (
            {
                "files": list(checked.damage.files),
                "results": list(checked.damage.results),
                "words": broken,
            }
            if broken
            else None
        ),
        "settings": run.spec.model_dump(),
        "prepared": inventory.prepared,
    }
    measures = usable_results.find(run.path, "measures")
    if inventory.of("anchor"):
        result |= {
            "report": of_run(run),
            "measures": [] if measures is None else measures.meta["measures"],
        }
    if json:
        say_json(result)
        return
    standing = (
        f"{run.id}:"
        f" {stand.words}{f', {damage.short(checked.damage)}' if broken else ''}{verdict.clause(run.path)}"
    )
    say(standing)
    say(
        "Last job:"
        f" {job.words}{f' {minute(job.updated)}' if job.updated else ''}{f'. {job.message}' if job.message else ''}"
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


def _text(value: object) -> str:
    return (
        "–"
        if value is None
        else " ".join(map(str, value))
        if isinstance(value, (tuple, list))
        else str(value)
    )
