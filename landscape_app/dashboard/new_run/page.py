"""The form: groups of fields with their help, the regimes to run, and beside it what will
happen.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.setting_fields import explained, extra
from landscape_app.dashboard.new_run.controls import FIELDS, control
from landscape_app.dashboard.new_run.values import foreign, of_preset, of_spec
from landscape_app.errors import LandscapeError
from landscape_app.registries import REGIMES
from landscape_app.settings import PRESETS, RunSpec
from landscape_app.store.run import RunFolder

GROUPS = {
    "what": ("Network and data", "What is trained."),
    "recipe": ("Recipe", "Empty: what the regime says."),
    "training": ("Training", "How the anchor, the minimum that is looked at, is reached."),
    "sampling": ("Jump and retrain", "How its surroundings are sampled."),
    "machine": ("Machine", "How it is computed, not what."),
}
PRESET_WORDS = {"quick": "Quick", "paper": "Paper (Horoi et al. 2022)"}


def layout(context: Context, query: dict[str, str]) -> Any:
    """The form with the quick preset, or (?from=ID) with the settings of a run."""
    values, regimes, said = _start(context, query.get("from"))
    named = dict.fromkeys(extra(RunSpec.model_fields[name], "group") for name in FIELDS)
    groups = [_group(group, values) for group in named]
    return html.Div(
        [
            html.Div(
                [_head(said), _regimes(regimes), html.Div(groups, className="ls-form-groups")],
                className="ls-form-main",
            ),
            _aside(),
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
    said = f"Settings of {source}; change what you like."
    if replaced := foreign(spec):
        own = ", ".join(f"{name} {getattr(spec, name)}" for name in replaced)
        said = (
            f"{source} was made with your own {own}, which only the command line and Python take;"
            " the form has replaced it."
        )
    return of_spec(spec), [spec.regime] if spec.regime in REGIMES else [], said


def _head(said: str | None) -> Any:
    choices = [{"value": name, "label": PRESET_WORDS.get(name, name)} for name in PRESETS]
    return html.Div(
        [
            html.H1("New run"),
            html.Span(said, className="ls-muted", role="status") if said else None,
            html.Span(className="ls-grow"),
            html.Span("Preset", className="ls-muted"),
            dmc.SegmentedControl(id=ids.FORM_PRESET, data=choices, value="quick", size="xs"),
            dmc.Button("Reset to it", id=ids.FORM_RESET, variant="default", size="xs"),
        ],
        className="ls-form-head",
    )


def _regimes(ticked: list[str]) -> Any:
    cards = [
        dmc.CheckboxCard(
            html.Div(
                [
                    dmc.CheckboxIndicator(size="xs"),
                    html.Div(
                        [
                            html.Strong(entry.label),
                            html.Span(entry.help, className="ls-muted ls-small"),
                        ]
                    ),
                ],
                className="ls-regime",
            ),
            value=name,
            **{"aria-label": f"{entry.label}: {entry.help}"},
        )
        for name, entry in REGIMES.items()
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Regime"),
                    html.Span(
                        "One run for each that is ticked, all with the settings below.",
                        className="ls-muted",
                    ),
                ],
                className="ls-group-head",
            ),
            dmc.CheckboxGroup(
                html.Div(cards, className="ls-regimes"), id=ids.FORM_REGIMES, value=ticked
            ),
        ],
        className="ls-card ls-group",
    )


def _group(group: str, values: dict[str, Any]) -> Any:
    title, help = GROUPS.get(group, (group.capitalize(), ""))
    names = [name for name in FIELDS if extra(RunSpec.model_fields[name], "group") == group]
    return html.Section(
        [
            html.Div(
                [html.H2(title), html.Span(help, className="ls-muted")], className="ls-group-head"
            ),
            html.Div([_field(name, values[name]) for name in names], className="ls-fields"),
        ],
        className="ls-card ls-group",
        id=f"group-{group}",
    )


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


def _aside() -> Any:
    return html.Aside(
        [
            html.H2("What will happen"),
            html.Div(id=ids.FORM_FORECAST),
            html.Div(id=ids.FORM_STATUS, role="alert", className="ls-form-status"),
            dmc.Button("Launch", id=ids.FORM_LAUNCH, fullWidth=True, disabled=True),
            html.Div(
                [
                    html.H3("The same on the command line"),
                    html.Pre(id=ids.FORM_COMMAND, className="ls-command"),
                    dcc.Clipboard(target_id=ids.FORM_COMMAND, title="Copy", className="ls-copy"),
                ],
                className="ls-command-box",
            ),
        ],
        className="ls-card ls-form-aside",
    )
