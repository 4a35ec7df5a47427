"""What a measure answers, and all measures of a run by the table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landscape_app.analysis.measures.motion import MOTION, motion
from landscape_app.analysis.measures.trajectories import words
from landscape_app.records.snapshots import Snapshots
from landscape_app.registries import MEASURES

Facts = Mapping[str, Any]  # the journal's lines "prepared" and "anchor", merged


@dataclass(frozen=True)
class Measured:
    """A number about a run. value: None where it cannot be told, and then `detail` says why.

    unit: "" for a pure number. direction: what a higher value means, in words. source: where the measure is defined. detail: its
    error bar, what was left out, by name. part: which of several ("0.5" → the name "expected_sharpness[0.5]"), and part_label.
    """

    value: float | None
    unit: str
    direction: str
    source: str
    detail: str = ""
    part: str = ""
    part_label: str = ""


def measure_all(snapshots: Snapshots, facts: Facts) -> list[dict[str, Any]]:
    """[{"name", "label", "value", "unit", "direction", "source", "help", "detail"}] of every measure in the table.

    One pass over the weights. A value that is not finite becomes None, and its detail says so. Raises AnalysisError if the
    anchor's row is missing.
    """
    facts = {**facts, MOTION: motion(snapshots)}
    lines = []
    for name, entry in MEASURES.items():
        found = entry.load()(snapshots, facts)
        for one in found if isinstance(found, list) else [found]:
            finite = one.value is None or math.isfinite(one.value)
            lines.append(
                {
                    "name": f"{name}[{one.part}]" if one.part else name,
                    "label": f"{entry.label}, {one.part_label or one.part}" if one.part else entry.label,
                    "value": one.value if finite else None,
                    "unit": one.unit,
                    "direction": one.direction,
                    "source": one.source,
                    "help": entry.help,
                    "detail": one.detail if finite else words(f"not finite ({one.value})", one.detail),
                }
            )
    return lines
