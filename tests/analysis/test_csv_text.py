"""Laws of cells in CSV: no text begins a formula in a spreadsheet, numbers stay numbers, and what
is written is read again.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landscape_app
from landscape_app.analysis.statistics.csv_table import from_csv, to_csv
from landscape_app.pipeline import study_table
from landscape_app.records import csv_text
from landscape_app.records.study_report import JudgedMeasure, Stratum, StudyReport
from landscape_app.records.study_table import StudyTable

FORMULAS = ["=cmd|' /C calc'!A1", "+SUM(A1)", "-2+3", "@x", "\t=1", "\r=1", "'=1", "''+x"]


@given(st.text(max_size=8) | st.sampled_from(FORMULAS) | st.floats() | st.integers() | st.none())
def test_a_cell_begins_no_formula_and_is_read_as_it_was(value) -> None:
    cell = csv_text.shielded(value)
    if isinstance(value, str):
        assert csv_text.plain(cell) == value or not cell.startswith("'")
        if cell.startswith(("=", "@", "\t", "\r", "+", "-")):
            float(cell)
    else:
        assert cell is value


@pytest.mark.parametrize("text", ["-0.5", "+1", "-1e-5", "-inf", "word", "", "'quoted'"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert csv_text.shielded(text) == text
    assert csv_text.plain(text) == text


def test_tables_and_statistics_hold_no_formula(tmp_path, caplog) -> None:
    names = {
        "=1+1": np.arange(12.0),
        "@gap": np.arange(12.0)[::-1],
        "words": np.array(FORMULAS[:4] * 3),
    }
    table = StudyTable(tuple(f"run-{i}" for i in range(12)), names)
    text = to_csv(table)
    with caplog.at_level(logging.ERROR):
        again = from_csv(text)
    assert set(again.columns) == set(names)
    assert again.columns["words"].tolist() == names["words"].tolist()
    line = {
        "name": "=1+1",
        "label": "@SUM(1)",
        "baseline": False,
        "granulated_by": {},
    } | dict.fromkeys(study_table.STATISTICS, -0.5)
    line |= {"networks": 3, "environments": 1, "rank": 1}
    stratum = Stratum.model_construct(name="-all", measures=[JudgedMeasure.model_construct(**line)])
    report = StudyReport.model_construct(hyper=["+h"], strata=[stratum])
    study_table.write_statistics(tmp_path, report, own=True)
    for written in (text, (tmp_path / "statistics.csv").read_text()):
        for cell in (cell for row in csv.reader(io.StringIO(written)) for cell in row):
            assert not cell.startswith(("=", "@"))
            assert not cell.startswith(("+", "-")) or float(cell)


def test_csv_is_written_in_one_place():
    package = Path(landscape_app.__file__).parent
    writers = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)", path.read_text())
    ]
    assert writers == ["records/csv_text.py"]


def test_columns_are_written_as_their_names_and_a_line_a_row():
    columns = {"row": np.arange(2), "loss": np.array([0.5, np.nan]), "id": np.array(["=a", "b"])}
    assert csv_text.of_columns(columns) == "row,loss,id\n0,0.5,'=a\n1,nan,b\n"
