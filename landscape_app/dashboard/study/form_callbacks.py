"""What the form of a new study says while it is filled in, and its launch."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import form_parts, launch_requests
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.forecast import forecast
from landscape_app.dashboard.launch.page_settings import EFFORT, MOST_KNOBS
from landscape_app.dashboard.study import ids
from landscape_app.dashboard.study.form_values import FEW, PRESETS, StudyForm, read, toml, width
from landscape_app.forecast import known
from landscape_app.number_text import size
from landscape_app.settings import RunSpec
from landscape_app.study_settings import StudySpec

PLAIN = (
    *(ids.FORM_NAME, ids.FORM_DATA, ids.FORM_REGIMES, ids.FORM_NETWORKS, ids.FORM_SEEDS),
    ids.FORM_SAMPLINGS,
)
TURNED = tuple(
    id for place in range(MOST_KNOBS) for id in (ids.knob(place), ids.knob_values(place))
)
SHARED = tuple(ids.effort(name) for name in EFFORT)
VALUES = (*PLAIN, *TURNED, *SHARED)
# runs that agree in these take as long and as much
COSTS = ("network", "width", "depth", "train_epochs", "train_batch", "train_rows")


def register(app: Dash, context: Context) -> None:
    """Registers validation, presets and launch."""
    app.callback(
        Output(ids.FORM_OUTLOOK, "children"),
        Output(ids.FORM_STATUS, "children"),
        Output(ids.FORM_TOML, "children"),
        Output(ids.FORM_LAUNCH, "children"),
        Output(ids.FORM_LAUNCH, "disabled"),
        *(Input(id, "value") for id in VALUES),
    )(partial(answers, context))
    app.callback(
        *(Output(id, "value") for id in (ids.FORM_SEEDS, *TURNED, *SHARED)),
        Input(ids.FORM_PRESET, "value"),
        prevent_initial_call=True,
    )(preset)
    app.callback(
        Output(shell.request("study"), "data"),
        Output(ids.FORM_LAUNCH, "loading"),
        Input(ids.FORM_LAUNCH, "n_clicks"),
        State(shell.NONCE, "data"),
        *(State(id, "value") for id in VALUES),
        prevent_initial_call=True,
    )(launch)


def answers(context: Context, *values: Any) -> tuple[Any, ...]:
    """(outlook, fault, file, label of the button, whether it is off) for the values of VALUES."""
    given = _of_controls(values)
    if given.spec is None:
        return form_parts.nothing(), given.fault, "", "Launch", True
    label = f"Launch {len(given.spec.points)} runs"
    return _outlook(given.spec, context), "", toml(given.spec), label, False


def preset(name: Any) -> list[Any]:
    """The values of a preset, in the order of its controls."""
    if name not in PRESETS:
        raise PreventUpdate
    chosen = PRESETS[name]
    turned = [part for setting, values in chosen["knobs"] for part in (setting or None, values)]
    return [chosen["seeds"], *turned, *(chosen["effort"][setting] for setting in EFFORT)]


def launch(clicks: int | None, nonce: Any, *values: Any) -> tuple[Any, bool]:
    """The request that a click on Launch sends."""
    given = _of_controls(values)
    if not clicks or given.spec is None:
        raise PreventUpdate
    return launch_requests.ask(str(nonce), "study", study=dict(given.values)), True


def _of_controls(values: tuple[Any, ...]) -> StudyForm:
    """The form from its controls' values, in the order of VALUES."""
    plain, rest = values[: len(PLAIN)], values[len(PLAIN) :]
    turned, shared = rest[: len(TURNED)], rest[len(TURNED) :]
    name, data, regimes, networks, seeds, samplings = plain
    pairs = [(turned[2 * place], turned[2 * place + 1]) for place in range(MOST_KNOBS)]
    effort = dict(zip(EFFORT, shared, strict=True))
    return read(name, data, regimes, networks, seeds, pairs, effort, samplings)


def _outlook(spec: StudySpec, context: Context) -> Any:
    """What would be computed, and how much its statistics could say."""
    then = (
        "The runs are computed one after another. After a cancel or a crash, Resume goes on from"
        " there."
    )
    return html.Div([form_parts.facts(_facts(spec, context)), message(then, small=True)])


def _facts(spec: StudySpec, context: Context) -> dict[str, str]:
    """Runs, snapshots, disk, time and precision, in words."""
    runs = list(spec.runs.values())
    forecasts = [forecast(run, context.runs) for run in _distinct(runs)]
    share = len(runs) / len(forecasts)
    disk = [run.disk for run in forecasts if run.disk is not None]
    space, time = "known after the data are read", "measured when the first run begins"
    if len(disk) == len(forecasts):
        space = f"about {size(sum(disk) * share)}"
    if (measured := known.study(spec, context.runs)) is not None:
        time = f"{measured[0].words}, at the speed of {measured[1]}"
    configurations = len(runs) // len(spec.seeds)
    half = width(configurations, len(spec.seeds)) / 2
    return {
        "Runs": f"{len(runs)} = {_product(spec)}",
        "Snapshots": f"{sum(run.snapshots for run in forecasts) * share:,.0f} in all",
        "On disk": space,
        "Time": time,
        "Precision": f"± {half:.2f} for a τ near 0.5{_few(configurations)}",
    }


def _distinct(runs: list[RunSpec]) -> list[RunSpec]:
    """Runs that differ in more than their regime and seed: the others take as long and as much."""
    distinct: dict[tuple[Any, ...], RunSpec] = {}
    for run in runs:
        distinct.setdefault(tuple(getattr(run, name) for name in COSTS), run)
    return list(distinct.values())


def _product(spec: StudySpec) -> str:
    """3 regimes × 2 learning rates × 2 seeds, without what there is one of."""
    counts = [(len(spec.regimes), "regimes"), (len(spec.networks), "networks")]
    counts += [
        (len(values), _plural(str(RunSpec.model_fields[name].title).lower()))
        for name, values in spec.knobs.items()
    ]
    counts.append((len(spec.seeds), "seeds"))
    told = [f"{count} {what}" for count, what in counts if count > 1]
    return " × ".join(told)


def _plural(title: str) -> str:
    return (
        title if title.endswith("s") else f"values of {title}" if " " not in title else f"{title}s"
    )


def _few(configurations: int) -> str:
    return (
        f"; {configurations} configurations are too few for a valid interval"
        if configurations < FEW
        else ""
    )
