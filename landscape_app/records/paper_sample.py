"""The paper's sample of a run, which its pictures, its topology and Table 1 are made of: jumps with
a step and their retraining, epochs 0-39; 640 snapshots in its protocol.

Horoi et al. 2022 (arXiv 2102.00485) and its public release.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landscape_app.protocol import LAST_EPOCH

NAME = "paper-sample"  # of the selection, as a pick of the page has it
LABEL = "the paper's sample"
HELP = (
    f"Snapshots of jumps with a step, epochs 0-{LAST_EPOCH}, without the anchor and the controls."
)
ANCHOR = "as in the paper (the optimum itself)"
CONTROL = "as in the paper (trajectories without a step)"
LATER = f"as in the paper (after epoch {LAST_EPOCH})"
Column = Callable[[str], np.ndarray]


def left_out(column: Column) -> dict[str, np.ndarray]:
    """Masks (n,) of the snapshots that are not in the sample, by the reason; no snapshot is in two.
    column: a run's column (n,) by its name.
    """
    anchor = np.asarray(column("trajectory")) < 0
    control = ~anchor & ~(np.asarray(column("step_size")) > 0)
    later = ~anchor & ~control & (np.asarray(column("epoch")) > LAST_EPOCH)
    return {ANCHOR: anchor, CONTROL: control, LATER: later}


def sampled(column: Column) -> np.ndarray:
    """Positions (m,) of the snapshots of the sample, also of those that are not finite."""
    return np.flatnonzero(~np.logical_or.reduce(list(left_out(column).values())))
