"""What the forms of a new run and of a new study share: the head, groups of fields, the regimes,
and beside them what will happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common.controls import message
from landscape_app.entries import Entry
from landscape_app.registries import REGIMES


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
