"""Laws of looking snapshots up: a value is that of the very id that was asked for, or it is not
there; and nobody looks up otherwise.
"""

from __future__ import annotations

import re
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

import landscape_app
from landscape_app.records.rows import count, look_up

IDS = st.lists(st.integers(-3, 40), max_size=30)
PACKAGE = Path(landscape_app.__file__).parent
SEARCHES = re.compile(r"\bsearchsorted\b")
# Where sorted numbers are searched that are no ids of snapshots: positions that were just made,
# bounds of intervals.
NO_IDS = {
    "records/rows.py",
    "probes/lanczos.py",
    "analysis/geometry.py",
    "analysis/pool.py",
    "analysis/published_distance.py",
}


@given(table=IDS, asked=IDS)
def test_a_value_is_that_of_its_id_or_absent(table, asked) -> None:
    values = np.arange(len(table), dtype=np.float64) + 100
    found = look_up(table, asked)
    assert found.there.tolist() == [id in table for id in asked]
    assert found.missing == sum(id not in table for id in asked)
    expected = [values[table.index(id)] if id in table else np.nan for id in asked]
    np.testing.assert_array_equal(found.of(values), expected)
    assert [table[place] for place in found.places] == [id for id in asked if id in table]


@given(
    table=st.lists(st.integers(0, 9), min_size=1, unique=True), asked=st.lists(st.integers(0, 9))
)
def test_whole_numbers_stay_so_where_nothing_is_missing(table, asked) -> None:
    found = look_up(table, asked).of(np.array(table))
    assert (found.dtype.kind == "i") == (set(asked) <= set(table))


def test_what_no_table_holds_is_nowhere() -> None:
    asked = np.array([0.5, np.nan, np.inf, 3.0])
    assert look_up([0, 1, 3], asked).there.tolist() == [False, False, False, True]
    assert look_up([], [1, 2]).there.tolist() == [False, False]
    assert look_up([1], [2**80]).missing == 1
    assert count(1) == "1 snapshot"
    assert count(1200) == "1,200 snapshots"


def test_nobody_looks_snapshots_up_by_a_search_of_his_own() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if SEARCHES.search(path.read_text())
    }
    assert {path for path in found if not path.startswith("analysis/topology/")} <= NO_IDS
