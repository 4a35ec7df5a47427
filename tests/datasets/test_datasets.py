"""Laws of the data: test rows never change, corruption is exact, a bad file is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.datasets import npz, recipe
from landscape_app.errors import DataError
from landscape_app.registries import DATASETS, REGIMES
from landscape_app.settings import RunSpec, parse


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_aligned_finite_and_the_same_each_time(name):
    first, again = DATASETS[name].load()(), DATASETS[name].load()()
    assert first.digest() == again.digest()
    assert set(np.unique(first.y_train)) == set(range(first.classes))


def test_digits_have_the_numbers_of_the_protocol():
    data = DATASETS["digits"].load()()
    assert (len(data.x_train), len(data.x_test), data.classes, data.shape) == (1000, 797, 10, (1, 8, 8))


def test_the_test_set_is_bytes_identical_across_regimes_and_seeds():
    sets = [recipe.load(parse(RunSpec, {"regime": regime, "seed": seed})) for regime in REGIMES for seed in (0, 1)]
    assert len({(data.x_test.tobytes(), data.y_test.tobytes()) for data in sets}) == 1
    assert len({recipe.probe_digest(data) for data in sets}) == 1


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.5, 0.45), (1.0, 0.9)])
def test_corruption_redraws_exactly_that_share_of_train_labels(share, expected):
    clean = DATASETS["digits"].load()()
    data = recipe.corrupt(clean, share, seed=4)
    wrong = (data.y_train != clean.y_train).sum()
    assert wrong <= int(share * 1000)
    assert wrong / 1000 == pytest.approx(expected, abs=0.05)
    assert np.array_equal(data.x_train, clean.x_train)


def test_probe_and_kept_examples_are_distinct_rows():
    data = DATASETS["digits"].load()()
    assert len(set(recipe.probe_index(data))) == 256
    assert len(set(recipe.loss_index(data))) == 1000


def good_arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.normal(size=(20, 3)).astype(np.float32),
        "y_train": np.arange(20) % 2,
        "x_test": rng.normal(size=(10, 3)).astype(np.float32),
        "y_test": np.arange(10) % 2,
    }


FAULTS = {
    "not finite": {"x_train": np.full((20, 3), np.nan, np.float32)},
    "no rows": {"x_test": np.zeros((0, 3), np.float32), "y_test": np.zeros(0, int)},
    "y_train has shape": {"y_train": np.zeros(7, int)},
    "labels from": {"y_test": np.arange(10)},
    "row of x_train has shape": {"x_test": np.zeros((10, 4), np.float32)},
    "must be numbers": {"x_train": np.array([["a"] * 3] * 20)},
    "whole numbers": {"y_train": np.linspace(0, 1, 20)},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_refused_by_name(tmp_path, fault):
    np.savez(tmp_path / "mine.npz", **(good_arrays() | FAULTS[fault]))
    with pytest.raises(DataError, match=fault):
        npz.load(str(tmp_path / "mine.npz"))


def test_a_good_file_round_trips(tmp_path):
    arrays = good_arrays()
    np.savez(tmp_path / "mine.npz", **arrays)
    data = npz.load(str(tmp_path / "mine.npz"))
    for name, array in arrays.items():
        assert np.array_equal(getattr(data, name), array)


def test_missing_truncated_pickled_and_incomplete_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="no file"):
        npz.load(str(tmp_path / "absent.npz"))
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(DataError, match="cannot be read"):
        npz.load(str(tmp_path / "broken.npz"))
    np.savez(tmp_path / "partial.npz", x_train=np.zeros((2, 2)))
    with pytest.raises(DataError, match="has no y_train, x_test, y_test"):
        npz.load(str(tmp_path / "partial.npz"))
    np.savez(tmp_path / "objects.npz", **(good_arrays() | {"y_train": np.array([object()] * 20)}))
    with pytest.raises(DataError, match="cannot be read|whole numbers"):
        npz.load(str(tmp_path / "objects.npz"))


def test_augmentation_needs_images():
    with pytest.raises(DataError, match="shifts need images"):
        recipe.load(parse(RunSpec, {"data": "blobs", "regime": "good"}))
