"""Runs opened for export: what the pages would show of them, read without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from flask_caching import Cache

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import choice, reading
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export.shown_snapshots import finite
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.dashboard.surface import choice as surface_choice
from landscape_app.dashboard.surface import view as surface_view
from landscape_app.errors import SpecError, UnknownNameError
from landscape_app.figures.palette import Scheme
from landscape_app.figures.view import View
from landscape_app.store.folder import check_runs
from landscape_app.store.run import RunFolder

MEMORY = {"CACHE_TYPE": "SimpleCache", "CACHE_NO_NULL_WARNING": True}


def context(runs: Path) -> Context:
    """What the pages are given, of the runs folder `runs`. Raises StorageError."""
    check_runs(runs)
    return Context(runs, Cache(Flask("export"), config=MEMORY), Board(runs))


def members(runs: Context, ids: Sequence[str]) -> tuple[str, ...]:
    """The runs that `ids` name, a study replaced by its runs. Raises RunMissingError, SchemaError,
    RunDamagedError, and SpecError where they are more than the pages show beside each other.
    """
    named: dict[str, None] = {}
    for id in ids:
        entry = runs.board.find(id)
        named.update(dict.fromkeys(entry.runs if entry is not None and entry.runs else (id,)))
    for id in named:
        RunFolder.open(runs.runs, id)
    if not 0 < len(named) <= MOST_COMPARED:
        raise SpecError(
            f"One to {MOST_COMPARED} runs can be shown beside each other, not {len(named)}."
            " Name the runs that you want."
        )
    return tuple(named)


def view_of(settings: Mapping[str, Any], scheme: Scheme = "light") -> View:
    """The view with these settings (method, dims, colour, …); what is not given is the default.
    Raises UnknownNameError, SpecError.
    """
    for name in settings:
        if name not in choice.SHOWN:
            raise UnknownNameError("setting of a figure", name, choice.SHOWN)
    default = View()
    values = [settings.get(name, getattr(default, name)) for name in choice.SHOWN]
    return choice.view_of([str(value) for value in values], scheme)


def compared(runs: Context, ids: Sequence[str], view: View) -> Comparison:
    """The runs `ids` as Explore compares them. A picture that Explore would work out beside its
    requests is waited for. Raises what `members` raises.
    """
    chosen = choice.ExploreChoice(members(runs, ids), view)
    comparison = reading.read(runs, chosen)
    while any(run.drawing for run in comparison.runs):  # each reading waits a moment for it
        comparison = reading.read(runs, chosen)
    return comparison


def surfaces(
    runs: Context, ids: Sequence[str], settings: Mapping[str, Any], scheme: Scheme = "light"
) -> surface_view.SurfaceView:
    """The surfaces of the runs `ids` as the page Surface shows them; settings: kind, value,
    heights, and the grid (points, extent; not given: the newest of its kind). Raises what `members`
    raises, UnknownNameError and SpecError.
    """
    defaults = {name: surface_choice.DEFAULTS[name] for name in ("kind", "value", "heights")}
    grid: dict[str, Any] = {"points": None, "extent": None}
    for name in settings:
        if name not in {**defaults, **grid}:
            raise UnknownNameError("setting of a surface", name, [*defaults, *grid])
    given = {**defaults, **settings}
    for name, kind in (("points", int), ("extent", float)):
        if given.get(name) is not None:
            grid[name] = kind(finite(name, given.pop(name)))
    chosen = surface_choice.of_values(
        members(runs, ids), given["kind"], given["value"], given["heights"], scheme, **grid
    )
    return surface_view.read(runs, chosen)
