"""Laws of npz files: what was saved is what is read, whatever the layout; a bad or lying file is
refused before it costs memory.
"""

from __future__ import annotations

import contextlib
import io
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app import limits
from landscape_app.datasets import npz
from landscape_app.errors import DataError


def good_arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.normal(size=(20, 3)).astype(np.float32),
        "y_train": np.arange(20) % 2,
        "x_test": rng.normal(size=(10, 3)).astype(np.float32),
        "y_test": np.arange(10) % 2,
    }


def saved(folder, **changes):
    np.savez(folder / "mine.npz", **(good_arrays() | changes))
    return npz.load(str(folder / "mine.npz"))


FAULTS = {
    "x_train has values that are not finite": {"x_train": np.full((20, 3), np.nan, np.float32)},
    "x_train has values that are not finite, first in row 0": {"x_train": np.full((20, 3), 1e300)},
    "x_test has no rows": {"x_test": np.zeros((0, 3), np.float32), "y_test": np.zeros(0, int)},
    "y_train has shape": {"y_train": np.zeros(7, int)},
    "y_test has labels from 0 to 9": {"y_test": np.arange(10)},
    "row of x_train has shape": {"x_test": np.zeros((10, 4), np.float32)},
    "x_train has type <U1; it must be numbers": {"x_train": np.array([["a"] * 3] * 20)},
    "y_train has type <U1": {"y_train": np.array(["a"] * 20)},
    "Save both with one type": {"y_train": np.linspace(0, 1, 20)},
    "y_test holds other than whole numbers": {"y_test": np.linspace(0, 1, 10)},
    "one class number a row": {"y_train": np.eye(20, dtype=int)},
    "at most 10000 classes": {"y_train": np.arange(20) * 1000},
    "y_train has values that are not finite, first in row 3": {
        "y_train": np.where(np.arange(20) == 3, np.nan, 0.5),
        "y_test": np.linspace(0, 1, 10),
    },
    "uint8 pixels are scaled": {
        "x_train": np.zeros((20, 8, 8), np.uint8),
        "x_test": np.zeros((10, 8, 8), np.float32),
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_refused_by_name(tmp_path, fault):
    with pytest.raises(DataError, match=fault):
        saved(tmp_path, **FAULTS[fault])


def test_a_good_file_round_trips(tmp_path):
    data = saved(tmp_path)
    for name, array in good_arrays().items():
        assert np.array_equal(getattr(data, name), array)
    assert (data.task, data.classes, data.note) == ("classification", 2, "")


@pytest.mark.parametrize("shape", [(20,), (20, 1), (20, 3)])
def test_floats_are_numbers_to_predict(tmp_path, shape):
    y = np.random.default_rng(1).normal(size=shape)
    data = saved(tmp_path, y_train=y, y_test=y[:10])
    assert (data.task, data.outputs) == ("regression", shape[1] if len(shape) > 1 else 1)
    np.testing.assert_array_equal(data.y_train, y.reshape(20, -1).astype(np.float32))
    assert "regression" in data.note


def test_whole_floats_are_classes_only_if_they_number_them(tmp_path):
    labels = np.arange(20.0) % 3
    assert saved(tmp_path, y_train=labels, y_test=labels[:10]).classes == 3
    years = labels * 10 + 1950
    assert saved(tmp_path, y_train=years, y_test=years[:10]).task == "regression"


def test_channels_first_and_last_and_grey_without_channels_are_the_same_images(tmp_path):
    pixels = np.random.default_rng(2).integers(0, 256, (30, 3, 9, 7)).astype(np.uint8)
    first = saved(tmp_path, x_train=pixels[:20], x_test=pixels[20:])
    last = np.moveaxis(pixels, 1, 3)
    moved = saved(tmp_path, x_train=last[:20], x_test=last[20:])
    assert first.shape == (3, 9, 7)
    assert first.digest() == moved.digest()
    assert "channels last" in moved.note
    assert "channels last" not in first.note
    grey = saved(tmp_path, x_train=pixels[:20, 0], x_test=pixels[20:, 0])
    np.testing.assert_array_equal(grey.x_train, first.x_train[:, :1])


def test_bytes_of_images_become_fractions_and_other_numbers_stay(tmp_path):
    pixels = np.random.default_rng(2).integers(0, 256, (30, 1, 8, 8)).astype(np.uint8)
    pixels[0, 0, 0, :2] = 0, 255
    data = saved(tmp_path, x_train=pixels[:20], x_test=pixels[20:])
    np.testing.assert_allclose(data.x_train * 255, pixels[:20], rtol=1e-6)
    assert (data.x_train[0, 0, 0, 0], data.x_train[0, 0, 0, 1]) == (0, 1)
    assert "scaled" in data.note
    floats = saved(tmp_path, x_train=pixels[:20] / 16.0, x_test=pixels[20:] / 16.0)
    np.testing.assert_array_equal(floats.x_train, (pixels[:20] / 16.0).astype(np.float32))
    mask = (pixels > 100).astype(np.uint8)
    np.testing.assert_array_equal(
        saved(tmp_path, x_train=mask[:20], x_test=mask[20:]).x_train, mask[:20]
    )
    table = pixels.reshape(30, -1)
    np.testing.assert_array_equal(
        saved(tmp_path, x_train=table[:20], x_test=table[20:]).x_train, table[:20]
    )


def test_missing_truncated_pickled_and_incomplete_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="no file"):
        npz.load(str(tmp_path / "absent.npz"))
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(DataError, match="cannot be read"):
        npz.load(str(tmp_path / "broken.npz"))
    np.savez(tmp_path / "partial.npz", x_train=np.zeros((2, 2)))
    with pytest.raises(DataError, match="has no y_train, x_test, y_test"):
        npz.load(str(tmp_path / "partial.npz"))
    with pytest.raises(DataError, match="cannot be read"):
        saved(tmp_path, y_train=np.array([object()] * 20))


@pytest.mark.parametrize(
    "header", ["(((((", "{'descr': '<f4', 'fortran_order': False, 'shape': (True, 5), }"]
)
def test_a_header_that_is_no_header_is_refused_in_one_line(tmp_path, header):
    with zipfile.ZipFile(tmp_path / "bad.npz", "w") as archive:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            text = header.encode().ljust(117) + b"\n"
            archive.writestr(
                f"{name}.npy",
                b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(400),
            )
    with pytest.raises(DataError, match=r"^bad\.npz cannot be read as npz: [^\n]+$"):
        npz.load(str(tmp_path / "bad.npz"))


@pytest.mark.parametrize("side", ["x_train", "y_train", "x_test", "y_test"])
def test_a_single_value_is_no_side(tmp_path, side):
    with pytest.raises(DataError, match=f"{side} is a single value"):
        saved(tmp_path, **{side: np.array(3)})


def test_what_is_no_file_of_arrays_is_said_without_bad_advice(tmp_path):
    (tmp_path / "text.npz").write_text("a,b")
    for path, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "text.npz", "no npz file"),
        ("~nobody9/d.npz", "home directory"),
    ):
        with pytest.raises(DataError, match=words):
            npz.load(str(path))
    with pytest.raises(DataError) as told:
        saved(tmp_path, y_train=np.array([object()] * 20))
    assert "pickle" not in str(told.value)


