"""How certain the network is on its train rows: the 10 % quantile of the margin, and the mean
confidence.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.measures.measure import Measured, measure
from landscape_app.analysis.measures.trajectories import words

SURER = "higher = more certain"
COST = "a pass over the train rows"


@measure(unit="logit", direction=SURER, source="Jiang et al. 2019, arXiv 1810.00113", cost=COST)
def margin_10(margin: np.ndarray) -> Measured:
    """10 % quantile over the train rows (n,) of the label's output less the largest other; not
    normalised by the weights.
    """
    return Measured(
        float(np.quantile(margin, 0.1)),
        words(f"median {np.median(margin):.3g}", f"{len(margin)} train rows"),
    )


@measure(unit="fraction", direction=SURER, source="Guo et al. 2017, arXiv 1706.04599", cost=COST)
def confidence(confidence: np.ndarray) -> Measured:
    """Mean over the train rows (n,) of the largest softmax probability."""
    return Measured(float(confidence.mean()), f"{len(confidence)} train rows")
