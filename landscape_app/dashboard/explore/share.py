"""The menu "Share" of Explore: a link, a command and a piece of Python that show the same again,
and files.
"""

from __future__ import annotations

import json
import keyword
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.taking import SHARES
from landscape_app.dashboard.explore import choice, ids
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.errors import LandscapeError
from landscape_app.store import commands

FILE = "landscape.html"  # what the command writes
Filters = dict[str, list[float]]
NO_FILTERS: Filters = {}
NONE = "none"  # of a filter that shows nothing


def menu(files: Sequence[Any]) -> Any:
    """The button, its three entries that copy, those of `files`, and what a copy is taken from."""
    button = dmc.Button("Share", variant="default", size="compact-sm", radius="xl", **SHARES)
    items = [
        dmc.MenuLabel("The same again"),
        dmc.MenuItem("Copy link", id=ids.COPY_LINK),
        dmc.MenuItem("Copy command", id=ids.COPY_COMMAND),
        dmc.MenuItem("Copy Python", id=ids.COPY_PYTHON),
        *files,
    ]
    return dmc.Menu(
        [dmc.MenuTarget(button), dmc.MenuDropdown([*items, dcc.Store(id=ids.COPIED)])],
        position="bottom-end",
        shadow="md",
        keepMounted=True,
        returnFocus=True,
    )


def command(runs: Path, chosen: ExploreChoice, shown: Filters = NO_FILTERS) -> str:
    """The command that writes what the choice and the filters show into one file."""
    filters = {name: ",".join(f"{part:g}" for part in of) or NONE for name, of in shown.items()}
    changed = [
        part
        for name, value in (_changed(chosen) | filters).items()
        for part in (f"--{name.replace('_', '-')}", str(value))
    ]
    words = shlex.join(["landscape", "report", *chosen.runs, "--to", FILE, *changed])
    return f"{words}{commands.at(runs)}"


def python(runs: Path, chosen: ExploreChoice, shown: Filters = NO_FILTERS) -> str:
    """The lines of Python that draw the main figure of the choice, filtered: the joint scene of
    several runs, else the scene.
    """
    names = _names(chosen.runs)
    folder = runs.resolve()
    opened = [
        f"{name} = open_run(runs / {id!r})" for name, id in zip(names, chosen.runs, strict=True)
    ]
    changed = _changed(chosen) | shown
    settings = [f"{name}={value!r}" for name, value in changed.items()]
    several = len(names) > 1
    figure = ['"joint"', f"beside=[{', '.join(names[1:])}]"] if several else ['"scene"']
    lines = [
        "from pathlib import Path",
        "",
        "from landscape_app import open_run",
        "",
        f"runs = Path({str(folder)!r})",
        *opened,
        f"figure = {names[0]}.figure({', '.join([*figure, *settings])})",
        "figure.show()",
    ]
    return "\n".join(lines) + "\n"


def filters(stored: Mapping[str, Any] | None) -> Filters:
    """{"seeds" | "steps" | "epochs": numbers} of the filters that hide something; none where they
    cannot be read: they come from a browser.
    """
    try:
        seeds, steps, low, high = json.loads((stored or {})["key"])
        given = {"seeds": seeds, "steps": steps, "epochs": [low, high]}
        return {
            name: [float(part) if name == "steps" else int(part) for part in numbers]
            for name, numbers in given.items()
            if numbers is not None
        }
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return {}


def _changed(chosen: ExploreChoice) -> dict[str, Any]:
    """What of the view is not the default."""
    values = {name: getattr(chosen.view, name) for name in choice.SHOWN}
    return {name: value for name, value in values.items() if value != getattr(choice.DEFAULT, name)}


def _names(runs: Sequence[str]) -> list[str]:
    """A variable for each run: its id, where that can be one and is told apart."""
    names = [re.sub(r"\W", "_", id) for id in runs]
    plain = len(set(names)) == len(names) and all(
        name.isidentifier() and name not in ("runs", "figure") and not _reserved(name)
        for name in names
    )
    return names if plain else [f"run_{i}" for i in range(1, len(runs) + 1)]


def _reserved(name: str) -> bool:
    return keyword.iskeyword(name) or name in ("Path", "open_run")


def register(app: Dash, context: Context, shown: Sequence[State]) -> None:
    """The entries of the menu. shown: the runs, and the value of each control."""

    def text(_: int | None, __: int | None, stored: Any, runs: list[str], *values: str) -> Any:
        write = {ids.COPY_COMMAND: command, ids.COPY_PYTHON: python}.get(str(ctx.triggered_id))
        if write is None or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        what = "Command" if write is command else "Python"
        try:
            chosen = ExploreChoice(tuple(map(str, runs)), choice.view_of(values, "light"))
        except LandscapeError as error:
            raise PreventUpdate from error
        lines = write(context.runs, chosen, filters(stored))
        return {"text": lines, "what": what, "stamp": time.time_ns()}

    app.callback(
        Output(ids.COPIED, "data"),
        Input(ids.COPY_COMMAND, "n_clicks"),
        Input(ids.COPY_PYTHON, "n_clicks"),
        State(ids.FILTER, "data"),
        *shown,
        prevent_initial_call=True,
    )(text)
    for script, given in (
        (ClientsideFunction("explore", "link"), Input(ids.COPY_LINK, "n_clicks")),
        (ClientsideFunction("explore", "copied"), Input(ids.COPIED, "data")),
    ):
        app.clientside_callback(script, given, prevent_initial_call=True)
