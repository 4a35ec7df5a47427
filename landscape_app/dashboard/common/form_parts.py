"""What the forms of a new run and of a new study share: the head, groups of fields, the regimes,
what is said about a setting, and beside them what will happen.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import annotated_types
import dash_mantine_components as dmc
from dash import dcc, html
from pydantic.fields import FieldInfo

from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.launch.page_settings import NAMED
from landscape_app.entries import Entry
from landscape_app.registries import REGIMES
from landscape_app.settings import RunSpec

TABLES: dict[str, dict[str, Entry]] = {
    field: name.table for field, name in NAMED.items() if field != "regime"
}
FITS = 22  # characters that a control has room for


def head(title: str, note: Any, preset: Any, *more: Any) -> Any:
    """The title with a note beside it, and the control that chooses a preset."""
    return html.Div(
        [
            html.H1(title),
            note,
            html.Span(className="ls-grow"),
            html.Span("Preset", className="ls-muted"),
            preset,
            *more,
        ],
        className="ls-form-head",
    )


def group(title: str, help: str, body: Any, **props: Any) -> Any:
    """A card of the form with its title and a sentence about it."""
    head = html.Div(
        [html.H2(title), html.Span(help, className="ls-muted")], className="ls-group-head"
    )
    return html.Section([head, body], className="ls-card ls-group", **props)


def regimes(id: str, ticked: Sequence[str]) -> Any:
    """A card to tick for each regime."""
    cards = [_regime(name, entry) for name, entry in REGIMES.items()]
    return dmc.CheckboxGroup(html.Div(cards, className="ls-regimes"), id=id, value=list(ticked))


def _regime(name: str, entry: Entry) -> Any:
    words = [html.Strong(entry.label), html.Span(entry.help, className="ls-muted ls-small")]
    return dmc.CheckboxCard(
        html.Div([dmc.CheckboxIndicator(size="xs"), html.Div(words)], className="ls-regime"),
        value=name,
        **{"aria-label": f"{entry.label}: {entry.help}"},
    )


def aside(
    *,
    outlook: str,
    status: str,
    launch: str,
    command: str,
    title: str,
    purpose: Any = None,
    use: Any = None,
) -> Any:
    """What will happen, the button that launches it, and the same as text to be copied.

    outlook, status, launch, command: ids. title: of the text. purpose, use: what is said before it
    all, and after the text.
    """
    text = [
        html.H3(title),
        html.Pre(id=command, className="ls-command"),
        dcc.Clipboard(target_id=command, title="Copy", className="ls-copy"),
    ]
    return html.Aside(
        [
            html.H2("What will happen"),
            *([] if purpose is None else [purpose]),
            html.Div(id=outlook),
            html.Div(id=status, role="alert", className="ls-form-status"),
            dmc.Button("Launch", id=launch, fullWidth=True, disabled=True),
            html.Div([*text, *([] if use is None else [use])], className="ls-command-box"),
        ],
        className="ls-card ls-form-aside",
    )


def facts(rows: Mapping[str, str]) -> Any:
    """What a launch comes to, as a table of {what: words}."""
    lines = [html.Tr([html.Td(name), html.Td(text)]) for name, text in rows.items()]
    return html.Table(html.Tbody(lines), className="ls-table ls-outlook")


def nothing() -> Any:
    """What stands in the table's place while a field is at fault."""
    return message("Correct the form first.")


def extra(field: FieldInfo, key: str) -> str:
    """What `settings.setting` kept beside a field: its unit, its group."""
    return (
        str(field.json_schema_extra.get(key, ""))
        if isinstance(field.json_schema_extra, dict)
        else ""
    )


def value_type(field: FieldInfo) -> tuple[Any, bool]:
    """(the type without None, whether it may be empty)."""
    kind = field.annotation
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        inner = [part for part in typing.get_args(kind) if part is not type(None)]
        return inner[0], True
    return kind, False


def left_empty(field: FieldInfo) -> str:
    """What an empty field means, from its help: "Empty: the regime's." says "the regime's"."""
    _, _, words = (field.description or "").partition("Empty: ")
    short = words.split(".")[0]
    return short if len(short) <= FITS else "by the rule below"


def explained(name: str, value: Any) -> str:
    """The help under a field: that of the chosen entry of a table, else the setting's own."""
    if name in TABLES and value in TABLES[name]:
        return TABLES[name][value].help
    field = RunSpec.model_fields[name]
    text = field.description or ""
    if (empty := left_empty(field)) and f"Empty: {empty}" in text:
        text = text.partition("Empty: ")[0].strip()  # the empty control says it
    return f"{text} ({range_})" if (range_ := _limits(name)) else text


def _limits(name: str) -> str:
    """The range of a number in words: 1 to 64; empty where there is none."""
    low = high = ""
    for rule in RunSpec.model_fields[name].metadata:
        if isinstance(rule, annotated_types.Ge):
            low = f"{rule.ge:,}"
        elif isinstance(rule, annotated_types.Gt):
            low = f"above {rule.gt:,}"
        elif isinstance(rule, annotated_types.Le):
            high = f"{rule.le:,}"
        elif isinstance(rule, annotated_types.Lt):
            high = f"below {rule.lt:,}"
    if high.replace(",", "").isdigit() and int(high.replace(",", "")) > 100_000:
        high = ""  # a bound of the format rather than of sense
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}" if high else ""
