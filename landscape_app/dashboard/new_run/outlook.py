"""What a launch of the form would compute and store, as a small table beside it."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.common import form_parts
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.forecast import RunForecast, forecast
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.dashboard.new_run.values import RunForm
from landscape_app.number_text import duration, size
from landscape_app.registries import REGIMES
from landscape_app.settings import RunSpec

UNREAD = "known after the data are read"
UNMEASURED = "measured when the first such run begins"


def outlook(form: RunForm, context: Context) -> Any:
    """The table, for all runs of the form."""
    if not form.specs:
        return form_parts.nothing()
    spec, number = form.specs[0], len(form.specs)
    lines = {
        "Runs": ", ".join(REGIMES[spec.regime].label for spec in form.specs),
        **_of_run(spec, forecast(spec, context.runs), number),
    }
    return html.Div([form_parts.facts(lines), _after(number) if number > 1 else None])


def _of_run(spec: RunSpec, run: RunForecast, number: int) -> dict[str, str]:
    """{what: words} of `number` runs like this one."""
    zero = " (0 is the control)" if spec.controls else ""
    steps = f"{spec.seeds} directions × {len(spec.all_step_sizes)} step sizes{zero}"
    epochs = f"{spec.train_epochs:,} epochs" if spec.train_epochs else ""
    disk = UNREAD if run.disk is None else f"about {size(run.disk * number)}"
    time = UNMEASURED
    if run.seconds is not None:
        time = f"about {duration(run.seconds * number)}, at the pace of {run.measured}"
    return {
        "Weights": UNREAD if run.parameters is None else f"{run.parameters:,}",
        "Training": epochs or "none: the initial weights are the anchor",
        "Trajectories": f"{run.trajectories:,} = {steps}",
        "Snapshots": f"{run.snapshots:,}{' a run' if number > 1 else ''}",
        "On disk": disk + (f" for {number} runs" if number > 1 else ""),
        "Time": time,
    }


def _after(number: int) -> Any:
    more = "" if number <= MOST_COMPARED else " of up to four runs: choose them on Jobs"
    return message(f"One after another, then compared in a study{more}.", small=True)