def test_what_a_header_claims_is_not_allocated(tmp_path):
    """A small file whose header names 4 TB, honestly packed and not: refused, in less than 4 MB."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    with zipfile.ZipFile(tmp_path / "lie.npz", "w") as archive:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{name}.npy", header.getvalue() + bytes(100))
    np.savez_compressed(
        tmp_path / "bomb.npz", **(good_arrays() | {"x_train": np.zeros((20, 10**6), np.float32)})
    )
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"claims 4,000,000,000,000 bytes and holds \d+"):
            npz.load(str(tmp_path / "lie.npz"))
        with (
            limits.raised(0.001),
            pytest.raises(DataError, match=r"unpacks to 0\.1 GiB; .*--max-data-gib 0\.1\."),
        ):
            npz.load(str(tmp_path / "bomb.npz"))
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4
    ),
    st.floats(0, 1),
)
def test_damaged_bytes_are_refused_in_words_or_read(tmp_path_factory, changes, kept):
    buffer = io.BytesIO()
    np.savez(buffer, **good_arrays())
    content = bytearray(buffer.getvalue())
    for place, byte in changes:
        content[int(place * len(content))] = byte
    path = tmp_path_factory.mktemp("damaged") / "mine.npz"
    path.write_bytes(content if kept > 0.3 else content[: int(kept * len(content))])
    with contextlib.suppress(DataError):  # anything else fails the test
        npz.load(str(path))
