"""The tables under the figures: one card, a table of measures, of samplings or of networks in it.

A table is plain values for assets/study.js: hundreds of cells as components would cost half a
second. It is {"pick": "measure" | "run" | "", "caption", "said", "columns": [{"label", "tip":
[lines]}], "rows": [{"key", "label", "tip", "mark", "on", "cells": [{"text", "title"}]}], "empty":
words where there is no row}.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.common.controls import options, segments
from landscape_app.dashboard.study import ids, measure_table, network_table, sampling_table
from landscape_app.dashboard.study.choice import BELOW
from landscape_app.dashboard.study.definitions import Known
from landscape_app.dashboard.study.view import StudyView
from landscape_app.records import csv_text

# {a key of BELOW: its module}: `table` makes it, `cells` gives its rows with all digits
TABLES = {"measures": measure_table, "sampling": sampling_table, "networks": network_table}


def card(study: StudyView, known: Known) -> Any:
    """The card; its script draws the chosen table."""
    table = chosen(study, known)
    caption = html.Span(table["caption"], id=ids.TABLE_WORDS, className="ls-view-words")
    place = html.Div(id=f"{ids.TABLE}-place", className="ls-study-table")
    return html.Section(
        [
            html.Div([_which(study), caption, _save()], className="ls-view-head"),
            dcc.Download(id=ids.CSV),
            dcc.Store(id=ids.TABLE, data=table),
            dcc.Store(id=ids.DRAWN),
            html.P(table["said"], id=ids.TABLE_SAID, className="ls-surface-foot ls-study-says"),
            html.Div(place, className="ls-view-body"),
        ],
        className="ls-card ls-view ls-study-below",
        **{"aria-label": "Tables"},
    )


def _which(study: StudyView) -> Any:
    return segments(ids.BELOW, options(BELOW), study.choice.below, "Which table", wide=False)


def _save() -> Any:
    title = "Download this table with all its digits"
    return html.Button("CSV", id=ids.SAVE, type="button", className="ls-button", title=title)


def chosen(study: StudyView, known: Known) -> dict[str, Any]:
    """The table that is chosen."""
    table: dict[str, Any] = TABLES[study.choice.below].table(study, known)
    return table


def csv(study: StudyView) -> str:
    """The chosen table as CSV with every digit; an absent number is an empty cell."""
    rows: Iterable[list[Any]] = TABLES[study.choice.below].cells(study)
    return csv_text.lines([_cell(value) for value in row] for row in rows)


def csv_name(study: StudyView) -> str:
    """digits-measures-all.csv."""
    return f"{study.choice.id}-{study.choice.below}-{study.choice.stratum}.csv"


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
