"""The help panel: what is seen, how it came about, and the keys."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from landscape_app.dashboard.common import ids

SEEN = {
    "Anchor": "the trained network. Its surroundings are sampled. Drawn as a diamond.",
    "Jump": (
        "a step from the anchor in a random direction. The direction has the anchor's filter norms;"
        " the step size gives its length. Drawn as an open circle."
    ),
    "Trajectory": (
        "a jump and its retraining, with one snapshot per epoch. Step size 0 is the control:"
        " retraining without a jump."
    ),
    "Embedding": (
        "the snapshots as points: snapshots with a small distance are drawn near each other. The"
        " axes have no meaning."
    ),
    "Distance": (
        "what is compared between two snapshots: the weights, their direction from the anchor, or"
        " the network's outputs. Every label names it."
    ),
    "Sublevel persistence": (
        "a threshold on the loss rises. Components of the sample appear (birth) and merge with"
        " lower ones (death). A long bar: no path through lower snapshots joins two minima. This"
        " need not be a valley: the climb says whether the loss rises between them."
    ),
    "Climb": (
        "how far the train loss rises above both minima of a bar, on the straight line between"
        " them. A hollow bar: it does not rise."
    ),
    "Rips persistence": (
        "components (H₀) and loops (H₁) of the snapshots, by distance. Noise has loops too, so the"
        " longest loop (filled mark) is tested. Its p-value says how often a null draw has a loop"
        " as long. The grey strip is as high as the longest loops of the null draws."
    ),
    "Smoother": (
        "the loss has less persistence over the graph of snapshots than after its changes from"
        " epoch to epoch are permuted. Losses that fall in the same way along every trajectory"
        " count as smooth."
    ),
    "Merge tree": (
        "the end points of trajectories, joined at the highest loss on the straight line between"
        " them. A stem is a barrier on this line."
    ),
    "Profile": (
        "every snapshot has one place on a line. Snapshots that are joined below a height form one"
        " dip there. Its width is its number of snapshots."
    ),
    "Gap": "train minus test accuracy at the anchor. Small for a good generalizer.",
}
KEYS = {
    "Click": "picks a point, a trajectory, a bar, a curve or a row. It lights up in every view",
    "Tab": "goes to the next control or figure",
    "Enter": "picks the first trajectory, curve or bar of the figure that has the focus",
    "Esc": "clears the selection",
    "← →": "step along the picked trajectory, or to the next bar",
    "↑ ↓": "go to the next trajectory, at the same epoch",
    "Drag": (
        "turns all scenes together. In two dimensions it draws a lasso: points inside are picked"
    ),
    "Wheel": "zooms all scenes. A double click resets the camera",
}


def panel() -> Any:
    """The drawer, closed; it opens with the ? in the header."""
    return dmc.Drawer(
        id=ids.HELP,
        title="What is seen here",
        position="right",
        size=420,
        children=[
            html.Dl(
                [part for name, text in SEEN.items() for part in (html.Dt(name), html.Dd(text))],
                className="ls-help",
            ),
            html.H3("Mouse and keys", className="ls-help-title"),
            html.Table(
                html.Tbody(
                    [html.Tr([html.Th(dmc.Kbd(key)), html.Td(text)]) for key, text in KEYS.items()]
                ),
                className="ls-keys",
            ),
        ],
    )


def register(app: Dash) -> None:
    """Opens the drawer."""

    @app.callback(
        Output(ids.HELP, "opened"), Input(ids.HELP_OPEN, "n_clicks"), prevent_initial_call=True
    )
    def show(_: int | None) -> bool:
        return True
