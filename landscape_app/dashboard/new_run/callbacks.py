"""What the form says while it is filled in, its presets, and its launch."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import ALL, Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.form_parts import explained
from landscape_app.dashboard.launch.page_settings import names_of_page
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.dashboard.new_run.page import outlook
from landscape_app.dashboard.new_run.values import RunForm, command, of_preset, read
from landscape_app.errors import LandscapeError
from landscape_app.number_text import value
from landscape_app.registries import REGIMES
from landscape_app.store import commands

VALUES = ids.field(ALL)
APPLIED_TO = ("data", "network", "seed")  # a preset is a protocol: what it is applied to stays
# Set by the regime: they differ between the runs of one form, so they are never marked as differing
# from a preset.
REGIME_FIELDS = {name for entry in REGIMES.values() for name in entry.settings}
Fields = list[dict[str, str]]


ANSWERS = (
    Output(ids.field_note(ALL), "children"),
    Output(ids.field_box(ALL), "className"),
    Output(ids.field_help(ALL), "children"),
    Output(ids.FORM_FORECAST, "children"),
    Output(ids.FORM_STATUS, "children"),
    Output(ids.FORM_COMMAND, "children"),
    Output(ids.FORM_LAUNCH, "children"),
    Output(ids.FORM_LAUNCH, "disabled"),
    Output(ids.FORM_RUN_NAME_SAYS, "children"),
    Output(ids.FORM_RUN_NAME_BOX, "className"),
)


def register(app: Dash, context: Context) -> None:
    """Registers validation, presets and launch."""
    app.callback(
        *ANSWERS,
        Input(VALUES, "value"),
        Input(VALUES, "id"),
        Input(ids.FORM_REGIMES, "value"),
        Input(ids.FORM_PRESET, "value"),
        Input(ids.FORM_RUN_NAME, "value"),
    )(partial(answers, context))
    app.callback(
        Output(VALUES, "value"),
        Input(ids.FORM_PRESET, "value"),
        Input(ids.FORM_RESET, "n_clicks"),
        State(VALUES, "id"),
        State(VALUES, "value"),
        prevent_initial_call=True,
    )(preset_values)
    app.callback(
        Output(ids.request("form"), "data"),
        Input(ids.FORM_LAUNCH, "n_clicks"),
        State(VALUES, "value"),
        State(VALUES, "id"),
        State(ids.FORM_REGIMES, "value"),
        State(ids.FORM_PRESET, "value"),
        State(ids.FORM_RUN_NAME, "value"),
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )(partial(launch, context))


def _by_name(fields: Fields, values: list[Any]) -> dict[str, Any]:
    """{setting: its control's value}."""
    return {field["name"]: value for field, value in zip(fields, values, strict=True)}


def answers(
    context: Context,
    values: list[Any],
    fields: Fields,
    regimes: list[str] | None,
    preset: str,
    name: str | None = None,
) -> tuple[Any, ...]:
    """What the form says to its values, in the order of ANSWERS."""
    named = _by_name(fields, values)
    form = read(named, regimes or [], preset)
    number = len(form.specs)
    names, fault = _names(context, name, form)
    return (
        [_note(name, form, preset) for name in named],
        [_class(name, form) for name in named],
        [explained(name, given) for name, given in named.items()],
        outlook(form, context),
        form.faults.get("", _faults(form)),
        _commands(form, names, context),
        "Launch" if number < 2 else f"Launch {number} runs",
        not form.specs or bool(fault),
        fault,
        "ls-field ls-field-fault" if fault else "ls-field",
    )


def _names(context: Context, name: str | None, form: RunForm) -> tuple[list[str], str]:
    """(the names of the runs of the form, [] for new ones; why the name cannot be used)."""
    try:
        regimes = [spec.regime for spec in form.specs]
        return names_of_page(context.runs, (name or "").strip(), regimes or [""]), ""
    except LandscapeError as error:
        return [], str(error)


def preset_values(name: str, _: int | None, fields: Fields, values: list[Any]) -> list[Any]:
    """The values of the fields once a preset was chosen, in their order."""
    preset = of_preset(name)
    now = _by_name(fields, values)
    return [now[field] if field in APPLIED_TO else preset[field] for field in now]


def launch(
    context: Context,
    clicks: int | None,
    values: list[Any],
    fields: Fields,
    regimes: list[str],
    preset: str,
    name: str | None,
    nonce: str,
) -> LaunchRequest:
    """The request for the runs of the form; none while a field or the name is at fault."""
    form = read(_by_name(fields, values), regimes or [], preset)
    if not clicks or not form.specs or _names(context, name, form)[1]:
        raise PreventUpdate
    specs = [spec.model_dump(mode="json") for spec in form.specs]
    return launch_requests.ask(nonce, "run", specs=specs, name=(name or "").strip())


def _note(name: str, form: RunForm, preset: str) -> str:
    """What is said under the field."""
    if name in form.faults:
        return form.faults[name]
    return f"{preset}: {value(form.changed[name][1])}" if _differs(name, form) else ""


def _class(name: str, form: RunForm) -> str:
    """The class of the box around the field."""
    if name in form.faults:
        return "ls-field ls-field-fault"
    return "ls-field ls-field-changed" if _differs(name, form) else "ls-field"


def _differs(name: str, form: RunForm) -> bool:
    return name in form.changed and name not in REGIME_FIELDS


def _faults(form: RunForm) -> str:
    number = len(form.faults)
    need = "field needs" if number == 1 else "fields need"
    return f"{number} {need} another value." if number else ""


def _commands(form: RunForm, names: list[str], context: Context) -> list[Any]:
    """The command of each run, a line each; a flag and its values are never parted."""
    called = [f"--id {name}" for name in names] or [""] * len(form.specs)
    where = commands.at(context.runs).strip()
    lines = (
        [*command(spec), *filter(None, (name, where))]
        for spec, name in zip(form.specs, called, strict=True)
    )
    return [part for line in lines for part in (*(html.Span(f"{words} ") for words in line), "\n")]
