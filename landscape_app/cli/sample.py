"""The command sample: points around a run's anchor without retraining, as the paper's naive and
grid samplings.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app import number_text
from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.progress import session
from landscape_app.cli.trust import Trust, permitted
from landscape_app.settings import SampleSpec, parse

if TYPE_CHECKING:
    from landscape_app.store.derived import Result


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
    accuracies, answers on the probes, losses of single examples.

    Parameters
    ----------
    id: str
        The run's name. It must have a trained network. A sampling that is up to date is not
        computed again; one that was interrupted goes on.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline.static_sampling import export
    from landscape_app.pipeline.static_sampling import sample as work
    from landscape_app.store.run import RunFolder

    spec, run = parse(SampleSpec, settings), RunFolder.open(runs, id)
    permitted(run, trust, "sample")
    with session(run.path, asked=JobRequest.of("sample", spec)) as progress:
        result = work(run, spec, progress)
    written = [str(file) for file in export(run, result, to)] if to is not None else []
    if json:
        say_json({"id": id, **result.parameters, **result.meta, **_range(result), "files": written})
        return
    say(table(["", ""], _rows(result)))
    for file in written:
        say(file)


def _rows(result: Result) -> list[list[Any]]:
    """One line for each fact: its name and its value. Floats are text, so that words and numbers
    share a column.
    """
    shown = {"kind": result.meta["label"], "unit": result.meta["unit"], **_range(result)}
    return [[name, number_text.plain(value, 6)] for name, value in shown.items()]


def _range(result: Result) -> dict[str, Any]:
    """How many points there are, the seeds of their directions, the lowest and the highest finite
    train loss, and how many points are not finite.
    """
    import numpy as np

    losses, seeds = result.arrays["train_loss"], result.arrays["seeds"]
    finite = losses[np.isfinite(losses)]
    return {
        "points": len(losses),
        "direction_seeds": f"{seeds.min()}-{seeds.max()}",
        "lowest_train_loss": float(finite.min()) if len(finite) else None,
        "highest_train_loss": float(finite.max()) if len(finite) else None,
        "not_finite": int(len(losses) - len(finite)),
    }
