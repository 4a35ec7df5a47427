"""The small parts that several pages share: run picker, list, segments, labelled row, badge, and
the notices in the page's corner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.entries import Entry

LISTED = 200  # runs to choose from, newest first
Tone = Literal["ok", "live", "warn", "bad", "wait"]
# what every figure on the page is shown with: no tool bar, and no button that sends it away
GRAPH_CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "doubleClick": "reset",
}


def run_picker(id: str, board: Board, chosen: Sequence[str], **props: Any) -> Any:
    """The control that chooses the runs of a page, at most four."""
    runs = [entry for entry in board.entries() if entry.summary.kind == "run"]
    labels = {entry.id: entry.named for entry in runs if entry.id in chosen}
    labels |= {entry.id: entry.named for entry in runs[:LISTED]}
    return dmc.MultiSelect(
        id=id,
        data=options({**{id: labels.get(id, id) for id in chosen}, **labels}),
        value=list(chosen),
        maxValues=MOST_COMPARED,
        searchable=True,
        hidePickedOptions=True,
        placeholder="Add a run" if len(chosen) < MOST_COMPARED else "",
        nothingFoundMessage="No other run",
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": f"Runs, up to {MOST_COMPARED}"},
        **props,
    )


def options(labels: Mapping[str, str]) -> list[dict[str, str]]:
    """{value: label} as a list or segments take it."""
    return [{"value": value, "label": label} for value, label in labels.items()]


def entry_options(table: Mapping[str, Entry]) -> list[dict[str, str]]:
    """The entries of a table by name, as a list or segments take them."""
    return options({name: entry.label for name, entry in table.items()})


def select(id: str, data: list[Any], value: str, label: str, **props: Any) -> Any:
    """A list of which one is chosen; a screen reader says `label`."""
    return dmc.Select(
        id=id,
        data=data,
        value=value,
        allowDeselect=False,
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": label},
        **props,
    )


def segments(
    id: str, data: list[Any], value: str, label: str, *, wide: bool = True, **props: Any
) -> Any:
    """A row of words of which one is chosen; a screen reader says `label`. wide: as its place."""
    return dmc.SegmentedControl(
        id=id,
        data=data,
        value=value,
        size="xs",
        fullWidth=wide,
        **{"aria-label": label},
        **props,
    )


def labelled(label: str, control: Any, *, help: str | None = None) -> Any:
    """A control with its label before it, in one row of a rail."""
    return html.Div(
        [html.Span(label, className="ls-label", title=help), control],
        className="ls-row ls-labelled",
    )


def badge(word: Any, tone: Tone, title: str | None = None) -> Any:
    """A word in its tone; the word alone says what the tone says."""
    return html.Span(word, className=f"ls-badge ls-badge-{tone}", title=title)


def message(text: Any, *, small: bool = False, **props: Any) -> Any:
    """A muted sentence: why there is nothing to see, or what a control does."""
    return html.P(text, className="ls-muted ls-small" if small else "ls-muted", **props)


def centred(*children: Any, card: bool = True) -> Any:
    """What stands alone in the middle of a page (card: in a card of its own)."""
    inside = html.Div(list(children), className="ls-card ls-empty") if card else list(children)
    return html.Div(inside, className="ls-centred")


def notice(text: str) -> list[dict[str, Any]]:
    """It was done."""
    return [{"action": "show", "message": text, "color": "accent", "withBorder": True}]


def refusal(text: str) -> list[dict[str, Any]]:
    """It was not done, in the words of the command line; it stays until it is closed."""
    return [
        {
            "action": "show",
            "title": "Not done",
            "message": text,
            "color": "red",
            "autoClose": False,
            "withBorder": True,
        }
    ]


def clock(id: str, every: int, *, pauses: bool = True) -> Any:
    """A dcc.Interval of `every` ms. assets/shell.js lets it tick whenever what is known of jobs has
    changed; one that pauses is still while no job is at work and nobody clicks.
    """
    marks = {"data-clock": id, "data-pauses": "true" if pauses else "false"}
    return html.Span(dcc.Interval(id=id, interval=every), hidden=True, **marks)
