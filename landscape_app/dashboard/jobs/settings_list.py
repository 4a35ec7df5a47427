"""The settings of a run: those that differ from the quick preset, and all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import html

from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.setting_fields import extra
from landscape_app.errors import LandscapeError
from landscape_app.number_text import value
from landscape_app.settings import RunSpec, differences
from landscape_app.store.run import RunFolder


def settings_list(entry: BoardEntry, runs: Path) -> Any:
    """The settings of a run as tables; None for a study."""
    if entry.summary.kind != "run" or entry.summary.problem:
        return None
    try:
        spec = RunFolder.open(runs, entry.id).spec
    except LandscapeError as error:
        return html.P(str(error), role="alert")
    changed = differences(spec, "quick")
    lines = {
        name: _setting(name, getattr(spec, name), changed.get(name))
        for name in RunSpec.model_fields
    }
    same = html.P(
        "Settings of the quick preset." if not changed else "Settings of the quick preset, except:",
        className="ls-muted",
    )
    table = html.Table(html.Tbody([lines[name] for name in changed]), className="ls-table")
    every = html.Details(
        [
            html.Summary("All settings"),
            html.Table(html.Tbody(list(lines.values())), className="ls-table"),
        ],
        className="ls-fold",
    )
    return html.Div([same, table, every])


def _setting(name: str, given: Any, change: tuple[Any, Any] | None) -> Any:
    field = RunSpec.model_fields[name]
    unit = extra(field, "unit")
    shown = f"{value(given)} {unit}" if unit and given is not None else value(given)
    note = html.Span(f"quick: {value(change[1])}", className="ls-changed") if change else None
    return html.Tr(
        [html.Td(field.title, title=field.description), html.Td([shown, note], className="ls-num")]
    )
