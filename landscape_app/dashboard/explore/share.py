"""The menu "Share" of Explore: a link, a command and a piece of Python that show the same again,
and files.
"""

from __future__ import annotations

import json
import keyword
import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.taking import SHARES
from landscape_app.dashboard.explore import choice, ids
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.linked import Camera, camera_of, pick_of
from landscape_app.dashboard.explore.stores import Pick
from landscape_app.errors import LandscapeError
from landscape_app.store import commands

FILE = "landscape.html"  # what the command writes
Filters = dict[str, list[float]]
NO_FILTERS: Filters = {}
LINES = {"command": "Command", "python": "Python"}  # {what is asked for: its name in the notice}
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
        [
            dmc.MenuTarget(button),
            dmc.MenuDropdown([*items, dcc.Store(id=ids.ASKED), dcc.Store(id=ids.COPIED)]),
        ],
        position="bottom-end",
        shadow="md",
        keepMounted=True,
        returnFocus=True,
    )


@dataclass(frozen=True)
class Turned:
    """What a link has beside controls and filters: the camera of the scenes, and what is picked.
    None: as a page opens.
    """

    camera: Camera | None = None
    pick: Pick | None = None


AS_IT_OPENS = Turned()


def command(
    runs: Path,
    chosen: ExploreChoice,
    shown: Filters = NO_FILTERS,
    turned: Turned = AS_IT_OPENS,
) -> str:
    """The command that writes what the choice, the filters, camera and pick show into one file."""
    filters = {name: ",".join(f"{part:g}" for part in of) or NONE for name, of in shown.items()}
    also = {name: value for name, value in asdict(turned).items() if value is not None}
    state = {name: json.dumps(value, separators=(",", ":")) for name, value in also.items()}
    changed = [
        part
        for name, value in (_changed(chosen) | filters | state).items()
        for part in (f"--{name.replace('_', '-')}", str(value))
    ]
    words = shlex.join(["landscape", "report", *chosen.runs, "--to", FILE, *changed])
    return f"{words}{commands.at(runs)}"


def python(
    runs: Path,
    chosen: ExploreChoice,
    shown: Filters = NO_FILTERS,
    turned: Turned = AS_IT_OPENS,
) -> str:
    """The lines of Python that draw the main figure of the choice, filtered: the joint scene of
    several runs, else the scene; and, where the camera was turned, the scene of each run. A figure
    shows no pick.
    """
    names = _names(chosen.runs)
    folder = runs.resolve()
    opened = [
        f"{name} = open_run(runs / {id!r})" for name, id in zip(names, chosen.runs, strict=True)
    ]
    changed = _changed(chosen) | shown
    settings = [f"{name}={value!r}" for name, value in changed.items()]
    several = len(names) > 1
    dims = chosen.view.joint_dims if several else chosen.view.dims
    camera = [] if turned.camera is None else ["camera=camera"]
    figure = ['"joint"', f"beside=[{', '.join(names[1:])}]"] if several else ['"scene"']
    lines = [
        "from pathlib import Path",
        "",
        "from landscape_app import open_run",
        "",
        f"runs = Path({str(folder)!r})",
        *opened,
        *([f"camera = {turned.camera!r}"] if camera else []),
        f"figure = {_call(names[0], [*figure, *settings, *(camera if dims == 3 else [])])}",
        "figure.show()",
    ]
    if several and camera and chosen.view.dims == 3:
        beside = "beside=[other for other in compared if other is not run]"
        scene = _call("run", ['"scene"', beside, *settings, *camera])
        lines += [
            f"compared = [{', '.join(names)}]",
            "for run in compared:",
            f"    {scene}.show()",
        ]
    return "\n".join(lines) + "\n"


def _call(name: str, arguments: Sequence[str]) -> str:
    return f"{name}.figure({', '.join(arguments)})"


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


def turned(given: Mapping[str, Any], runs: Sequence[str]) -> Turned:
    """Camera and pick as the page says them (assets/linked.js); what cannot be read is left out: it
    comes from a browser.
    """

    def read(name: str, of: Callable[[str], Any]) -> Any:
        try:
            return of(given[name]) if isinstance(given.get(name), str) else None
        except LandscapeError:
            return None

    return Turned(read("camera", camera_of), read("pick", lambda text: pick_of(text, runs)))


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

    def text(asked: Any, stored: Any, runs: list[str], *values: str) -> Any:
        what = asked.get("what") if isinstance(asked, dict) else None
        if what not in LINES:
            raise PreventUpdate
        try:
            chosen = ExploreChoice(tuple(map(str, runs)), choice.view_of(values, "light"))
        except LandscapeError as error:
            raise PreventUpdate from error
        write = command if what == "command" else python
        lines = write(context.runs, chosen, filters(stored), turned(asked, chosen.runs))
        return {"text": lines, "what": LINES[what], "stamp": time.time_ns()}

    app.callback(
        Output(ids.COPIED, "data"),
        Input(ids.ASKED, "data"),
        State(ids.FILTER, "data"),
        *shown,
        prevent_initial_call=True,
    )(text)
    command_clicks, python_clicks = (
        Input(id, "n_clicks") for id in (ids.COPY_COMMAND, ids.COPY_PYTHON)
    )
    for script, *given in (
        (ClientsideFunction("explore", "link"), Input(ids.COPY_LINK, "n_clicks")),
        (ClientsideFunction("explore", "copied"), Input(ids.COPIED, "data")),
        (
            ClientsideFunction("explore", "asked"),
            Output(ids.ASKED, "data"),
            command_clicks,
            python_clicks,
        ),
    ):
        app.clientside_callback(script, *given, prevent_initial_call=True)
