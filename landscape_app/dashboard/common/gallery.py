"""Results of studies that ship with the program, as pages offer them: a button that puts each into
the runs folder, or a link to what is there already.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, html

from landscape_app.dashboard.common import addresses, buttons, ids, launch_requests
from landscape_app.store import archive, folder, gallery
from landscape_app.store.gallery import ShippedStudy

TITLE = "Results that ship with Landscape"
ABOUT = "Computed before, and shown without computing anything. Their runs are not among them."


def offer(runs: Path, place: str, *, card: bool = False) -> Any:
    """A list of what ships; None where nothing does, or where the folder cannot be
    written.
    """
    studies = gallery.shipped(runs) if folder.permits(runs, os.W_OK) else []
    if not studies:
        return None
    return html.Section(
        [
            html.H2(TITLE),
            html.P(ABOUT, className="ls-muted ls-small"),
            html.Ul([_item(study, place) for study in studies]),
        ],
        className="ls-gallery ls-card ls-group" if card else "ls-gallery",
    )


def fold(runs: Path, place: str) -> Any:
    """The same, folded away; None as `offer`."""
    offered = offer(runs, place)
    if offered is None:
        return None
    _, *rest = offered.children
    return html.Details(
        [html.Summary(TITLE), html.Div(rest, className="ls-gallery")], className="ls-fold"
    )


def _item(study: ShippedStudy, place: str) -> Any:
    networks = [] if study.networks is None else [f"{study.networks} networks"]
    facts = ", ".join([*networks, archive.told(study.size)])
    way = (
        html.A(f"{study.name} is here already", href=addresses.study(study.name))
        if study.there
        else dmc.Button(
            f"Open the results of {study.name}",
            id=ids.shipped(study.name, place),
            size="compact-sm",
            variant="light",
            className=launch_requests.UNTIL_DRAWN,
        )
    )
    about = f"{study.about} ({facts})" if study.about else facts
    return html.Li([way, html.Span(about, className="ls-muted ls-small")])


def register(app: Dash) -> None:
    """One callback for the buttons of all pages."""
    every = ids.shipped(ALL, ALL)

    @app.callback(
        Output(ids.request("gallery"), "data"),
        Output(every, "loading"),
        Input(every, "n_clicks"),
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )
    def open_results(_: list[int | None], nonce: str) -> Any:
        name = buttons.clicked()["name"]
        busy = [output["id"]["name"] == name for output in ctx.outputs_list[1]]
        return launch_requests.ask(nonce, "gallery", shipped=name), busy

    app.clientside_callback(
        ClientsideFunction("shell", "opened"),
        Input(ids.launched("gallery"), "data"),
        prevent_initial_call=True,
    )
