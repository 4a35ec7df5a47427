"""Explore's part of the header: which runs are compared, and what the colours mean."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common.checks_mark import checks_mark
from landscape_app.dashboard.common.compared_runs import MOST
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_mark import mark
from landscape_app.dashboard.explore import ids
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures import colours
from landscape_app.figures.palette import CATEGORIES
from landscape_app.number_text import number, percent
from landscape_app.store import damage

LISTED = 40  # entries in the menu "add"


def bar(context: Context, comparison: Comparison) -> Any:
    """Chips, the menu that adds runs, the way to their checks, and the legend."""
    return html.Div(
        [
            html.Div(
                [*chips(comparison), _menu(context, comparison)],
                id=ids.CHIPS,
                className="ls-chips",
                role="list",
                **{"aria-label": "Compared runs"},
            ),
            checks_mark(context, [run.id for run in comparison.runs]),
            html.Div(className="ls-grow"),
            html.Div(legend(comparison), id=ids.LEGEND, className="ls-legend"),
        ],
        className="ls-explore-bar",
    )


def chips(comparison: Comparison) -> list[Any]:
    """One per run, in the order of the slots."""
    several = len(comparison.runs) > 1
    return [
        html.Div(
            [
                mark(run.slot),
                html.Span(run.label, className="ls-chip-name"),
                *(
                    [
                        html.Button(
                            "×",
                            id=ids.remove(run.id),
                            className="ls-chip-x",
                            title=f"Take {run.id} away",
                            **{"aria-label": f"Take {run.id} away"},
                        )
                    ]
                    if several
                    else []
                ),
            ],
            className=f"ls-chip ls-chip-{run.state}" + (" ls-chip-damaged" if run.damage else ""),
            title=(
                f"{run.id}:"
                f" {run.problem or run.job or (damage.words(run.damage, given=run.given, button=True) if run.damage else run.state)}"
            )
            + (f". Last job: {run.ended}" if run.ended else ""),
            role="listitem",
            **{"data-run": run.id},
        )
        for run in comparison.runs
    ]


def _menu(context: Context, comparison: Comparison) -> Any:
    """Runs that can be added while there is room, and studies that can take the place of what is
    shown.
    """
    shown = {run.id for run in comparison.runs}
    entries = context.board.entries()
    runs = [
        entry
        for entry in entries
        if not entry.runs and entry.summary.kind == "run" and entry.id not in shown
    ][:LISTED]
    studies = [entry for entry in entries if entry.runs and set(entry.runs) != shown][:LISTED]
    full = len(shown) >= MOST
    items: list[Any] = []
    if runs:
        items.append(
            dmc.MenuLabel(
                "Add a run" if not full else "Four runs are the most: take one away to add one"
            )
        )
        items += [dmc.MenuItem(entry.id, id=ids.add(entry.id), disabled=full) for entry in runs]
    if studies:
        items.append(dmc.MenuLabel("Show a study instead"))
        items += [
            dmc.MenuItem(f"{entry.id} ({len(entry.runs)} runs)", id=ids.add(entry.id))
            for entry in studies
        ]
    if not items:
        items = [dmc.MenuLabel("All runs are shown")]
    return dmc.Menu(
        [
            dmc.MenuTarget(
                dmc.Button(
                    "+ add",
                    variant="default",
                    size="compact-sm",
                    radius="xl",
                    className="ls-chip-add",
                )
            ),
            dmc.MenuDropdown(items, className="ls-add"),
        ],
        position="bottom-start",
        shadow="md",
        width=280,
    )


def legend(comparison: Comparison) -> list[Any]:
    """What the colours of the scenes mean: a name, the ends of the scale, and the two shapes that
    every scene has.
    """
    scale = colours.scale(comparison.view.colour, comparison.subjects)
    show = percent if scale.colour.percent else number
    shapes = html.Span(
        [
            html.Span("◆", className="ls-legend-shape"),
            "anchor",
            html.Span("○", className="ls-legend-shape"),
            "jump",
        ],
        className="ls-legend-shapes",
    )
    if scale.colour.category:
        names = [
            html.Span(
                [
                    html.Span(
                        className="ls-swatch", style={"background": CATEGORIES[i % len(CATEGORIES)]}
                    ),
                    str(i),
                ],
                className="ls-legend-item",
            )
            for i in range(min(round(scale.high + 0.5), 12))
        ]
        return [shapes, html.Span(scale.colour.label), *names]
    low, high = scale.ends()
    logarithmic = " (logarithmic)" if scale.colour.log else ""
    return [
        shapes,
        html.Span(
            scale.colour.label,
            title=f"{scale.colour.label}{logarithmic}, one range for all compared runs",
        ),
        html.Span(show(low), className="ls-num"),
        html.Span(
            className="ls-legend-scale",
            role="img",
            **{"aria-label": f"colour scale from {show(low)} to {show(high)}{logarithmic}"},
        ),
        html.Span(show(high), className="ls-num"),
    ]
