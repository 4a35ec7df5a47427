"""What the measures say of a cloud, by their names."""

from __future__ import annotations

import math

import pytest

from landscape_app.analysis.measures.listing import measure_all
from landscape_app.measure_table import SNAPSHOTS, of
from tests.analysis.measures.clouds import FACTS

OF_SNAPSHOTS = of(SNAPSHOTS)


def lines(snapshots, facts=FACTS) -> dict[str, dict]:
    return {line["name"]: line for line in measure_all(snapshots, facts)}


def values(snapshots, facts=FACTS) -> dict[str, float]:
    """NaN where there is no value."""
    return {
        name: math.nan if line["value"] is None else line["value"]
        for name, line in lines(snapshots, facts).items()
    }


def near(expected, **tolerance):
    return pytest.approx(expected, nan_ok=True, **tolerance)
