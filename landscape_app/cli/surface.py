"""The command surface: the losses on a line or plane through a run's anchor, the linear baselines
of jump and retrain.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.evaluated import losses, tell
from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.progress import session
from landscape_app.cli.trust import Trust, permitted
from landscape_app.settings import SurfaceSpec, parse


@with_settings(SurfaceSpec)
def surface(
    id: str,
    /,
    *,
    runs: Runs = Path("runs"),
    to: Annotated[Path | None, Parameter(help="Also write npz and csv into this folder.")] = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Evaluate the losses on a line or plane through a run's anchor, on all train and test rows,
    and project its snapshots onto it.

    Parameters
    ----------
    id: str
        The run's name. It must have a trained network. A surface that is up to date is not computed
        again.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline.surface import export
    from landscape_app.pipeline.surface import surface as work
    from landscape_app.store.run import RunFolder

    spec, run = parse(SurfaceSpec, settings), RunFolder.open(runs, id)
    permitted(run, trust, "surface")
    with session(run.path, asked=JobRequest.of("surface", spec)) as progress:
        result = work(run, spec, progress)
    written = export(run, result, to) if to is not None else []
    facts, meta = losses(result), result.meta
    shown = {
        "kind": meta["label"],
        "axes": ", ".join(meta["labels"]),
        "unit": meta["unit"],
        **facts,
        "centre, train loss": meta["centre"]["train_loss"],
        "residual share of the snapshots": meta["residual_share"],
    }
    tell(id, result, facts=facts, shown=shown, written=written, json=json)
