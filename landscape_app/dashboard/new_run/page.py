"""The form: groups of fields with their help, the regimes to run, and beside it what will
happen.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common import form_parts, ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import options
from landscape_app.dashboard.common.setting_fields import explained, extra
from landscape_app.dashboard.new_run.controls import FIELDS, control
from landscape_app.dashboard.new_run.values import foreign, of_preset, of_spec
from landscape_app.errors import LandscapeError
from landscape_app.registries import REGIMES
from landscape_app.settings import PRESETS, RunSpec
from landscape_app.store.run import RunFolder

GROUPS = {
    "what": ("Network and data", "What is trained."),
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
                [_head(note), _regimes(regimes), html.Div(groups, className="ls-form-groups")],
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
