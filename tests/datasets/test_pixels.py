"""Laws of images that stay bytes: they are the numbers that they were always read as, to the bit,
and are never all held as such.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from landscape_app.checks.stored import _same
from landscape_app.datasets import recipe
from landscape_app.datasets.arrays import dataset
from landscape_app.datasets.tensors import PixelRows, rows_of, slabs_of
from landscape_app.networks.construction import of_spec
from landscape_app.records.dataset import Dataset
from landscape_app.records.pixels import Pixels
from landscape_app.records.progress import Silent
from landscape_app.sampling.retrain import retrain
from landscape_app.settings import RunSpec, parse
from landscape_app.training.base import train
from landscape_app.training.engine import OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle


def made(rows: int = 96, seed: int = 0) -> dict[str, np.ndarray]:
    """Two sides of random colour images with their channels last."""
    rng = np.random.default_rng(seed)
    sides = {"train": rows, "test": rows // 2}
    arrays = {
        f"x_{side}": rng.integers(0, 256, (n, 8, 8, 3), dtype=np.uint8) for side, n in sides.items()
    }
    return arrays | {f"y_{side}": np.arange(n) % 3 for side, n in sides.items()}


@pytest.fixture
def both() -> tuple[Dataset, Dataset]:
    """The same data as bytes, and as the numbers that they read as."""
    data = dataset("images", made())
    numbers = {}
    for name in ("x_train", "x_test"):
        rows = np.ascontiguousarray(np.moveaxis(made()[name], 3, 1), dtype=np.float32)
        rows /= 255
        numbers[name] = rows
    return data, dataclasses.replace(data, **numbers)


def test_every_byte_reads_as_numpy_divides_it_here_and_as_a_tensor():
    every = np.arange(256, dtype=np.uint8)[:, None]
    expected = every.astype(np.float32)
    expected /= 255
    pixels, rows = Pixels(every), rows_of(Pixels(every), "cpu")
    assert pixels.dtype == expected.dtype
    assert np.array_equal(pixels[:], expected)
    assert np.array_equal(np.asarray(pixels), expected)
    assert np.array_equal(np.concatenate(list(pixels.blocks())), expected)
    assert torch.equal(rows[:], torch.from_numpy(expected))
    for parts in (rows.split(100), rows.tensor_split(3), (part[:] for part in slabs_of(rows, 100))):
        assert torch.equal(torch.cat(list(parts)), torch.from_numpy(expected))


def test_images_of_bytes_stay_bytes_and_are_the_same_data_set(both):
    bytes_, numbers = both
    assert isinstance(bytes_.x_train, Pixels)
    assert bytes_.x_train.stored.dtype == np.uint8
    assert bytes_.digest() == numbers.digest()
    assert recipe.probe_digest(bytes_) == recipe.probe_digest(numbers)
    assert recipe.loss_digest(bytes_) == recipe.loss_digest(numbers)
    assert _same(bytes_.x_train, dataset("images", made()).x_train)
    assert not _same(bytes_.x_train, dataset("images", made(seed=1)).x_train)
    fewer = recipe.prepare(bytes_, parse(RunSpec, {"train_rows": 20}))
    assert isinstance(fewer.x_train, Pixels)
    assert fewer.digest() == recipe.prepare(numbers, parse(RunSpec, {"train_rows": 20})).digest()


@pytest.mark.parametrize("augmentation", [False, True])
def test_training_and_sampling_on_bytes_are_to_the_bit_those_on_numbers(both, augmentation):
    spec = parse(
        RunSpec,
        {
            "network": "cnn",
            "train_epochs": 2,
            "epochs": 2,
            "seeds": 1,
            "step_sizes": (0.5,),
            "batchnorm": "re-estimate",
        },
    )
    one, other = (sampled(data, spec, augmentation) for data in both)
    assert all(np.array_equal(one[name], other[name]) for name in other)


def sampled(data: Dataset, spec: RunSpec, augmentation: bool) -> dict[str, np.ndarray]:
    """All snapshots of a network that is trained on `data`."""
    problem = Problem.of(of_spec(spec, data), data, augmentation=augmentation)
    assert isinstance(problem.x_train, PixelRows) == isinstance(data.x_train, Pixels)
    anchor = Bundle.of(problem.network, problem.layout)
    train(problem, spec, anchor, done=0, sink=lambda *_: None, progress=Silent())
    tensors: dict[str, np.ndarray] = {}
    retrain(
        problem,
        spec,
        OneAtATime(problem),
        anchor,
        trajectories=spec.trajectories,
        start=None,
        pending=[(0, 2)],
        sink=lambda first, last, chunk: tensors.update(chunk),
        progress=Silent(),
        rows=40,
    )
    return tensors
