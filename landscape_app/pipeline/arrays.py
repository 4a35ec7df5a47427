"""Results as they are stored: arrays by name and plain values, with snapshots named by their canonical ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.geometry import Geometry

Stored = tuple[dict[str, np.ndarray], dict[str, Any]]  # arrays, meta


def of_geometry(geometry: Geometry) -> Stored:
    """rows (n,), distances (n, n), representative (n,); meta excluded."""
    arrays = {"rows": geometry.rows, "distances": geometry.distances, "representative": geometry.representative}
    return arrays, {"excluded": list(geometry.excluded)}


def to_geometry(arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Geometry:
    """The geometry that `of_geometry` stored."""
    return Geometry(arrays["rows"], arrays["distances"], arrays["representative"], tuple(meta["excluded"]))


def of_embedding(embedding: Embedding, geometry: Geometry) -> Stored:
    """rows (n,), coordinates (n, dims): every finite snapshot, those with equal weights at one place."""
    coordinates = embedding.coordinates[geometry.place].astype(np.float32)
    meta = embedding.meta | {"excluded": list(geometry.excluded), "merged": len(geometry.rows) - len(geometry.distinct)}
    return {"rows": geometry.rows, "coordinates": coordinates, **embedding.arrays}, meta
