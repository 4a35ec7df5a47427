"""The merge tree of a sublevel filtration, read off its bars: how high one must climb from each
minimum to leave it.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.topology.sublevel import Sublevel


def leaf_heights(sublevel: Sublevel) -> np.ndarray:
    """(b,) from each minimum to the first saddle above it: where it runs into a deeper basin or a
    higher one runs into it.

    inf for the only minimum of its component, which has no saddle. A bar is as long or longer: it
    goes on to where it dies.
    """
    saddle = sublevel.diagram.death.copy()
    dies = sublevel.into >= 0
    np.minimum.at(saddle, sublevel.into[dies], sublevel.diagram.death[dies])
    return np.asarray(saddle - sublevel.diagram.birth)


def smad(sublevel: Sublevel) -> float:
    """Saddle-minimum average distance: mean over the leaf edges of f(saddle) − f(minimum); 0 where
    there is no saddle.

    Chen et al. 2026, Landscaper, arXiv 2602.07135.
    """
    heights = leaf_heights(sublevel)
    heights = heights[np.isfinite(heights)]
    return float(heights.mean()) if len(heights) else 0.0
