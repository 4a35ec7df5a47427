"""All measures by the table: of a run's snapshots, as lines that are stored, and the table itself
for a reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from landscape_app.analysis.measures.cloud import CLOUDS, Clouds
from landscape_app.analysis.measures.function import FUNCTION, function_motion
from landscape_app.analysis.measures.function_cloud import FUNCTION_CLOUD, function_distances
from landscape_app.analysis.measures.gap import loss_unit
from landscape_app.analysis.measures.measure import LOSS, Facts, Measure, Measured
from landscape_app.analysis.measures.motion import ANCHOR_WEIGHTS, MOTION, motion
from landscape_app.analysis.measures.published import (
    PUBLISHED,
    PUBLISHED_GEOMETRY,
    PublishedSample,
    published_sample,
)
from landscape_app.analysis.measures.trajectories import words
from landscape_app.entries import Entry
from landscape_app.errors import AnalysisError
from landscape_app.measure_table import MEASURES, SNAPSHOTS, of
from landscape_app.records.pulse import pulse
from landscape_app.records.snapshots import Snapshots

Line = dict[str, Any]


def measure_all(snapshots: Snapshots, facts: Facts) -> list[Line]:
    """[{"name", "label", "value", "unit", "direction", "worse", "source", "help", "cost", "detail",
    "error"}] of every measure of the snapshots.

    A few passes over the weights, and n³ for n snapshots. A value that is not finite becomes None,
    and its detail says so. Raises AnalysisError if the anchor's row is missing.
    """
    facts = {
        **facts,
        MOTION: motion(snapshots, base() if (base := facts.get(ANCHOR_WEIGHTS)) else None),
        FUNCTION: cache(partial(function_motion, snapshots)),
        FUNCTION_CLOUD: cache(partial(function_distances, snapshots)),
        PUBLISHED: _once(partial(_published, snapshots, facts)),
        CLOUDS: Clouds(snapshots, facts),
    }
    unit = loss_unit(facts)
    answers = {}
    for name in of(SNAPSHOTS):
        pulse()
        answers[name] = MEASURES[name].load()(snapshots, facts)
    return [line for name, values in answers.items() for line in lines(name, values, unit)]


def _published(snapshots: Snapshots, facts: Facts) -> PublishedSample:
    """The paper's sample; its distances from `facts`, where they hold them."""
    known = facts.get(PUBLISHED_GEOMETRY)
    return published_sample(snapshots, None if known is None else known())


def _once(compute: Callable[[], PublishedSample]) -> Callable[[], PublishedSample]:
    """`compute`, called once: what it raised is raised again."""
    answers: list[PublishedSample | AnalysisError] = []

    def known() -> PublishedSample:
        if not answers:
            try:
                answers.append(compute())
            except AnalysisError as error:
                answers.append(error)
        if isinstance(answers[0], AnalysisError):
            raise answers[0]
        return answers[0]

    return known


def lines(name: str, answers: list[Measured], loss_unit: str) -> list[Line]:
    """What the measure `name` of the table answered, as it is stored; loss_unit: of the run's loss,
    "" if it is not known.
    """
    entry = MEASURES[name]
    about: Measure = entry.load()
    return [_line(name, entry, about, measured, loss_unit) for measured in answers]


def _line(name: str, entry: Entry, about: Measure, measured: Measured, loss_unit: str) -> Line:
    finite = measured.value is None or math.isfinite(measured.value)
    return {
        "name": f"{name}[{measured.part}]" if measured.part else name,
        "label": f"{entry.label}, {measured.part_label or measured.part}"
        if measured.part
        else entry.label,
        "value": measured.value if finite else None,
        "unit": _unit(about.unit if measured.unit is None else measured.unit, loss_unit),
        "direction": about.direction,
        "worse": about.worse,
        "source": about.source,
        "help": entry.help,
        "cost": about.cost,
        "detail": measured.detail
        if finite
        else words(f"not finite ({measured.value})", measured.detail),
        "error": measured.error if finite and measured.value is not None else None,
    }


def _unit(unit: str, loss_unit: str) -> str:
    if LOSS not in unit:
        return unit
    return unit.replace(LOSS, loss_unit) if loss_unit else ""


def catalogue() -> list[Line]:
    """[{"name", "label", "help", "unit", "direction", "worse", "source", "cost", "needs", "family",
    "misleads"}] of the whole table: for documents, page and command line.
    """
    rows = []
    for name, entry in MEASURES.items():
        about: Measure = entry.load()
        told = {
            "unit": about.unit,
            "direction": about.direction,
            "worse": about.worse,
            "source": about.source,
            "cost": about.cost,
        }
        rows.append(
            {
                "name": name,
                "label": entry.label,
                "help": entry.help,
                **told,
                "needs": entry.settings.get("needs", SNAPSHOTS),
                "family": entry.family,
                "misleads": entry.misleads,
            }
        )
    return rows
