"""What the scripts of the page must know and cannot read from a figure: the runs' trajectories,
palettes, templates.
"""

from __future__ import annotations

from typing import Any

from landscape_app.dashboard.explore.reading import Compared
from landscape_app.figures.colours import COLOURS, scale
from landscape_app.figures.palette import MARKS, PALETTES, template


def known(compared: Compared) -> dict[str, Any]:
    """Plain values for the store ids.KNOWN (assets/link.js and its neighbours)."""
    return {
        "runs": {
            one.id: {
                "slot": one.slot,
                "label": one.label,
                "mark": MARKS[one.slot],
                "epochs": one.spec.epochs,
                "trajectories": [list(pair) for pair in one.spec.trajectories],
            }
            for one in compared.shown
            if one.spec is not None
        },
        "value": {
            "label": COLOURS[compared.view.colour].label,
            "log": scale(compared.view.colour, compared.subjects).colour.log,
            "percent": COLOURS[compared.view.colour].percent,
        },
        "scheme": compared.view.scheme,
        "filtration": compared.view.filtration,
        "palettes": {
            scheme: {**palette.named(), "scale": list(palette.scale)}
            for scheme, palette in PALETTES.items()
        },
        "templates": {scheme: template(scheme).to_plotly_json() for scheme in PALETTES},
    }
