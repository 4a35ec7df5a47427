"""What the scripts of the page must know and cannot read from a figure: the runs' trajectories,
palettes, templates.
"""

from __future__ import annotations

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.stores import KnownToScripts
from landscape_app.figures.colours import COLOURS, scale
from landscape_app.figures.palette import MARKS, PALETTES, template


def known(comparison: Comparison) -> KnownToScripts:
    """Plain values for the store ids.KNOWN (assets/link.js and its neighbours)."""
    return {
        "runs": {
            run.id: {
                "slot": run.slot,
                "label": run.label,
                "mark": MARKS[run.slot],
                "epochs": run.spec.epochs,
                "trajectories": [list(pair) for pair in run.spec.trajectories],
            }
            for run in comparison.runs
            if run.spec is not None
        },
        "value": {
            "label": COLOURS[comparison.view.colour].label,
            "log": scale(comparison.view.colour, comparison.subjects).colour.log,
            "percent": COLOURS[comparison.view.colour].percent,
        },
        "scheme": comparison.view.scheme,
        "filtration": comparison.view.filtration,
        "palettes": {
            scheme: {**palette.named(), "scale": list(palette.scale)}
            for scheme, palette in PALETTES.items()
        },
        "templates": {scheme: template(scheme).to_plotly_json() for scheme in PALETTES},
    }
