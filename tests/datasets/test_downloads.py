"""Laws of the data sets by name: the authors' bytes become the same pixels, damage is named,
offline says what to put where.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import re
import shutil
import struct
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app import limits
from landscape_app.datasets import downloads, idx
from landscape_app.errors import DataError, StorageError
from tests.datasets.originals import (
    grey,
    idx_bytes,
    write_all,
    write_cifar10,
    write_cifar100,
    write_mnist,
    write_openml,
)
from tests.patience import patience


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(downloads.FOLDER, str(tmp_path))
    return tmp_path


WAYS = [
    ("mnist", "mnist", lambda place: write_mnist(place)),
    ("mnist", "MNIST/raw", lambda place: write_mnist(place, zipped=False)),
    ("fashion-mnist", "fashion-mnist", lambda place: write_mnist(place)),
    ("cifar10", "cifar10", write_cifar10),
    ("cifar10", "cifar-10-batches-bin", write_cifar10),
    ("cifar100", "cifar-100-binary", write_cifar100),
]


@pytest.mark.parametrize(
    ("source", "place", "write"), WAYS, ids=[f"{source} {place}" for source, place, _ in WAYS]
)
def test_the_authors_files_and_an_npz_of_them_are_the_same_data(folder, source, place, write):
    x_train, y_train, x_test, y_test = write(folder / place)
    data = downloads.load(source=source)
    for side, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        np.testing.assert_allclose(
            getattr(data, f"x_{side}") * 255, x.reshape(len(x), *data.shape), atol=1e-4
        )
        np.testing.assert_array_equal(getattr(data, f"y_{side}"), y)
    np.savez(
        folder / f"{source}.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test
    )
    shutil.rmtree(folder / place)
    assert downloads.load(source=source).digest() == data.digest()


@pytest.mark.parametrize("source", downloads.SOURCES)
def test_offline_says_quickly_what_to_put_where(folder, source):
    before = time.monotonic()
    with pytest.raises(DataError) as caught:
        downloads.load(source=source)
    assert time.monotonic() - before < patience(10)
    words = str(caught.value)
    known = downloads.SOURCES[source]
    # the reason, whatever this machine's network says
    assert re.search(r"could not be had \(.+\)", words)
    assert all(
        name in words
        for name in (
            source,
            str(folder),
            downloads.FOLDER,
            known.origin,
            f"{source}.npz",
            *known.files,
        )
    )
    assert "\n" not in words


@pytest.mark.parametrize(
    ("source", "pickled"), [("cifar10", "cifar-10-batches-py"), ("cifar100", "cifar-100-python")]
)
def test_pickles_are_never_opened_and_it_is_said(folder, source, pickled):
    (folder / pickled).mkdir()
    with pytest.raises(DataError, match=f"{pickled} holds pickles, which are never opened"):
        downloads.load(source=source)


def test_a_missing_file_of_a_set_is_named_and_nothing_is_downloaded(folder):
    write_cifar10(folder / "cifar10")
    (folder / "cifar10" / "data_batch_4.bin").unlink()
    with pytest.raises(DataError, match=r"cifar10 has no data_batch_4\.bin\."):
        downloads.load(source="cifar10")


def test_files_of_another_data_set_are_refused(folder):
    write_all(folder)
    x, y = grey(20, seed=0)
    np.savez(folder / "cifar10.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    with pytest.raises(DataError, match=r"hold rows of shape \(1, 28, 28\), not \(3, 32, 32\)"):
        downloads.load(source="cifar10")
    shutil.rmtree(folder / "mnist")
    shutil.copytree(folder / "cifar-10-batches-bin", folder / "cifar100")
    (folder / "cifar100" / "data_batch_1.bin").rename(folder / "cifar100" / "train.bin")
    (folder / "cifar100" / "test_batch.bin").rename(folder / "cifar100" / "test.bin")
    with pytest.raises(DataError, match="no whole number of records of 3,074 bytes"):
        downloads.load(source="cifar100")


def test_a_folder_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(downloads.FOLDER, str(tmp_path / "file" / "data"))
    with pytest.raises(StorageError, match="LANDSCAPE_DATA"):
        downloads.load(source="mnist")


IMAGES = idx_bytes(grey(3, seed=0)[0])
IDX_FAULTS = {
    "only 2,351": IMAGES[:-1],
    "holds more": IMAGES + b"\0",
    "no IDX file of bytes with 3 axes: it begins with nothing": b"",
    "no IDX file of bytes with 3 axes: it begins with 1f 8b": gzip.compress(IMAGES),
    "no IDX file of bytes with 3 axes: it begins with 00 00 08 01": idx_bytes(
        np.zeros(5, np.uint8)
    ),
    r"rows of shape \(27, 28\); \(28, 28\) was expected": idx_bytes(
        np.zeros((2, 27, 28), np.uint8)
    ),
    r"unpacks to \d+\.\d GiB; at most": IMAGES[:4] + struct.pack(">3I", 2**32 - 1, 28, 28),
}


@pytest.mark.parametrize("fault", IDX_FAULTS)
def test_a_damaged_idx_file_is_refused_by_name(tmp_path, fault):
    (tmp_path / "images").write_bytes(IDX_FAULTS[fault])
    with pytest.raises(DataError, match=f"images.*{fault}"):
        idx.read(tmp_path / "images", shape=(28, 28))


def test_an_idx_header_costs_no_more_memory_than_the_file_holds(tmp_path):
    claims = IMAGES[:4] + struct.pack(">3I", 2_000_000, 28, 28) + bytes(100)  # 1.6 GB, allowed
    (tmp_path / "images.gz").write_bytes(gzip.compress(claims))
    tracemalloc.start()
    with limits.raised(8), pytest.raises(DataError, match="holds only 100"):
        idx.read(tmp_path / "images.gz", shape=(28, 28))
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3
    ),
    st.floats(0.5, 1),
)
def test_damaged_gzip_is_refused_in_words_or_read(tmp_path_factory, changes, kept):
    content = bytearray(gzip.compress(IMAGES))
    for place, byte in changes:
        content[int(place * len(content))] = byte
    path = tmp_path_factory.mktemp("damaged") / "images.gz"
    path.write_bytes(content[: int(kept * len(content))])
    with contextlib.suppress(DataError):  # anything else fails the test
        assert idx.read(path, shape=(28, 28)).shape[1:] == (28, 28)


@pytest.fixture
def tiny(monkeypatch):
    """A source of 30 rows, as OpenML would publish it; what is asked of OpenML is answered from
    scikit-learn's cache.
    """
    published = downloads.openml.Published("Tiny", (2,) * 10, (1,) * 10)
    monkeypatch.setitem(
        downloads.SOURCES,
        "tiny",
        dataclasses.replace(downloads.SOURCES["mnist"], folders=("tiny",), published=published),
    )
    x, y = grey(30, seed=7)
    return x.reshape(30, -1), y


def test_a_download_is_the_published_data_and_is_kept(folder, tiny):
    x, y = tiny
    write_openml(folder / "tiny.download", "Tiny", x, y)
    data = downloads.load(source="tiny")
    np.testing.assert_allclose(data.x_train.reshape(20, -1) * 255, x[:20], atol=1e-4)
    np.testing.assert_array_equal(np.concatenate([data.y_train, data.y_test]), y)
    assert [path.name for path in folder.iterdir()] == ["tiny.npz"]
    assert downloads.load(source="tiny").digest() == data.digest()


def test_a_download_in_another_order_of_another_size_or_no_bytes_is_refused_and_not_kept(
    folder, tiny
):
    x, y = tiny
    swapped = y.copy()
    swapped[[19, 20]] = swapped[[20, 19]]
    cases = [
        (x, swapped, "does not have its published train rows in the published order"),
        (x[:29], y[:29], r"has shape \(29, 784\), not the 30 rows"),
        (np.where(x == x.max(), 256, x.astype(int)), y, "its pixels are not bytes"),
    ]
    for pixels, labels, words in cases:
        shutil.rmtree(folder / "tiny.download", ignore_errors=True)
        write_openml(folder / "tiny.download", "Tiny", pixels, labels)
        with pytest.raises(DataError, match=words):
            downloads.load(source="tiny")
        assert not (folder / "tiny.npz").exists()
