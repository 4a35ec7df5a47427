"""Laws of tables: what is written is read back to the last bit, and every fault of a file is said with its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.analysis.statistics.table import Table, column, from_csv, to_csv
from landscape_app.errors import DataError, UnknownNameError

numbers = st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=1, max_size=6)


@given(numbers, st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(lambda word: word.strip() == word))
def test_a_table_comes_back_from_csv_as_it_was(values, word):
    names = [f"{word}-{i}" for i in range(len(values))]
    before = Table(tuple(f"run-{i}" for i in range(len(values))), {"m[0.5]": column(values), "regime": column(names)})
    after = from_csv(to_csv(before))
    assert after.ids == before.ids
    assert np.array_equal(after.columns["m[0.5]"], before.columns["m[0.5]"], equal_nan=True)
    assert after.columns["regime"].tolist() == names
    assert to_csv(after) == to_csv(before)


FAULTS = [
    ("", "needs a first line"),
    ("a,b\n", "needs a first line"),
    ("a,a\n1,2\n", "two columns called 'a'"),
    ("a,\n1,2\n", "a column without a name"),
    ("a,b\n1,2\n1\n", "Line 3"),
    ("id,b\nx,1\nx,2\n", "two rows called 'x'"),
]


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_a_fault_of_a_file_is_said_with_its_place(text, words):
    with pytest.raises(DataError, match=words):
        from_csv(text)


def test_a_word_where_numbers_are_needed_is_shown():
    found = from_csv("run,x,y\nfirst,1,2\nsecond,fast,3\n")
    assert not found.numeric("x")
    with pytest.raises(DataError, match="in row second it says 'fast'"):
        found.numbers("x")
    with pytest.raises(UnknownNameError, match="Did you mean 'y'"):
        found.numbers("yy")


def test_rows_without_names_are_numbered_and_selected_in_all_columns():
    found = from_csv("\ufeffx,kind\n1,a\n,b\n3,c\n")
    assert found.ids == ("row 1", "row 2", "row 3")
    assert np.isnan(found.numbers("x")[1])
    part = found.select(np.isfinite(found.numbers("x")))
    assert part.ids == ("row 1", "row 3")
    assert part.columns["kind"].tolist() == ["a", "c"]


def test_settings_of_any_kind_are_one_column():
    assert column([True, False]).tolist() == ["yes", "no"]
    assert column([(0.5, 1.0), (1.0,)]).tolist() == ["0.5 1.0", "1.0"]
    assert column([1, 2.5]).tolist() == [1.0, 2.5]
    with pytest.raises(ValueError, match="2 entries for 1"):
        Table(("a",), {"x": np.ones(2)})
