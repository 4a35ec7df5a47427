"""The help panel: what is seen, how it came about, and the keys."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from landscape_app.dashboard.common import ids
from landscape_app.registries import REGIMES

SEEN = {
    "Regime": " ".join(
        [
            "the recipe by which a network is trained.",
            *(
                f"{entry.label}: {entry.help[0].lower()}{entry.help[1:]}"
                for entry in REGIMES.values()
            ),
        ]
    ),
    "Generalization gap": (
        "test loss minus train loss, or train accuracy minus test accuracy. Near 0: the network"
        " does on new data what it does on its train data. Large: it learned rows that do not"
        " help it on new data. Both are of the anchor."
    ),
    "Anchor": "the trained network. Its surroundings are sampled. Drawn as a diamond.",
    "Jump": (
        "a step from the anchor in a random direction. The direction has the anchor's filter norms;"
        " the step size gives its length. Drawn as an open circle."
    ),
    "Trajectory": (
        "a jump and its retraining, with one snapshot per epoch. Step size 0 is the control:"
        " retraining without a jump."
    ),
    "Weight space": (
        "two snapshots are near if their weights are near. Every direction then has its own ray,"
        " whatever the network."
    ),
    "Function space": (
        "two snapshots are near if they give nearly the same outputs for the same rows. Here one"
        " sees whether retraining leads back to what the anchor computes."
    ),
    "PHATE": (
        "draws the snapshots as points. Snapshots that short steps join are drawn near each other."
        " Its axes have no meaning, and long distances are not kept. MDS keeps them as well as it"
        " can. “Faithful”: the picture keeps the order of the distances."
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
    "H0 and H1": (
        "Rips persistence: points closer than a distance are joined, and the distance grows. H₀:"
        " components, until they merge. H₁: loops, until they close."
    ),
    "p": (
        "how often null draws, which have no structure, give a value as extreme as the measured"
        " one. A small p: noise seldom does this. It does not say that the effect is large."
    ),
    "Grey strip": (
        "noise has loops too. The strip is as high as the longest loops of 95 % of the null draws."
        " A loop above it is longer than noise makes it. The longest one is tested (filled mark)."
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
        closeButtonProps={"aria-label": "Close the help"},
        children=[
            html.Button("Take the tour", id=ids.TOUR_OPEN, type="button", className="ls-button"),
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
