"""Explore's part of the header: which runs are compared, and what the colours mean."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common.checks_mark import checks_mark
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_view import cut, mark
from landscape_app.dashboard.common.taking import shown_entries
from landscape_app.dashboard.explore import ids, share
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.figures.colours import Scale
from landscape_app.figures.palette import CATEGORIES
from landscape_app.number_text import number, percent
from landscape_app.store import damage

LISTED = 40  # entries in the menu "add"


def bar(context: Context, comparison: Comparison) -> Any:
    """Chips, the menu that adds runs, the way to their checks, and the legend."""
    return html.Div(
        [
            html.Div(
                [*chips(comparison), html.Div(_menu(context, comparison), role="listitem")],
                id=ids.CHIPS,
                className="ls-chips",
                role="list",
                **{"aria-label": "Compared runs"},
            ),
            checks_mark(context, [run.id for run in comparison.runs]),
            html.Div(className="ls-grow"),
            html.Div(legend(comparison), id=ids.LEGEND, className="ls-legend"),
            share.menu(shown_entries([run.id for run in comparison.runs])),
        ],
        className="ls-explore-bar",
    )


def chips(comparison: Comparison) -> list[Any]:
    """One per run, in the order of the slots."""
    several = len(comparison.runs) > 1
    return [
        html.Div(
            [
                mark(run.look),
                html.Span(cut(run.label), className="ls-name ls-chip-name"),
                *([_cross(run)] if several else []),
            ],
            className=f"ls-chip ls-chip-{run.state}" + (" ls-chip-damaged" if run.damage else ""),
            title=f"{_whole(run)}: {_standing(run)}",
            role="listitem",
            **{"data-run": run.id},
        )
        for run in comparison.runs
    ]


def _whole(run: ComparedRun) -> str:
    """A run's label and its id: Good · quickstart-good."""
    return run.id if run.id.endswith(run.label) else f"{run.label} · {run.id}"


def _cross(run: ComparedRun) -> Any:
    named = {"title": f"Take {run.id} away", "aria-label": f"Take {run.id} away"}
    return html.Button("×", id=ids.remove(run.id), className="ls-chip-x", **named)


def _standing(run: ComparedRun) -> str:
    """Why a run cannot be read, what a job does to it, what is damaged, or its state."""
    damaged = damage.words(run.damage, given=run.given, button=True) if run.damage else ""
    standing = run.problem or run.job or damaged or run.state
    return f"{standing}. Last job: {run.ended}" if run.ended else standing


def _menu(context: Context, comparison: Comparison) -> Any:
    """Runs that can be added while there is room, and studies that can take the place of what is
    shown.
    """
    look = {"variant": "default", "size": "compact-sm", "radius": "xl"}
    button = dmc.Button("+ add", **look, className="ls-chip-add")
    items = _items(context, comparison) or [dmc.MenuLabel("All runs are shown")]
    return dmc.Menu(
        [dmc.MenuTarget(button), dmc.MenuDropdown(items, className="ls-add")],
        position="bottom-start",
        shadow="md",
        width=280,
    )


def _items(context: Context, comparison: Comparison) -> list[Any]:
    shown = {run.id for run in comparison.runs}
    entries, full = context.board.entries(), len(shown) >= MOST_COMPARED
    runs = [
        dmc.MenuItem(entry.named, id=ids.add(entry.id), disabled=full)
        for entry in entries
        if not entry.runs and entry.summary.kind == "run" and entry.id not in shown
    ][:LISTED]
    studies = [
        dmc.MenuItem(f"{entry.id} ({len(entry.runs)} runs)", id=ids.add(entry.id))
        for entry in entries
        if entry.runs and set(entry.runs) != shown
    ][:LISTED]
    add = "Four runs are the most: take one away to add one" if full else "Add a run"
    groups = ((add, runs), ("Show a study instead", studies))
    return [item for label, items in groups if items for item in (dmc.MenuLabel(label), *items)]


def legend(comparison: Comparison) -> list[Any]:
    """What the colours of the scenes mean: a name, the ends of the scale, and the two shapes that
    every scene has.
    """
    scale, marks = comparison.scale, "★●" if comparison.view.clouds else "◆○"
    if scale.colour.category:
        count = round(scale.high + 0.5)
        names = [*map(_swatch, range(min(count, 12))), *(["…"] if count > 12 else [])]
        fades = scale.colour.fades
        words = "seed, fading with the epoch" if fades else scale.colour.label
        return [_shapes("★◆" if fades else marks), html.Span(words), *names, *_steps(scale)]
    return [_shapes(marks), *_range(scale)]


def _steps(scale: Scale) -> list[Any]:
    """The step sizes that colour the jumps, where they have colours of their own."""
    return (
        []
        if scale.jumps is None or not scale.jumps.seen
        else [html.Span("◆"), *_range(scale.jumps)]
    )


def _range(scale: Scale) -> list[Any]:
    low, high = map(percent if scale.colour.percent else number, scale.ends())
    logarithmic = " (logarithmic)" if scale.colour.log else ""
    spoken = {"aria-label": f"colour scale from {low} to {high}{logarithmic}"}
    title = f"{scale.colour.label}{logarithmic}, one range for all compared runs. {scale.beyond()}"
    high = f"≥ {high}" if scale.off else high
    return [
        html.Span(scale.colour.label, title=title.strip()),
        html.Span(low, className="ls-num"),
        html.Span(className="ls-legend-scale", role="img", **spoken),
        html.Span(high, className="ls-num"),
    ]


def _shapes(marks: str) -> Any:
    """What stands at the anchor, and what a jump is, or a point of a sampling."""
    anchor, other = (html.Span(shape, className="ls-legend-shape") for shape in marks)
    word = "point" if marks[1] == "●" else "jump"
    return html.Span([anchor, "anchor", other, word], className="ls-legend-shapes")


def _swatch(i: int) -> Any:
    """The colour of category number i."""
    colour = {"background": CATEGORIES[i % len(CATEGORIES)]}
    swatch = html.Span(className="ls-swatch", style=colour)
    return html.Span([swatch, str(i)], className="ls-legend-item")
