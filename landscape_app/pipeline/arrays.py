"""Results as they are stored: arrays by name and plain values, with snapshots named by their
canonical ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.geometry import Geometry

Stored = tuple[dict[str, np.ndarray], dict[str, Any]]  # arrays, meta


def of_geometry(geometry: Geometry) -> Stored:
    """rows (n,), distances (n, n), representative (n,); meta excluded (ids), excluded_because {why:
    ids}.
    """
    arrays = {
        "rows": geometry.rows,
        "distances": geometry.distances,
        "representative": geometry.representative,
    }
    return arrays, _excluded(geometry)


def to_geometry(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Geometry:
    """The geometry that `of_geometry` stored."""
    because = {
        why: tuple(rows)
        for why, rows in meta.get("excluded_because", {"diverged": meta["excluded"]}).items()
    }
    return Geometry(arrays["rows"], arrays["distances"], arrays["representative"], because)


def of_embedding(embedding: Embedding, geometry: Geometry) -> Stored:
    """rows (n,), coordinates (n, dims): every snapshot with a place, those that coincide at one."""
    coordinates = embedding.coordinates[geometry.place].astype(np.float32)
    meta = (
        embedding.meta
        | _excluded(geometry)
        | {"merged": len(geometry.rows) - len(geometry.distinct)}
    )
    return {"rows": geometry.rows, "coordinates": coordinates, **embedding.arrays}, meta


def _excluded(geometry: Geometry) -> dict[str, Any]:
    return {
        "excluded": list(geometry.excluded),
        "excluded_because": {why: list(rows) for why, rows in geometry.because.items()},
    }
