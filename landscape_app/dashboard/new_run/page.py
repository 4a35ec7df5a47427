"""The form of New run: the regimes, a control for each setting, and what a launch will store."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import dash_mantine_components as dmc
from dash import html
from pydantic.fields import FieldInfo

from landscape_app.dashboard.common import form_parts, ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import entry_options, message, options
from landscape_app.dashboard.common.forecast import RunForecast, forecast
from landscape_app.dashboard.common.form_parts import (
    TABLES,
    explained,
    extra,
    left_empty,
    value_type,
)
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.dashboard.new_run.values import (
    EMPTY,
    FIELDS,
    NO,
    YES,
    RunForm,
    foreign,
    of_preset,
    of_spec,
)
from landscape_app.errors import LandscapeError
from landscape_app.forecast import known
from landscape_app.number_text import size
from landscape_app.registries import REGIMES
from landscape_app.settings import PRESETS, RunSpec
from landscape_app.store.run import RunFolder

UNREAD = "known after the data are read"
UNMEASURED = "measured when the first such run begins"
GROUPS = {
    "network and data": ("Network and data", "What is trained."),
    "recipe": ("Recipe", "Empty: the regime's value."),
    "training": ("Training", "How the network is trained to its anchor."),
    "sampling": ("Jump and retrain", "How the surroundings of the anchor are sampled."),
    "machine": ("Machine", "Device, memory and precision of the computation."),
}
PRESET_WORDS = {"quick": "Quick", "paper": "Paper (Horoi et al. 2022)"}


def layout(context: Context, query: dict[str, str]) -> Any:
    """The form with the quick preset, or (?from=ID) with the settings of a run."""
    values, regimes, note = _start(context, query.get("from"))
    named = dict.fromkeys(extra(RunSpec.model_fields[name], "group") for name in FIELDS)
    groups = [_group(group, values) for group in named]
    return html.Div(
        [
            html.Div(
                [
                    _head(note),
                    _regimes(regimes),
                    _name(),
                    html.Div(groups, className="ls-form-groups"),
                ],
                className="ls-form-main",
            ),
            form_parts.aside(
                outlook=ids.FORM_FORECAST,
                status=ids.FORM_STATUS,
                launch=ids.FORM_LAUNCH,
                command=ids.FORM_COMMAND,
                title="The same on the command line",
            ),
        ],
        id=ids.FORM,
        className="ls-form",
    )


def _start(context: Context, source: str | None) -> tuple[dict[str, Any], list[str], str | None]:
    """(control values, ticked regimes, what must be said about the run they come from)."""
    if source is None:
        return of_preset("quick"), ["good"], None
    try:
        spec = RunFolder.open(context.runs, source).spec
    except LandscapeError as error:
        return of_preset("quick"), ["good"], str(error)
    note = f"Settings of {source}. Change what you want."
    if replaced := foreign(spec):
        own = ", ".join(f"{name} {getattr(spec, name)}" for name in replaced)
        note = (
            f"{source} was made with your own {own}, which is only possible with the command line"
            " or Python. The form has replaced it."
        )
    return of_spec(spec), [spec.regime] if spec.regime in REGIMES else [], note


def _head(note: str | None) -> Any:
    presets = options({name: PRESET_WORDS.get(name, name) for name in PRESETS})
    return form_parts.head(
        "New run",
        html.Span(note, className="ls-muted", role="status") if note else None,
        dmc.SegmentedControl(id=ids.FORM_PRESET, data=presets, value="quick", size="xs"),
        dmc.Button("Reset to it", id=ids.FORM_RESET, variant="default", size="xs"),
    )


def _regimes(ticked: list[str]) -> Any:
    help = "One run for each ticked regime. All have the settings below."
    return form_parts.group("Regime", help, form_parts.regimes(ids.FORM_REGIMES, ticked))


def _name() -> Any:
    help = "Empty: a name from its settings. Several regimes: NAME-REGIME for each run."
    control = dmc.TextInput(
        id=ids.FORM_RUN_NAME,
        value="",
        placeholder="from the settings",
        size="xs",
        debounce=250,
        **{"aria-label": "Name of the run"},
    )
    fault = html.Div(id=ids.FORM_RUN_NAME_SAYS, className="ls-field-note", role="status")
    field = html.Div([control, fault], id=ids.FORM_RUN_NAME_BOX, className="ls-field")
    return form_parts.group("Name", help, html.Div(field, className="ls-fields"))


def _group(group: str, values: dict[str, Any]) -> Any:
    title, help = GROUPS.get(group, (group.capitalize(), ""))
    names = [name for name in FIELDS if extra(RunSpec.model_fields[name], "group") == group]
    fields = html.Div([_field(name, values[name]) for name in names], className="ls-fields")
    return form_parts.group(title, help, fields, id=f"group-{group}")


def _field(name: str, value: Any) -> Any:
    field = RunSpec.model_fields[name]
    return html.Div(
        [
            html.Label(field.title, className="ls-field-label", title=name),
            control(name, value),
            html.Div(id=ids.field_note(name), className="ls-field-note", role="status"),
            html.Div(explained(name, value), id=ids.field_help(name), className="ls-field-help"),
        ],
        id=ids.field_box(name),
        className="ls-field",
    )


def control(name: str, given: Any) -> Any:
    """The control of the setting `name`, showing `given` (in the control's form)."""
    field = RunSpec.model_fields[name]
    kind, empty = value_type(field)
    common = {"id": ids.field(name), "value": given, "size": "xs", **{"aria-label": field.title}}
    if name in TABLES:
        return dmc.Select(
            data=entry_options(TABLES[name]),
            allowDeselect=empty,
            clearable=empty,
            placeholder=left_empty(field),
            checkIconPosition="right",
            **common,
        )
    if typing.get_origin(kind) is Literal:
        return dmc.SegmentedControl(data=list(typing.get_args(kind)), fullWidth=True, **common)
    if kind is bool:
        words = {EMPTY: left_empty(field)} if empty else {}
        data = options({**words, YES: "yes", NO: "no"})
        return dmc.SegmentedControl(data=data, fullWidth=True, **common)
    if typing.get_origin(kind) is tuple:
        return dmc.TagsInput(acceptValueOnBlur=True, splitChars=[",", " ", ";"], **common)
    return _number_input(field, whole=kind is int, empty=empty, **common)


def _number_input(field: FieldInfo, *, whole: bool, empty: bool, **common: Any) -> Any:
    unit = extra(field, "unit")
    return dmc.NumberInput(
        allowDecimal=not whole,
        clampBehavior="none",
        step=1 if whole else 0.1,
        hideControls=not whole,
        debounce=250,
        placeholder=left_empty(field) if empty else "",
        rightSection=unit or None,
        rightSectionWidth=70 if unit else None,
        **common,
    )


def outlook(form: RunForm, context: Context) -> Any:
    """The table, for all runs of the form."""
    if not form.specs:
        return form_parts.nothing()
    spec, number = form.specs[0], len(form.specs)
    lines = {
        "Runs": ", ".join(REGIMES[spec.regime].label for spec in form.specs),
        **_of_run(spec, forecast(spec, context.runs), number),
        "Time": _time(form.specs, context.runs),
    }
    return html.Div([form_parts.facts(lines), _after(number) if number > 1 else None])


def _of_run(spec: RunSpec, run: RunForecast, number: int) -> dict[str, str]:
    """{what: words} of `number` runs like this one."""
    zero = " (0 is the control)" if spec.controls else ""
    steps = f"{spec.seeds} directions × {len(spec.all_step_sizes)} step sizes{zero}"
    epochs = f"{spec.train_epochs:,} epochs" if spec.train_epochs else ""
    disk = UNREAD if run.disk is None else f"about {size(run.disk * number)}"
    return {
        "Weights": UNREAD if run.parameters is None else f"{run.parameters:,}",
        "Training": epochs or "none: the initial weights are the anchor",
        "Trajectories": f"{run.trajectories:,} = {steps}",
        "Snapshots": f"{run.snapshots:,}{' a run' if number > 1 else ''}",
        "On disk": disk + (f" for {number} runs" if number > 1 else ""),
    }


def _time(specs: Sequence[RunSpec], runs: Path) -> str:
    """How long all runs take, and their comparison, phase by phase, where a pace is known."""
    measured = known.runs_compared(specs, runs, most=MOST_COMPARED)
    if measured is None:
        return UNMEASURED
    return f"{measured[0].words}, at the speed of {measured[1]}"


def _after(number: int) -> Any:
    more = "" if number <= MOST_COMPARED else " of up to four runs: choose them on Jobs"
    return message(f"One after another, then compared in a study{more}.", small=True)
