"""A run's snapshots in formats that any tool reads: npz with everything, csv with one line per
snapshot.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.pipeline.spaces import EUCLIDEAN
from landscape_app.records import csv_text
from landscape_app.records.rows import look_up
from landscape_app.store import damage, files, snapshots, usable_results
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")


def export(run: RunFolder, to: Path) -> list[Path]:
    """Writes ID.npz (columns, delta (n, parameter), coordinates (n, 3) of PHATE in weights where
    embedded) and ID.csv into `to`; returns the paths.
    """
    rows = snapshots.read(run)
    if lost := damage.thorough(run.inventory(), rows.column("row")):
        log.warning(
            "Run %s: left out of what is exported: %s. %s",
            run.id,
            damage.missing(lost),
            damage.remedy(lost),
        )
    columns = dict(rows.columns) | _coordinates(run, rows.column("row"))
    files.make_own(to)
    packed = io.BytesIO()
    arrays: dict[str, Any] = {"delta": rows.delta.whole(), **columns}
    np.savez_compressed(packed, **arrays)
    text = csv_text.of_columns(columns)
    targets = [to / f"{run.id}.npz", to / f"{run.id}.csv"]
    for target, content in zip(targets, (packed.getvalue(), text.encode()), strict=True):
        files.write_atomic(target, content, own=True)
    return targets


def _coordinates(run: RunFolder, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The columns phate_1 to phate_3 of the snapshots `rows` (n,); none without an embedding."""
    embedding = usable_results.find(
        run.path, "embedding", method="phate", dims=3, distance=EUCLIDEAN
    )
    if embedding is None:
        return {}
    # An embedding may lack rows that were excluded by name: they stay NaN rather than shift the
    # others.
    coordinates = look_up(embedding.arrays["rows"], rows).of(
        embedding.arrays["coordinates"].astype(np.float32)
    )
    return {f"phate_{axis + 1}": coordinates[:, axis] for axis in range(3)}
