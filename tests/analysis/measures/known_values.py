"""The value of every measure on the cloud of clouds.py, in closed form."""

from __future__ import annotations

import math

import numpy as np

from tests.analysis.measures.clouds import (
    BASE,
    BLOCK,
    EPOCHS,
    FACTS,
    NORM,
    PARAMETERS,
    PROBES,
    REST,
    RETURN,
    SEEDS,
    STEPS,
    TRAIN_PROBES,
)

JUMPS = SEEDS * len(STEPS)
RISE = 1.1  # mean of 1 + seed/10
RISE_MOST = 1 + (SEEDS - 1) / 10  # of the longest jump

# of the way from the anchor, epoch by epoch
LEFT = 1 - (1 - RETURN) * np.arange(EPOCHS + 1) / EPOCHS
LOSSES = np.unique(
    np.round(
        [0, *((1 + s / 10) * left**2 for s in range(SEEDS) for left in np.outer(STEPS, LEFT).flat)],
        12,
    )
)
KNOWN = {
    "gap_accuracy": 0.2,
    "gap_accuracy[outside]": 0.25,
    "gap_loss": 0.5,
    "gap_loss[outside]": 0.75,
    "train_loss": BASE,
    "weight_norm": NORM,
    "distance_from_init": 6.0,
    "parameters": PARAMETERS,
    "jump_loss": BASE + RISE * np.mean(np.square(STEPS)),
    "expected_sharpness": RISE * np.mean(np.square(STEPS)),
    "expected_sharpness[0.25]": RISE * 0.0625,
    "expected_sharpness[0.5]": RISE * 0.25,
    "expected_sharpness[1]": RISE,
    "return_ratio": RETURN,
    "epochs_to_recover": 3.0,  # 0.9 + 3 · 0.02 is the first within 0.05 of 1
    "epochs_to_recover[never]": 0.0,
    "end_spread": np.sqrt(2) * NORM * RETURN,
    "trajectory_length": NORM * (1 - RETURN) * np.mean(STEPS),
    "trajectory_detour": 1.0,
    "trajectory_turning": 0.0,
    # straight back, so never further out, by any distance
    "moving_away": 0.0,
    "moving_away[function]": 0.0,
    "moving_away[function, train]": 0.0,
    "moving_away[cosine]": 0.0,
    "excursion": 1.0,
    "first_turn": 0.0,
    # ends are at q = a / 4: at two of the three step sizes both blocks of a pair change their class
    "end_disagreement": 2 / 3 * 2 * BLOCK / PROBES,
    "anchor_disagreement": 2 / 3 * BLOCK / PROBES,
    "jump_disagreement": BLOCK / PROBES,
    "function_return": RETURN,
    # q/2 lost and q/2 won on BLOCK of the inputs
    "function_distance_end": RETURN * np.mean(STEPS) * np.sqrt(BLOCK / PROBES / 2),
    "function_distance_jump": np.mean(STEPS) * np.sqrt(BLOCK / PROBES / 2),
    # a star: from the anchor to the farthest jump of every direction
    "mst_length_function": SEEDS * np.sqrt(BLOCK / PROBES / 2),
    "magnitude_function": math.nan,  # has laws of its own
    "persistence_function": math.nan,  # has laws of its own
    "mst_length": SEEDS * NORM,  # from the anchor to the farthest jump of every direction
    "mst_length_norm": SEEDS,
    "mst_length_norm[2]": (
        SEEDS * np.square(np.diff(np.unique(np.round([0, *np.outer(STEPS, LEFT).flat], 12)))).sum()
    ),
    # the losses lie on a line: from the least to the largest
    "mst_length_losses": 1 + (SEEDS - 1) / 10,
    "magnitude_norm": math.nan,  # has laws of its own
    # of points on a line
    "magnitude_losses": 1 + np.tanh(np.sqrt(FACTS["train_rows"]) * np.diff(LOSSES) / 2).sum(),
    "ph_dimension": math.nan,  # of fewer than 64 snapshots
    "ph_dimension_losses": math.nan,
}

# of twice as many inputs, of which as many differ
KNOWN |= {
    f"{name}[train]": value * (PROBES / TRAIN_PROBES) ** (0.5 if "distance" in name else 1)
    for name, value in KNOWN.items()
    if name.endswith("_disagreement") or name.startswith("function_distance")
}
KNOWN |= {
    "function_return[train]": RETURN,
    "mst_length_function[train]": SEEDS * np.sqrt(BLOCK / TRAIN_PROBES / 2),
    "magnitude_function[train]": math.nan,
    "persistence_function[train]": math.nan,
}
SPREAD = RISE_MOST - REST * STEPS[0] ** 2
OF_LOSSES = ("", "[test_loss]", "[released]", "[test_loss, released]")
KNOWN |= {
    f"{name}{part}": math.nan  # they have laws of their own
    for name in ("published_d0", "published_d1", "published_share")
    for part in OF_LOSSES
}
KNOWN |= {"loss_range": SPREAD**2, "loss_range[test_loss]": (1.5 * SPREAD) ** 2}
WITH_LAWS = ("magnitude_norm", "magnitude_f", "persistence_f", "published")
LAWS = [name for name in KNOWN if name.startswith(WITH_LAWS)]

# why a measure of the snapshots need not name a diverged trajectory: it reads the anchor alone, or
# the jumps alone, which are finite where only the retraining diverges
OF_THE_ANCHOR = {"train_loss", "weight_norm", "distance_from_init", "parameters"}
OF_THE_JUMP = {"expected_sharpness", "jump_loss"}
