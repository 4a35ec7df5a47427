"""What the form of a new study says while it is filled in, and its launch."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.forecast import forecast
from landscape_app.dashboard.launch.page_study import EFFORT, MOST_KNOBS
from landscape_app.dashboard.study import ids
from landscape_app.dashboard.study.form_values import FEW, PRESETS, Read, read, toml, width
from landscape_app.number_text import duration, size
from landscape_app.settings import RunSpec
from landscape_app.study_settings import StudySpec

PLAIN = (ids.FORM_NAME, ids.FORM_DATA, ids.FORM_REGIMES, ids.FORM_NETWORKS, ids.FORM_SEEDS)
TURNED = tuple(
    one for place in range(MOST_KNOBS) for one in (ids.knob(place), ids.knob_values(place))
)
SHARED = tuple(ids.effort(name) for name in EFFORT)
VALUES = (*PLAIN, *TURNED, *SHARED)


def register(app: Dash, context: Context) -> None:
    """Registers validation, presets and launch."""

    @app.callback(
        Output(ids.FORM_OUTLOOK, "children"),
        Output(ids.FORM_STATUS, "children"),
        Output(ids.FORM_TOML, "children"),
        Output(ids.FORM_LAUNCH, "children"),
        Output(ids.FORM_LAUNCH, "disabled"),
        *(Input(id, "value") for id in VALUES),
    )
    def say(*values: Any) -> Any:
        given = of_controls(values)
        if given.spec is None:
            return (
                html.P("Nothing, until the form is right.", className="ls-muted"),
                given.fault,
                "",
                "Launch",
                True,
            )
        return (
            outlook(given.spec, context),
            "",
            toml(given.spec),
            f"Launch {len(given.spec.points)} runs",
            False,
        )

    @app.callback(
        *(Output(id, "value") for id in (ids.FORM_SEEDS, *TURNED, *SHARED)),
        Input(ids.FORM_PRESET, "value"),
        prevent_initial_call=True,
    )
    def preset(name: Any) -> Any:
        if name not in PRESETS:
            raise PreventUpdate
        chosen = PRESETS[name]
        turned = [part for setting, values in chosen["knobs"] for part in (setting or None, values)]
        return [chosen["seeds"], *turned, *(chosen["effort"][one] for one in EFFORT)]

    @app.callback(
        Output(shell.request("study"), "data"),
        Output(ids.FORM_LAUNCH, "loading"),
        Input(ids.FORM_LAUNCH, "n_clicks"),
        State(shell.NONCE, "data"),
        *(State(id, "value") for id in VALUES),
        prevent_initial_call=True,
    )
    def launch(clicks: int | None, nonce: Any, *values: Any) -> Any:
        given = of_controls(values)
        if not clicks or given.spec is None:
            raise PreventUpdate
        return launch_requests.ask(str(nonce), "study", study=dict(given.values)), True


def of_controls(values: tuple[Any, ...]) -> Read:
    """The form from its controls' values, in the order of VALUES."""
    plain, rest = values[: len(PLAIN)], values[len(PLAIN) :]
    turned, shared = rest[: len(TURNED)], rest[len(TURNED) :]
    name, data, regimes, networks, seeds = plain
    pairs = [(turned[2 * place], turned[2 * place + 1]) for place in range(MOST_KNOBS)]
    return read(name, data, regimes, networks, seeds, pairs, dict(zip(EFFORT, shared, strict=True)))


def outlook(spec: StudySpec, context: Context) -> Any:
    """What would be computed, and how much its statistics could say."""
    runs = list(spec.runs.values())
    every = [forecast(one, context.runs) for one in _one_of_each(runs)]
    share = len(runs) / len(every)
    seconds = [one.seconds for one in every if one.seconds is not None]
    disk = [one.disk for one in every if one.disk is not None]
    known, measured = (
        len(every) == len(seconds),
        next((one.measured for one in every if one.measured), None),
    )
    configurations = len(runs) // len(spec.seeds)
    lines = [
        ("Runs", f"{len(runs)} = {_product(spec)}"),
        ("Snapshots", f"{sum(one.snapshots for one in every) * share:,.0f} in all"),
        (
            "On disk",
            (
                f"about {size(sum(disk) * share)}"
                if len(disk) == len(every)
                else "known when the data are read"
            ),
        ),
        (
            "Time",
            (
                f"about {duration(sum(seconds) * share)} at the pace of {measured}, and curvature"
                if known
                else "measured when the first run begins"
            ),
        ),
        (
            "Precision",
            (
                "a τ near 0.5 ±"
                f" {width(configurations, len(spec.seeds)) / 2:.2f}{_few(configurations)}"
            ),
        ),
    ]
    table = html.Table(
        html.Tbody([html.Tr([html.Td(name), html.Td(text)]) for name, text in lines]),
        className="ls-table ls-outlook",
    )
    return html.Div(
        [
            table,
            html.P(
                "One after another; it goes on where it was after a cancel or a crash.",
                className="ls-muted ls-small",
            ),
        ]
    )


def _one_of_each(runs: list[RunSpec]) -> list[RunSpec]:
    """Runs that differ in more than their regime and seed: the others take as long and as much."""
    found: dict[str, RunSpec] = {}
    for run in runs:
        found.setdefault(
            repr(
                (
                    run.network,
                    run.width,
                    run.depth,
                    run.train_epochs,
                    run.train_batch,
                    run.train_rows,
                )
            ),
            run,
        )
    return list(found.values())


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
        f"; {configurations} configurations are too few for an honest interval"
        if configurations < FEW
        else ""
    )
