"""Laws of tables: what is written is read back to the last bit, and every fault of a file is said
with its place.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from landscape_app.analysis.statistics.csv_table import from_csv, to_csv
from landscape_app.errors import DataError, UnknownNameError
from landscape_app.records import cells
from landscape_app.records.study_table import StudyTable, column

numbers = st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=1, max_size=6)


@given(
    numbers,
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(
        lambda word: word.strip() == word
    ),
)
def test_a_table_comes_back_from_csv_as_it_was(values, word):
    names = [f"{word}-{i}" for i in range(len(values))]
    # a file of text cannot tell the name 0E-1 from the number
    assume(not all(cells.like_a_number(name) for name in names))
    before = StudyTable(
        tuple(f"run-{i}" for i in range(len(values))),
        {"m[0.5]": column(values), "regime": column(names)},
    )
    after = from_csv(to_csv(before))
    assert after.ids == before.ids
    assert np.array_equal(after.columns["m[0.5]"], before.columns["m[0.5]"], equal_nan=True)
    assert after.columns["regime"].tolist() == names
    assert to_csv(after) == to_csv(before)


@given(st.text(st.characters(codec="utf-8"), max_size=8))
def test_a_cell_that_is_a_number_is_one_in_plain_ascii_digits(cell):
    value = cells.number(cell)
    if value is not None and np.isfinite(value):
        written = cells.clean(cell).replace("−", "-").rstrip("% ")
        assert written.isascii()
        assert set(written) <= set("0123456789+-.,eE")
        assert value == float(written.replace(",", ""))


@pytest.mark.parametrize(
    "word",
    [
        "16_4",
        "1_000.5",
        "0x1f",
        "１６",
        "٣",
        "1e",
        "e5",
        "1 000",
        "1.2.3",
        "12a",
        "1,2,3",
        "--1",
        "0b1",
        "1'000",
        "½",
        "1d5",
    ],
)
def test_what_is_no_plain_number_is_a_word(word):
    assert cells.number(word) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" 1e5 ", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("+3", 3.0),
        ("−2", -2.0),
        ("1,234.5", 1234.5),
        ("\u200b7\ufeff", 7.0),
    ],
)
def test_numbers_as_people_and_programs_write_them(cell, value):
    assert cells.number(cell) == value


FAULTS = [
    ("", "needs a first line"),
    ("a,b\n", "needs a first line"),
    ("a,a\n1,2\n", "two columns called 'a'"),
    ("a,\n1,2\n", "a column without a name"),
    ("a,b\n1,2\n1\n", "Line 3"),
    ("a,b\n\n\n1,2\n\n1\n", "Line 6"),
    ('a,b\n"1\n",2\n\n1\n', "Line 5"),
    ("a,b\r\n\r\n1\r\n", "Line 3"),
    ("a,b\n1,2\n3,4,5\n", "Line 3 of the table has 3 cells"),
    ('a,b\n1,2\n3,"4\n5,6\n', "Line 3 of the table cannot be read"),
    ('a,b\n1,"2"x\n', "Line 2 of the table cannot be read"),
    ("a b\n1 2\n", "separated by spaces"),
    ("a|b\n1|2\n", "separated by '\\|'"),
    ("1,2\n3,4\n", "numbers on line 1"),
    ("id,b\n\nx,1\n,2\n", "Line 4 of the table has no name"),
    ("id,b\nx,1\nx,2\n", "two rows called 'x'"),
]


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_a_fault_of_a_file_is_said_with_its_place(text, words):
    with pytest.raises(DataError, match=words):
        from_csv(text)


def test_a_word_where_numbers_are_needed_is_shown():
    found = from_csv("run,x,y\nfirst,1,2\nsecond,fast,3\n")
    assert not found.numeric("x")
    with pytest.raises(DataError, match="on line 3, in row second it says 'fast'"):
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
        StudyTable(("a",), {"x": np.ones(2)})
