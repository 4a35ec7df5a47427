"""The states of single snapshots, weights and buffers, read from the chunks that hold them."""

from __future__ import annotations

import numpy as np
import torch

from landscape_app.errors import RunDamagedError
from landscape_app.records.rows import look_up
from landscape_app.store.run import RunFolder
from landscape_app.weights.bundle import Bundle


def read(run: RunFolder, anchor: Bundle, rows: np.ndarray) -> tuple[Bundle, np.ndarray]:
    """(the snapshots with the canonical ids `rows` (r,), ascending, as one bundle in main memory;
    which of them exist (r,) bool).

    A snapshot whose file is damaged, or that was not sampled, gets the anchor's state. Reads one
    chunk at a time. O(r) memory besides that.
    """
    states = anchor.to("cpu").repeated(len(rows))
    there = rows == 0
    # oldest first: a newer copy of a snapshot replaces an older one
    for line in run.committed("chunk"):
        trajectories = np.asarray(line["trajectories"], dtype=np.int64)
        epochs = np.arange(int(line["first"]), int(line["last"]) + 1)
        ids = 1 + trajectories[:, None] * run.spec.rows_per_trajectory + epochs
        place, epoch = np.nonzero(np.isin(ids, rows))
        if not len(place):
            continue
        try:
            tensors = run.tensors(line["file"])
        except RunDamagedError:
            continue
        at = look_up(rows, ids[place, epoch]).at
        there[at] = True
        states.weights[at] = anchor.weights.cpu() + torch.from_numpy(tensors["delta"][place, epoch])
        for key, value in states.buffers.items():
            value[at] = torch.from_numpy(tensors[f"buffers.{key}"][place, epoch])
    return states, there
