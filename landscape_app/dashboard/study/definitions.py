"""What a measure is, in a few lines for whoever hovers its name: definition, unit, direction,
source, cost, and when it misleads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study.view import StudyView
from landscape_app.measure_table import MEASURES, entry_of
from landscape_app.registries import FILTRATIONS, PLANES
from landscape_app.store import derived
from landscape_app.store.folder import is_id

Known = Mapping[str, Mapping[str, Any]]
TOPOLOGICAL = re.compile(rf"(sublevel|{'|'.join(PLANES)})\[(\w+)\]\.(\w+)")
STORED = ("measures", "curvature")  # results that hold measures with their words


def known(context: Context, study: StudyView) -> Known:
    """{measure: what the first run that has it stored about it}; read once for a study's
    results.
    """
    if study.table is None:
        return {}
    key = f"measures of {study.choice.id} {study.token.get('results')}"
    stored: Known | None = context.cache.get(key)
    if stored is None:
        stored = _of_runs(context, study.table.ids)
        context.cache.set(key, stored)
    return stored


def _of_runs(context: Context, runs: tuple[str, ...]) -> Known:
    """Runs of one study were measured by the same code: the first that can be read tells."""
    measures: dict[str, Mapping[str, Any]] = {}
    for run in (run for run in runs if is_id(run)):  # a table is a file: its names may be anything
        for name in STORED:
            result = derived.find(context.runs / run, name)
            for measure in [] if result is None else result.meta["measures"]:
                measures.setdefault(measure["name"], measure)
        if measures:
            break
    return measures


def tip(name: str, label: str, stored: Known) -> list[str]:
    """[label, definition, unit · direction · source · cost, when it misleads] of a measure; what is
    not known is left out.
    """
    base = re.split(r"[\[.]", name)[0]
    if (match := TOPOLOGICAL.fullmatch(name)) is not None:
        return [label, *_summary(*match.groups())]
    if name.endswith(".rise") and base in PLANES:
        what = f"Mean rise of the train loss over the points of the {PLANES[base].label.lower()}."
        return [label, what, "nats · higher: sharper · a linear sample, no retraining"]
    stated = stored.get(name, {})
    entry = entry_of(name)
    help = str(stated.get("help", "")) if entry is None else entry.help
    facts = [
        f"unit: {stated['unit']}" if stated.get("unit") else "",
        stated.get("direction"),
        stated.get("source"),
    ]
    facts.append(f"cost: {stated['cost']}" if stated.get("cost") else "")
    caution = "" if entry is None else f"When it misleads: {entry.misleads}"
    line = " · ".join(str(fact) for fact in facts if fact)
    return [part for part in (label, help, line, caution) if part]


def _summary(kind: str, of: str, summary: str) -> list[str]:
    known = MEASURES.get(f"sublevel.{summary}")
    what = "" if known is None else known.help
    entry = FILTRATIONS.get(of)
    filtration = f"{of}." if entry is None else f"{entry.label}: {entry.help}"
    if kind == "sublevel":
        return [
            f"Sublevel H₀ of the snapshots by {filtration} {what}",
            "Horoi et al. 2022",
            "" if known is None else f"When it misleads: {known.misleads}",
        ]
    return [
        f"Sublevel H₀ of the points of the {PLANES[kind].label.lower()} by {filtration} {what}",
        "a linear sample, no retraining",
    ]
