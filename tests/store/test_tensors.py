"""Laws of tensor files: arrays come back bit for bit, by column range too, and no header makes the
reader allocate what is not there.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, from_dtype

from landscape_app.errors import RunDamagedError
from landscape_app.store.tensors import TensorFile, pack, unpack

KINDS = st.sampled_from(
    ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]
).map(np.dtype)
ARRAYS = KINDS.flatmap(
    lambda kind: arrays(
        kind,
        array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements=from_dtype(kind),
    )
)
NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__")


@given(tensors=st.dictionaries(NAMES, ARRAYS, max_size=4), turned=st.booleans())
def test_arrays_come_back_bit_for_bit(tensors, turned, fresh):
    given = {name: array.T if turned else array for name, array in tensors.items()}
    content = pack(given)
    path = fresh() / "file"
    path.write_bytes(content)
    file = TensorFile.open(path)
    for found in (
        unpack(bytearray(content), "file"),
        {name: file.read(name) for name in file.tensors},
    ):
        assert {name: (a.dtype, a.shape, a.tobytes()) for name, a in found.items()} == {
            name: (a.dtype, a.shape, np.asarray(a, order="C").tobytes())
            for name, a in given.items()
        }
        assert all(array.flags.writeable for array in found.values())


@given(tensors=st.dictionaries(NAMES, ARRAYS, max_size=4))
def test_the_format_is_the_librarys(tensors):
    found = safetensors.numpy.load(bytes(pack(tensors)))
    assert {name: a.tobytes() for name, a in found.items()} == {
        name: np.asarray(a, order="C").tobytes() for name, a in tensors.items()
    }


@given(shape=st.tuples(*[st.integers(1, 4)] * 3), lead=st.integers(0, 3), data=st.data())
def test_a_column_range_is_that_of_the_whole(shape, lead, data, fresh):
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    path = fresh() / "file"
    path.write_bytes(pack({"other": np.ones(3), "x": array}))
    whole = array.reshape(int(np.prod(shape[:lead])), -1)
    start = data.draw(st.integers(0, whole.shape[1]))
    stop = data.draw(st.integers(start, whole.shape[1]))
    assert np.array_equal(
        TensorFile.open(path).columns("x", lead=lead, start=start, stop=stop), whole[:, start:stop]
    )


def test_every_cut_of_a_file_is_refused(tmp_path):
    content = pack({"a": np.arange(3.0), "b": np.ones((2, 2), np.float32)})
    for length in range(len(content)):
        (tmp_path / "cut").write_bytes(content[:length])
        with pytest.raises(RunDamagedError):
            TensorFile.open(tmp_path / "cut")
        with pytest.raises(RunDamagedError):
            unpack(bytearray(content[:length]), "cut")


@pytest.mark.parametrize(
    "header",
    [
        {"x": {"dtype": "F64", "shape": [10**12], "data_offsets": [0, 16]}},
        {"x": {"dtype": "F64", "shape": [10**12], "data_offsets": [0, 8 * 10**12]}},
        {"x": {"dtype": "F64", "shape": [-2], "data_offsets": [0, -16]}},
        {"x": {"dtype": "F64", "shape": [2.0], "data_offsets": [0, 16]}},
        {"x": {"dtype": "F64", "shape": [True, 2], "data_offsets": [0, 16]}},
        {"x": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}},
        {
            "x": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]},
            "y": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]},
        },
        {"x": {"dtype": "O", "shape": [2], "data_offsets": [0, 16]}},
        {"x": {"dtype": "F64", "shape": [2]}},
        {"x": 3},
        [],
        "x",
    ],
)
def test_a_header_that_lies_is_refused_before_anything_is_allocated(header, tmp_path):
    text = json.dumps(header).encode()
    (tmp_path / "lie").write_bytes(len(text).to_bytes(8, "little") + text + bytes(16))
    with pytest.raises(RunDamagedError, match="lie"):
        TensorFile.open(tmp_path / "lie")


def test_a_header_longer_than_the_file_or_nested_without_end_is_refused(tmp_path):
    for content in (
        b"\xff" * 64,
        (2**63).to_bytes(8, "little") + bytes(8),
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
    ):
        (tmp_path / "lie").write_bytes(content)
        with pytest.raises(RunDamagedError):
            TensorFile.open(tmp_path / "lie")


def test_a_file_cut_after_it_was_opened_is_said_to_be_cut(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(pack({"x": np.arange(100.0)}))
    file = TensorFile.open(path)
    path.write_bytes(path.read_bytes()[:-80])
    with pytest.raises(RunDamagedError, match="cut"):
        file.read("x")
    path.unlink()
    with pytest.raises(RunDamagedError, match="No such file"):
        file.read("x")
    with pytest.raises(RunDamagedError, match="holds no 'y'"):
        file.read("y")
