"""A run's snapshots in formats that any tool reads: npz with everything, csv with one line per
snapshot.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.pipeline.function_space import NAME as FUNCTION_SPACE
from landscape_app.pipeline.spaces import EUCLIDEAN, own_function_space
from landscape_app.records import csv_text
from landscape_app.records.rows import look_up
from landscape_app.store import damage, files, snapshots, usable_results
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")


def export(run: RunFolder, to: Path) -> list[Path]:
    """Writes ID.npz (columns, delta (n, parameter)) and ID.csv (columns) into `to`; returns the
    paths. The places of embeddings are columns, see `_places`.
    """
    rows = snapshots.read(run)
    if lost := damage.thorough(run.inventory(), rows.column("row")):
        log.warning(
            "Run %s: left out of what is exported: %s. %s",
            run.id,
            damage.missing(lost),
            damage.remedy(lost),
        )
    columns = dict(rows.columns) | _places(run, rows.column("row"))
    files.make_own(to)
    packed = io.BytesIO()
    arrays: dict[str, Any] = {"delta": rows.delta.whole(), **columns}
    np.savez_compressed(packed, **arrays)
    text = csv_text.of_columns(columns)
    targets = [to / f"{run.id}.npz", to / f"{run.id}.csv"]
    for target, content in zip(targets, (packed.getvalue(), text.encode()), strict=True):
        files.write_atomic(target, content, own=True)
    return targets


def _places(run: RunFolder, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of the snapshots `rows` (n,), NaN where a stored result lacks one; none of a result
    that is not stored.

    phate_1 to phate_3: PHATE of the weights. function_distance: to the anchor in function space;
    function_phate_1 …, function_mds_1 …: PHATE and metric MDS there.
    """
    space = own_function_space(run)
    columns = _column(run, "function_distance", rows, space)
    for name, method, distance in (
        ("phate", "phate", EUCLIDEAN),
        ("function_phate", "phate", space),
        ("function_mds", "metric-mds", space),
    ):
        columns |= _coordinates(run, name, rows, method, distance)
    return columns


def _column(run: RunFolder, name: str, rows: np.ndarray, space: str) -> dict[str, np.ndarray]:
    stored = usable_results.find(run.path, FUNCTION_SPACE, distance=space)
    if stored is None or "distance" not in stored.arrays:
        return {}
    return {name: look_up(stored.arrays["rows"], rows).of(stored.arrays["distance"])}


def _coordinates(
    run: RunFolder, name: str, rows: np.ndarray, method: str, distance: str
) -> dict[str, np.ndarray]:
    """{NAME_1 …: (n,)} of an embedding in three dimensions."""
    embedding = usable_results.find(run.path, "embedding", method=method, dims=3, distance=distance)
    if embedding is None:
        return {}
    # An embedding may lack rows that were excluded by name: they stay NaN rather than shift the
    # others.
    coordinates = look_up(embedding.arrays["rows"], rows).of(
        embedding.arrays["coordinates"].astype(np.float32)
    )
    return {f"{name}_{axis + 1}": coordinates[:, axis] for axis in range(3)}
