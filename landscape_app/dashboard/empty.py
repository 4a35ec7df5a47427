"""Pages that stand in for another: no runs yet, no such page, a fault in words."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses, gallery, ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import centred

STEPS = {
    "Train": "three networks on 1,000 handwritten digits: a good, a plain and a poor generalizer.",
    "Jump and retrain": (
        "from each minimum, in 4 random directions, with 5 step sizes, for 40 epochs. Every epoch"
        " is recorded."
    ),
    "Compare": (
        "the landscapes side by side: PHATE in 3-D, persistence, retraining curves and measures."
    ),
}


def layout(context: Context) -> Any:
    """The page of a folder without runs: what this is, one button, and what ships."""
    return centred(
        html.H1("No runs yet", className="ls-empty-title"),
        html.P(
            "The quickstart makes three runs on this machine and compares them. It takes about a"
            " minute.",
            className="ls-muted",
        ),
        html.Ol(
            [html.Li([html.Strong(name), f" {text}"]) for name, text in STEPS.items()],
            className="ls-steps",
        ),
        html.Div(
            [
                dmc.Button("Run the quickstart", id=ids.QUICKSTART, size="md"),
                dcc.Link(
                    dmc.Button("Set up your own run", variant="default", size="md", tabIndex=-1),
                    href=addresses.at("/new"),
                ),
                dcc.Link("Take a lesson", href=addresses.at("/lessons")),
                dcc.Link("Import an archive", href=addresses.at("/jobs")),
            ],
            className="ls-buttons",
        ),
        gallery.offer(context.runs, "empty"),
    )


def unknown(pathname: str) -> Any:
    """There is no such page."""
    return centred(
        html.H1("There is no such page", className="ls-empty-title"),
        html.P([html.Code(pathname), " is not a page of Landscape."], className="ls-muted"),
        dcc.Link("Go to Explore", href=addresses.at("/")),
    )


def fault(text: str) -> Any:
    """Something that cannot be shown, in the words that the command line would use."""
    return centred(
        html.H1("This page cannot be shown", className="ls-empty-title"),
        html.P(text, role="alert"),
        dcc.Link("Go to Jobs", href=addresses.at("/jobs")),
    )
