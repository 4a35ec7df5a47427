"""Laws of the journal: what was appended is read, whatever happened to the tail (S4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.store import journal
from landscape_app.store.journal import Journal, decode, encode

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
LINES = st.lists(
    st.fixed_dictionaries({"kind": st.text()}, optional={"facts": JSON, "file": st.text()}),
    max_size=5,
)


@given(lines=LINES)
def test_lines_come_back_as_they_were(lines):
    assert decode(b"".join(map(encode, lines))) == (lines, sum(len(encode(line)) for line in lines))


@given(lines=LINES, tail=st.binary(max_size=60).filter(lambda tail: not decode(tail)[0]))
def test_anything_after_the_last_valid_line_is_nothing(lines, tail):
    sound = b"".join(map(encode, lines))
    assert decode(sound + tail) == (lines, len(sound))


def test_a_torn_last_line_is_cut_once_wherever_it_was_torn(tmp_path):
    before, torn, after = (
        {"kind": "a", "name": "µ\n"},
        {"kind": "b", "file": "a", "first": 0},
        {"kind": "b", "file": "b"},
    )
    start = len(encode(before))
    for cut in range(start, start + len(encode(torn))):
        path = tmp_path / f"{cut}.jsonl"
        content = (encode(before) + encode(torn))[:cut]
        path.write_bytes(content)
        journal = Journal(path)
        assert journal.lines() == (before,)
        assert path.read_bytes() == content, "reading writes nothing"
        journal.append(after)
        journal.append(torn)
        assert path.read_bytes() == encode(before) + encode(after) + encode(torn)
        assert Journal(path).lines() == journal.lines() == (before, after, torn)


def test_a_line_damaged_in_the_middle_takes_no_other_with_it(tmp_path):
    lines = [{"kind": "b", "file": str(i)} for i in range(3)]
    content = bytearray(b"".join(map(encode, lines)))
    content[len(encode(lines[0])) + 15] ^= 1
    (tmp_path / "journal").write_bytes(content)
    journal = Journal(tmp_path / "journal")
    assert journal.lines() == (lines[0], lines[2])
    journal.append(lines[1])
    assert journal.lines() == (lines[0], lines[2], lines[1])


def test_numbers_of_numpy_are_plain_ones_and_unknown_things_are_refused(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.append(
        {"kind": "x", "n": np.int64(3), "v": np.array([1.5, math.inf]), "f": np.float32(0.5)}
    )
    assert journal.lines() == ({"kind": "x", "n": 3, "v": [1.5, math.inf], "f": 0.5},)
    with pytest.raises(TypeError, match="object"):
        journal.append({"kind": "y", "thing": object()})
    assert len(journal.lines()) == 1


def test_what_is_remembered_of_journals_is_counted_as_it_comes_and_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "REMEMBERED", journal._held[0] + 10)
    for number in range(20):
        for repeat in range(2):
            path = tmp_path / f"run-{number % 7}" / "journal.jsonl"
            path.parent.mkdir(exist_ok=True)
            Journal(path).append({"kind": "note", "number": number, "repeat": repeat})
            Journal(path).lines()
            assert (
                journal._held[0]
                == sum(1 + len(known.lines) for known in journal._known.values())
                <= journal.REMEMBERED
            )
