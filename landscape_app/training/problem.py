"""The training problem: the network's architecture, its data as tensors, and the loss."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from landscape_app.datasets.recipe import loss_index, probe_index, train_probe_index
from landscape_app.datasets.tensors import Rows, rows_of
from landscape_app.networks.copies import in_mode, private
from landscape_app.objectives import Objective, named_loss
from landscape_app.records.dataset import Dataset
from landscape_app.training.attributes import FAILURES
from landscape_app.training.behaviour import careful, generators, untouched
from landscape_app.weights.layout import Layout

Make = Callable[[list[nn.Parameter]], torch.optim.Optimizer]


@dataclass(frozen=True)
class Problem:
    """A network (used as a function of its state; its own weights are the initial ones) and its
    data on one device.

    x_train (n, *shape) float32, or bytes that read so, y_train (n,) int64 or (n, output) float32,
    and the same for test. `probe` (m,): positions of the test examples whose outputs are stored
    with every snapshot. `train_probe` (t,): the same of train examples; t is 0 in a run that was
    begun before they were stored. `loss_rows` (e,): positions of the train examples whose loss is
    stored.
    """

    network: nn.Module
    layout: Layout
    objective: Objective
    x_train: Rows
    y_train: Tensor
    x_test: Rows
    y_test: Tensor
    probe: Tensor
    train_probe: Tensor
    loss_rows: Tensor
    outputs: int
    augmentation: bool
    flips: bool
    stochastic: bool = False  # draws random numbers while training (dropout)
    # the user's own, for base training and for retraining
    optimizers: tuple[Make | None, Make | None] = (None, None)
    mixed: bool = False  # gradients in mixed precision (training.engine.mixed)

    @staticmethod
    def of(
        network: nn.Module,
        data: Dataset,
        *,
        augmentation: bool,
        objective: Objective | None = None,
        device: torch.device | str = "cpu",
        optimizers: tuple[Make | None, Make | None] = (None, None),
        mixed: bool = False,
        outputs: int | None = None,
    ) -> Problem:
        """A problem on a private copy of `network`, so that the caller's is never touched."""
        network = careful(private(network), torch.tensor(data.x_train[:2])).to(device)
        x_train, x_test = (rows_of(x, device) for x in (data.x_train, data.x_test))
        y_train, y_test = (torch.from_numpy(y).to(device) for y in (data.y_train, data.y_test))
        return Problem(
            network,
            Layout.of(network),
            objective
            or named_loss("cross_entropy" if data.task == "classification" else "squared_error"),
            x_train,
            y_train,
            x_test,
            y_test,
            torch.from_numpy(probe_index(data)).to(device),
            torch.from_numpy(train_probe_index(data)).to(device),
            torch.from_numpy(loss_index(data)).to(device),
            outputs or data.outputs,
            augmentation,
            data.flips,
            stochastic=draws(network, x_train[:2]),
            optimizers=optimizers,
            mixed=mixed,
        )

    @property
    def device(self) -> torch.device:
        """Where the data and every bundle are."""
        return self.x_train.device

    def to(self, device: torch.device | str) -> Problem:
        """The same problem on another device, with a network of its own."""
        names = ("x_train", "y_train", "x_test", "y_test", "probe", "train_probe", "loss_rows")
        moved = {name: getattr(self, name).to(device) for name in names}
        return dataclasses.replace(self, network=private(self.network, device), **moved)

    def copied(self) -> Problem:
        """The same data with a network of its own: engines bind weights to a network's modules, so
        threads must not share one.
        """
        return dataclasses.replace(self, network=private(self.network))


def draws(network: nn.Module, x: Tensor) -> bool:
    """Whether `network` draws from a global generator in training, found by one forward pass of a
    copy; the generators are put back.
    """
    network = in_mode(private(network), True)
    with untouched():
        before = generators(x.device)
        try:
            network(x)
        except FAILURES:
            return False  # the checks before a run say what is wrong with such a network
        return before != generators(x.device)
