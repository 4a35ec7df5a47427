"""What is trained on what: a network's architecture, its data as tensors, and how batches are drawn from them."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from landscape_app.datasets.recipe import loss_index, probe_index
from landscape_app.records.dataset import Dataset
from landscape_app.weights.layout import Layout


@dataclass(frozen=True)
class Problem:
    """A network (used as a function of its state; its own weights are the initial ones) and its data on one device.

    x_train (n, *shape) float32, y_train (n,) int64, and the same for test; `probe` (m,) and `kept` (e,) are the positions of
    the test examples whose softmax, and the train examples whose loss, is stored with every snapshot.
    """

    network: nn.Module
    layout: Layout
    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor
    probe: Tensor
    kept: Tensor
    classes: int
    augmentation: bool

    @staticmethod
    def of(network: nn.Module, data: Dataset, *, augmentation: bool) -> Problem:
        """A problem on a private copy of `network`, so that the caller's is never touched."""
        network = copy.deepcopy(network)
        return Problem(
            network,
            Layout.of(network),
            torch.from_numpy(data.x_train),
            torch.from_numpy(data.y_train),
            torch.from_numpy(data.x_test),
            torch.from_numpy(data.y_test),
            torch.from_numpy(probe_index(data)),
            torch.from_numpy(loss_index(data)),
            data.classes,
            augmentation,
        )
