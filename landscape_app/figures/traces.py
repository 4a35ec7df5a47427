"""What the traces of every figure are made with: 32-bit numbers, plain text, plotly's dicts."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np


def float32(values: Any) -> np.ndarray:
    """Values as a browser is sent them; what is too large for a picture is infinite there."""
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float32)


def plain(text: str) -> str:
    """Text that plotly shows as it is: it takes some tags for markup."""
    return escape(text, quote=False)


def scatter(**how: Any) -> dict[str, Any]:
    """A trace in the plane. Its points can be picked, and plotly shows no box of its own."""
    return {"type": "scatter", "hoverinfo": "none", **how}
