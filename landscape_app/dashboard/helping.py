"""The help panel: what is seen, how it came about, and the keys."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from landscape_app.dashboard.common import ids

SEEN = (
    ("Anchor", "the trained network: the minimum whose surroundings are sampled. A diamond."),
    (
        "Jump",
        (
            "a step from the anchor in a random direction with the anchor's filter norms, as long"
            " as the step size says. Open circles."
        ),
    ),
    (
        "Trajectory",
        (
            "what retraining does after a jump, one snapshot an epoch. Step size 0 is the control:"
            " retrained without a jump."
        ),
    ),
    (
        "Embedding",
        (
            "snapshots drawn so that near and far stay near and far. Its axes have no meaning of"
            " their own."
        ),
    ),
    (
        "Distance",
        (
            "what near and far mean for a run: weights, their direction from the anchor, or what"
            " the network answers. Every label says which."
        ),
    ),
    (
        "Sublevel persistence",
        (
            "as a threshold on the loss rises, pieces of the sample appear (birth) and are joined"
            " to lower ones (death). A long bar: two minima that lower snapshots do not join. It"
            " need not be a valley: its climb says whether the loss rises between them."
        ),
    ),
    (
        "Climb",
        (
            "how far the train loss rises above both minima of a bar on the straight line between"
            " them. Hollow bars: it does not rise."
        ),
    ),
    (
        "Rips persistence",
        (
            "pieces (H₀) and loops (H₁) of the cloud of snapshots by distance. Noise has loops too:"
            " the longest one, the filled mark, is tested; its p says how often chance has one as"
            " long, and the grey strip is as high as the longest loops of chance."
        ),
    ),
    (
        "Smoother",
        (
            "the loss has less persistence over the graph of snapshots than its own changes from"
            " epoch to epoch have in another order. Losses that fall alike along every trajectory"
            " count as smooth."
        ),
    ),
    (
        "Merge tree",
        (
            "where trajectories ended, joined at the highest loss on the straight line between"
            " them: a stem is a barrier that must be climbed."
        ),
    ),
    (
        "Profile",
        (
            "every snapshot has one place on a line; what is joined in the sample below a height is"
            " one stretch there, as wide as it has snapshots."
        ),
    ),
    ("Gap", "train minus test accuracy at the anchor: small for a good generalizer."),
)
KEYS = (
    ("Click", "picks a point, a trajectory, a bar, a curve or a row; it lights up in every view"),
    ("Esc", "clears what is picked"),
    ("← →", "step along the picked trajectory"),
    ("↑ ↓", "go to the next trajectory, at the same epoch"),
    (
        "Drag",
        (
            "turns all scenes together; in two dimensions it draws a lasso, and what is inside is"
            " picked"
        ),
    ),
    ("Wheel", "brings scenes nearer; a double click puts the camera back"),
)


def panel() -> Any:
    """The drawer, closed; it opens with the ? in the header."""
    return dmc.Drawer(
        id=ids.HELP,
        title="What is seen here",
        position="right",
        size=420,
        children=[
            html.Dl(
                [part for name, text in SEEN for part in (html.Dt(name), html.Dd(text))],
                className="ls-help",
            ),
            html.H3("Mouse and keys", className="ls-help-title"),
            html.Table(
                html.Tbody([html.Tr([html.Th(dmc.Kbd(key)), html.Td(text)]) for key, text in KEYS]),
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
