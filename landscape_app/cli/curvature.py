"""The command curvature: measures of the network at a run's anchor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.progress import session
from landscape_app.cli.trust import Trust, permitted
from landscape_app.settings import CurvatureSpec, parse


@with_settings(CurvatureSpec)
def curvature(
    id: str,
    /,
    *,
    runs: Runs = Path("runs"),
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Compute Hessian spectrum and trace, sharpness, margins, tolerance of noise, and barriers at a
    run's anchor, on all its train rows.

    Parameters
    ----------
    id: str
        The run's name. It must have a trained network. A result that is up to date is not computed
        again.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline.curvature import curvature as work
    from landscape_app.store.run import RunFolder

    spec, run = parse(CurvatureSpec, settings), RunFolder.open(runs, id)
    permitted(run, trust, "curvature")
    with session(run.path, asked=JobRequest.of("curvature", spec)) as progress:
        result = work(run, spec, progress)
    if json:
        say_json({"id": id, "settings": result.parameters, **result.meta})
        return
    say(
        table(
            ["measure", "value", "unit", ""],
            [[m["label"], m["value"], m["unit"], m["detail"]] for m in result.meta["measures"]],
        )
    )
