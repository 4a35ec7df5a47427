"""Laws of derived results: found by what they were computed from, whole or not at all, replaced by
key, never damaged.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.errors import RunDamagedError, StorageError
from landscape_app.store import derived, files, result_file
from landscape_app.store.result_types import finite
from tests.store import samples
from tests.store.test_journal import JSON

TABLE = arrays(
    st.sampled_from([np.dtype("f4"), np.dtype("i8"), np.dtype("u1")]),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
WORDS = st.text("abcdefgh", min_size=1, max_size=5)


@given(
    parameters=st.dictionaries(WORDS, JSON, max_size=4),
    meta=st.dictionaries(WORDS, JSON, max_size=4),
    tables=st.dictionaries(WORDS, TABLE, max_size=3),
    data=st.data(),
)
@settings(max_examples=40)
def test_a_result_comes_back_as_it_was_and_by_any_of_its_parameters(
    parameters, meta, tables, data, fresh
):
    folder = fresh()
    written = derived.write(folder, "embedding", parameters, tables, meta, "inputs")
    asked = data.draw(st.sets(st.sampled_from(sorted(parameters)))) if parameters else set()
    for found in (
        written,
        derived.find(folder, "embedding", **{key: parameters[key] for key in asked}),
    ):
        assert (found.parameters, found.meta, found.inputs) == (parameters, finite(meta), "inputs")
        assert {name: (a.dtype, a.tobytes(), a.shape) for name, a in found.arrays.items()} == {
            name: (a.dtype, a.tobytes(), a.shape) for name, a in tables.items()
        }
    assert derived.current(folder, "embedding", parameters, "inputs").path == written.path
    assert derived.current(folder, "embedding", parameters, "other") is None
    assert derived.current(folder, "embedding", parameters | {"zz": 1}, "inputs") is None
    assert derived.find(folder, "embedding", zz=1) is None
    assert derived.find(folder, "embed") is None


def write(folder, value, *, name="embedding", inputs="i", **parameters):
    return derived.write(
        folder, name, parameters, {"x": np.array([value])}, {"value": value}, inputs
    )


def test_the_newest_that_fits_is_found_and_the_same_key_is_replaced(tmp_path):
    write(tmp_path, 1, method="phate", dims=3, t=np.int64(5), steps=(0.5, 1.0))
    write(tmp_path, 2, method="pca", dims=3, t=None)
    write(tmp_path, 3, method="phate", dims=2, t=5)
    write(tmp_path, 4, name="embedding_x")
    assert derived.find(tmp_path, "embedding").meta == {"value": 3}
    assert derived.find(tmp_path, "embedding", dims=3).meta == {"value": 2}
    assert derived.find(tmp_path, "embedding", steps=[0.5, 1.0]).parameters["t"] == 5
    assert derived.find(tmp_path, "embedding", t=None).meta == {"value": 2}
    assert [result.meta["value"] for result in derived.all(tmp_path, "embedding")] == [3, 2, 1]
    write(tmp_path, 5, method="pca", dims=3, t=None)
    assert [result.meta["value"] for result in derived.all(tmp_path, "embedding")] == [5, 3, 1]
    assert derived.find(tmp_path, "embedding", method="pca").arrays["x"].tolist() == [5]
    write(tmp_path, 6, method="pca", dims=3, t=None, inputs="later")
    assert [result.meta["value"] for result in derived.all(tmp_path, "embedding")] == [6, 5, 3, 1]


@pytest.mark.parametrize("fault", ["flip", "cut", "missing", "json", "no json", "foreign"])
def test_a_damaged_result_counts_as_absent_and_an_older_sound_one_is_found(fault, tmp_path):
    write(tmp_path, 1, k=1)
    newest = write(tmp_path, 2, k=2)
    held, file, facts = (
        derived.find(tmp_path, "embedding"),
        newest.path / derived.ARRAYS,
        newest.path / derived.RESULT,
    )
    assert held.meta == {"value": 2}
    if fault == "flip":
        samples.flip(file, file.stat().st_size - 1)
    elif fault == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    elif fault == "missing":
        file.unlink()
    elif fault == "no json":
        facts.unlink()
    else:
        facts.write_bytes({"json": b"{", "foreign": b'{"name": 1}'}[fault])
    assert derived.find(tmp_path, "embedding").meta == {"value": 1}
    assert derived.find(tmp_path, "embedding", k=2) is None
    assert derived.current(tmp_path, "embedding", {"k": 2}, "i") is None
    write(tmp_path, 3, k=2)
    assert derived.find(tmp_path, "embedding", k=2).arrays["x"].tolist() == [3]


def test_arrays_that_were_replaced_behind_a_reader_are_refused_not_mixed(tmp_path):
    write(tmp_path, 1, k=1)
    held = derived.all(tmp_path, "embedding")[0]
    write(tmp_path, 2, k=1)
    with pytest.raises(RunDamagedError, match="replaced"):
        held.arrays["x"]


def test_what_a_crash_left_is_removed_once_it_is_old_and_never_read(tmp_path):
    run = samples.full_run(tmp_path)
    whole = derived.write(run.path, "geometry", {}, {}, {}, "i").path
    left = [whole.with_name(f".new-{age}") for age in ("old", "young")]
    for folder in left:
        shutil.copytree(whole, folder)
    os.utime(left[0], (time.time() - 700,) * 2)
    assert len(derived.all(run.path, "geometry")) == 1
    with run.lock():
        pass
    assert [folder.exists() for folder in (whole, *left)] == [True, False, True]


def test_a_result_stored_by_two_at_once_is_one_of_theirs(tmp_path):
    writers = [
        threading.Thread(target=lambda v=v: [write(tmp_path, v, k=1) for _ in range(20)])
        for v in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = derived.current(tmp_path, "embedding", {"k": 1}, "i")
    assert found.arrays["x"].tolist() == [found.meta["value"]]
    write(tmp_path, 7, k=1)
    assert [
        (result.meta["value"], result.arrays["x"].tolist())
        for result in derived.all(tmp_path, "embedding")
    ] == [(7, [7])]
    assert len(list((tmp_path / "derived").iterdir())) == 1


def test_a_clock_that_is_put_back_does_not_bring_an_older_result_back(tmp_path, monkeypatch):
    write(tmp_path, 1, k=1)
    monkeypatch.setattr(time, "time", lambda: 1.0)
    write(tmp_path, 2, k=1)
    assert derived.find(tmp_path, "embedding").meta == {"value": 2}


def test_listing_reads_no_arrays(tmp_path, monkeypatch):
    write(tmp_path, 1, k=1)
    monkeypatch.setattr(files, "digest", lambda path: pytest.fail("an array file was read"))
    assert [result.parameters for result in derived.all(tmp_path, "embedding")] == [{"k": 1}]


def test_a_result_is_stale_when_the_run_goes_on(tmp_path):
    run = samples.full_run(tmp_path)
    result = derived.write(run.path, "geometry", {}, {}, {}, run.digest())
    assert not derived.stale(result, run)
    assert list(result.arrays) == []
    samples.commit_chunk(run, [0, 1], 0, 5, salt=0.5)
    assert derived.stale(derived.find(run.path, "geometry"), run)


def test_a_release_of_the_package_keeps_what_was_computed(tmp_path, monkeypatch):
    settings = {"method": "phate", "dims": 3, "t": 12, "k": 5, "seed": 0}
    inputs = "0123456789abcdef0123456789abcdef"
    monkeypatch.setattr(derived, "ANALYSIS_VERSION", "0.3.1")  # the one of the two keys below
    assert derived._key("embedding", settings, inputs) == "139b8778b90ad48f"
    assert derived._key("checks", {}, "") == "15c913a42607868b"
    result = derived.write(tmp_path, "embedding", settings, {}, {}, inputs)
    monkeypatch.setattr(importlib.metadata, "version", lambda package: "9.9")
    assert derived.current(tmp_path, "embedding", settings, inputs).path == result.path
    monkeypatch.setattr(derived, "ANALYSIS_VERSION", "9.9")
    assert derived.current(tmp_path, "embedding", settings, inputs) is None


@pytest.mark.parametrize("name", ["", "Embedding", "../x", "a-b", "a/b"])
def test_a_name_that_could_be_a_path_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="no name"):
        derived.write(tmp_path, name, {}, {}, {}, "")
    assert derived.all(tmp_path, name) == []


def test_a_result_whose_facts_could_not_be_read_again_is_not_stored(tmp_path):
    with pytest.raises(StorageError, match=r"facts have [0-9,]+ bytes, more than"):
        derived.write(tmp_path, "geometry", {}, {}, {"words": "x" * result_file.LARGEST}, "inputs")
    assert derived.all(tmp_path, "geometry") == []
