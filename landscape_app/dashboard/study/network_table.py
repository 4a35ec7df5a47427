"""The table twin of the scatter: a row a network, its settings and its numbers; a row is picked as
a point is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from landscape_app.dashboard.study import words
from landscape_app.dashboard.study.definitions import Known
from landscape_app.dashboard.study.rail import standing
from landscape_app.dashboard.study.view import SEED, TRAIN_ACCURACY, StudyView
from landscape_app.dashboard.study.words import column, plain, short, shown
from landscape_app.records.study_table import StudyTable


def table(study: StudyView, _: Known) -> dict[str, Any]:
    """The networks, largest gap first, those outside the chosen set last."""
    records, choice = study.table, study.choice
    if records is None:
        return words.table("run", "", [], [], standing(study))
    settings = [name for name in (*study.settings, SEED) if name in records.columns]
    numbers = [
        name
        for name in (choice.measure, choice.gap, TRAIN_ACCURACY)
        if name and records.has_numbers(name)
    ]
    rows = [_row(study, records, i, settings, numbers) for i in _order(study)]
    first = "Largest gap first. ○: not in the chosen set. Enter picks a network for Explore."
    heads = [words.head("network", first)]
    heads += [words.head(column(name, study.label(name)).lower()) for name in settings]
    heads += [words.head(short(study.label(name).replace("_", " "))) for name in numbers]
    caption = "One row per network. A click picks it for Explore"
    return words.table("run", caption, heads, rows, "No network has measures yet.")


def _row(
    study: StudyView, records: StudyTable, i: int, settings: list[str], numbers: list[str]
) -> dict[str, Any]:
    """The network in row `i` of the table: its settings, then its numbers."""
    texts = [plain(records.columns[name][i].item()) for name in settings]
    texts += [shown(name, records.numbers(name)[i]) for name in numbers]
    return {
        "key": records.ids[i],
        "label": study.called(records.ids[i]),
        "mark": "●" if study.inside[i] else "○",
        "tip": [],
        "on": records.ids[i] in study.choice.runs,
        "cells": [{"text": text, "title": ""} for text in texts],
    }


def cells(study: StudyView) -> Iterator[list[Any]]:
    """A row a network of the chosen set with all columns of the table, for CSV."""
    assert study.table is not None
    columns = study.table.columns
    yield ["id", *columns]
    for i, run in enumerate(study.table.ids):
        if study.inside[i]:
            yield [run, *(values[i].item() for values in columns.values())]


def _order(study: StudyView) -> list[int]:
    records, gap = study.table, study.choice.gap
    assert records is not None
    gaps = records.numbers(gap) if records.has_numbers(gap) else np.zeros(len(records))
    sizes = np.where(np.isfinite(gaps), gaps, -np.inf)
    return sorted(range(len(records)), key=lambda i: (not study.inside[i], -sizes[i]))
