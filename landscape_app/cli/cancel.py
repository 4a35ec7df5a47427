"""The command cancel: end the job at work on a run or a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Runs
from landscape_app.cli.output import say
from landscape_app.errors import LandscapeError


def cancel(
    id: Annotated[str, Parameter(help="The name of the run or study.")],
    /,
    *,
    runs: Runs = Path("runs"),
) -> None:
    """End the job at work on a run or a study. What it stored is kept, and `landscape resume ID`
    goes on from there.

    The job has about 5 seconds to stop by itself; then it is killed. A job that waits for its turn
    never starts.
    """
    from landscape_app.jobs import cancel as jobs
    from landscape_app.store import catalogue, commands

    folder = catalogue.find(runs, id)
    if not jobs.cancel_and_wait(folder):
        raise LandscapeError(f"No job is at work on '{id}'.")
    say(f"{id}: cancelled. What was stored is kept. Go on: {commands.line('resume', id, runs)}")
