"""What the form says while it is filled in, and its launch."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.forecast import forecast
from landscape_app.dashboard.common.setting_fields import explained
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.dashboard.new_run.values import RunForm, command, of_preset, read
from landscape_app.number_text import duration, size, value
from landscape_app.registries import REGIMES

VALUES = ids.field(ALL)


def register(app: Dash, context: Context) -> None:
    """Registers validation, presets and launch."""

    @app.callback(
        Output(ids.field_note(ALL), "children"),
        Output(ids.field_box(ALL), "className"),
        Output(ids.field_help(ALL), "children"),
        Output(ids.FORM_FORECAST, "children"),
        Output(ids.FORM_STATUS, "children"),
        Output(ids.FORM_COMMAND, "children"),
        Output(ids.FORM_LAUNCH, "children"),
        Output(ids.FORM_LAUNCH, "disabled"),
        Input(VALUES, "value"),
        Input(VALUES, "id"),
        Input(ids.FORM_REGIMES, "value"),
        Input(ids.FORM_PRESET, "value"),
    )
    def say(
        values: list[Any], fields: list[dict[str, str]], regimes: list[str], preset: str
    ) -> Any:
        names = [field["name"] for field in fields]
        form = read(dict(zip(names, values, strict=True)), regimes or [], preset)
        notes, classes = zip(*(_note(name, form, preset) for name in names), strict=True)
        number = len(form.specs)
        launch = "Launch" if number < 2 else f"Launch {number} runs"
        commands = [
            part
            for spec in form.specs
            for part in (*(html.Span(f"{words} ") for words in command(spec)), "\n")
        ]
        helps = [explained(name, one) for name, one in zip(names, values, strict=True)]
        return (
            list(notes),
            list(classes),
            helps,
            outlook(form, context),
            form.faults.get("", _counted(form)),
            commands,
            launch,
            not form.specs,
        )

    @app.callback(
        Output(VALUES, "value"),
        Input(ids.FORM_PRESET, "value"),
        Input(ids.FORM_RESET, "n_clicks"),
        State(VALUES, "id"),
        State(VALUES, "value"),
        prevent_initial_call=True,
    )
    def preset(
        name: str, _: int | None, fields: list[dict[str, str]], values: list[Any]
    ) -> list[Any]:
        wanted = of_preset(name)
        kept = ("data", "network", "seed")  # a preset is a protocol: what it is applied to stays
        return [
            now if field["name"] in kept else wanted[field["name"]]
            for field, now in zip(fields, values, strict=True)
        ]

    @app.callback(
        Output(ids.request("form"), "data"),
        Input(ids.FORM_LAUNCH, "n_clicks"),
        State(VALUES, "value"),
        State(VALUES, "id"),
        State(ids.FORM_REGIMES, "value"),
        State(ids.FORM_PRESET, "value"),
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )
    def launch(
        clicks: int | None,
        values: list[Any],
        fields: list[dict[str, str]],
        regimes: list[str],
        preset: str,
        nonce: str,
    ) -> Any:
        form = read(
            {field["name"]: one for field, one in zip(fields, values, strict=True)},
            regimes or [],
            preset,
        )
        if not clicks or not form.specs:
            raise PreventUpdate
        return launch_requests.ask(
            nonce, "run", specs=[spec.model_dump(mode="json") for spec in form.specs]
        )


def _note(name: str, form: RunForm, preset: str) -> tuple[str, str]:
    """(what is said under the field, the class of its box)."""
    if name in form.faults:
        return form.faults[name], "ls-field ls-field-fault"
    if name in form.changed and name not in REGIME_FIELDS:
        return f"{preset}: {value(form.changed[name][1])}", "ls-field ls-field-changed"
    return "", "ls-field"


# Set by the regime: they differ between the runs of one form, so they are never marked as differing
# from a preset.
REGIME_FIELDS = {name for entry in REGIMES.values() for name in entry.settings}


def _counted(form: RunForm) -> str:
    faults = len(form.faults)
    return (
        ""
        if not faults
        else f"{faults} {'fields need' if faults > 1 else 'field needs'} another value."
    )


def outlook(form: RunForm, context: Context) -> Any:
    """What would be computed and stored, as a small table."""
    if not form.specs:
        return html.P("Nothing, until the form is right.", className="ls-muted")
    spec, number = form.specs[0], len(form.specs)
    one = forecast(spec, context.runs)
    steps = (
        f"{spec.seeds} directions × {len(spec.all_step_sizes)} step"
        f" sizes{' (0 is the control)' if spec.controls else ''}"
    )
    disk = (
        "known when the data are read" if one.disk is None else f"about {size(one.disk * number)}"
    )
    lines = [
        ("Runs", ", ".join(f"{REGIMES[spec.regime].label}" for spec in form.specs)),
        (
            "Weights",
            "known when the data are read" if one.parameters is None else f"{one.parameters:,}",
        ),
        (
            "Training",
            (
                f"{spec.train_epochs:,} epochs"
                if spec.train_epochs
                else "none: the initial weights are the anchor"
            ),
        ),
        ("Trajectories", f"{one.trajectories:,} = {steps}"),
        ("Snapshots", f"{one.snapshots:,} a run" if number > 1 else f"{one.snapshots:,}"),
        ("On disk", disk + (f" for {number} runs" if number > 1 else "")),
        (
            "Time",
            (
                "measured when the first of its kind begins"
                if one.seconds is None
                else f"about {duration(one.seconds * number)}, at the pace of {one.measured}"
            ),
        ),
    ]
    table = html.Table(
        html.Tbody([html.Tr([html.Td(name), html.Td(text)]) for name, text in lines]),
        className="ls-table ls-outlook",
    )
    after = (
        "One after another, then compared in a"
        f" study{'' if number <= MOST_COMPARED else ' of up to four you choose on Jobs'}."
    )
    return html.Div([table, html.P(after, className="ls-muted ls-small") if number > 1 else None])
