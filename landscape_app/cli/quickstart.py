"""The command quickstart: three runs of digits that show everything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.progress import session
from landscape_app.store import commands

HEAD = (
    "run",
    "regime",
    "train acc",
    "test acc",
    "gap",
    "components",
    "DEMaP",
    "total persistence",
    "checks failed",
)


def quickstart(
    *,
    runs: Runs = Path("runs"),
    fresh: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> None:
    """Train a good, a plain and a poor generalizer of digits. Sample their landscapes and analyse
    them one by one and together.

    If you call it again in the same folder, it reuses what is finished and continues the rest.

    Parameters
    ----------
    fresh: bool
        Begin a new quickstart study beside the existing ones. Nothing is overwritten.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline.quickstart import quickstart as work
    from landscape_app.pipeline.workers import crew_of

    asked = partial(session, asked=JobRequest("quickstart"))
    result = work(runs, fresh=fresh, session=asked, crew=crew_of)
    if json:
        say_json(result)
        return
    say(table(HEAD, [_cells(run) for run in result["runs"]]))
    say(
        f"{result['seconds']:.1f} s{unsound(result, runs)}. Look at them: landscape"
        f" serve{commands.at(runs)}"
    )


def _cells(run: Mapping[str, Any]) -> list[Any]:
    """The cells of a run, in the order of HEAD."""
    accuracies = [run[name] for name in ("train_accuracy", "test_accuracy", "gap_accuracy")]
    embedding = [run["embedding"][name] for name in ("components", "demap")]
    persistence = run["topology"]["total_persistence_h0"]
    return [run["id"], run["regime"], *accuracies, *embedding, persistence, run["checks_failed"]]


def unsound(result: Mapping[str, Any], runs: Path) -> str:
    """From a study's report: which of its runs have failed checks or damage, as part of a
    sentence.
    """
    failures = [
        f"{run['id']} ({run['checks_failed']})" for run in result["runs"] if run["checks_failed"]
    ]
    return (
        f", but checks failed: {', '.join(failures)}; see {commands.line('verify', 'ID', runs)}"
        if failures
        else ""
    )
