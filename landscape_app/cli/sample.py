"""The command sample: points around a run's anchor without retraining, as the paper's naive and
grid samplings.
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
from landscape_app.settings import SampleSpec, parse


@with_settings(SampleSpec)
def sample(
    id: str,
    /,
    *,
    runs: Runs = Path("runs"),
    to: Annotated[Path | None, Parameter(help="Also write npz and csv into this folder.")] = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Record what a snapshot has at points around a run's anchor that are not retrained: losses,
    accuracies, answers on the probes, losses of single examples. Also make the pictures that
    Explore's menu Sampling shows.

    Parameters
    ----------
    id: str
        The run's name. It must have a trained network. A sampling that is up to date is not
        computed again; one that was interrupted goes on.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import clouds
    from landscape_app.pipeline.static_sampling import export
    from landscape_app.pipeline.static_sampling import sample as work
    from landscape_app.store.run import RunFolder

    spec, run = parse(SampleSpec, settings), RunFolder.open(runs, id)
    permitted(run, trust, "sample")
    with session(run.path, asked=JobRequest.of("sample", spec)) as progress:
        result = work(run, spec, progress)
        clouds.make(run, progress)
    written = export(run, result, to) if to is not None else []
    seeds = result.arrays["seeds"]
    facts = {
        "points": len(seeds),
        "direction_seeds": f"{seeds.min()}-{seeds.max()}",
        **losses(result),
    }
    shown = {"kind": result.meta["label"], "unit": result.meta["unit"], **facts}
    tell(id, result, facts=facts, shown=shown, written=written, json=json)
