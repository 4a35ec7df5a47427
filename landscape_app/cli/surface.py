"""The command surface: the losses on a line or plane through a run's anchor, the linear baselines
of jump and retrain.
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
from landscape_app.settings import SurfaceSpec, parse

if TYPE_CHECKING:
    from landscape_app.store.derived import Result


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
    shown = {
        "kind": result.meta["label"],
        "axes": ", ".join(result.meta["labels"]),
        "unit": result.meta["unit"],
        **_range(result),
        "centre, train loss": result.meta["centre"]["train_loss"],
        "residual share of the snapshots": result.meta["residual_share"],
    }
    return [[name, number_text.plain(value, 6)] for name, value in shown.items()]


def _range(result: Result) -> dict[str, float | int | None]:
    """The lowest and the highest finite train loss, and how many points are not finite."""
    import numpy as np

    losses = result.arrays["train_loss"]
    finite = losses[np.isfinite(losses)]
    ends = (
        {"lowest_train_loss": float(finite.min()), "highest_train_loss": float(finite.max())}
        if len(finite)
        else {}
    )
    return {
        "lowest_train_loss": None,
        "highest_train_loss": None,
        **ends,
        "not_finite": int(losses.size - len(finite)),
    }
