"""Networks that change what they are given, keep values outside their buffers, or draw random
numbers: some must be refused, others must work.
"""

from __future__ import annotations

import functools
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional

X = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))


class Net(nn.Module):
    """One linear layer, and whatever a subclass does besides."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)
        self.prepare()

    def prepare(self):
        pass


class Subtracts(Net):
    def forward(self, x):
        return self.fc(x.sub_(0.5))


class DoublesAColumn(Net):
    def forward(self, x):
        x[:, 0] = x[:, 0] * 2
        return self.fc(x)


class FunctionalDropout(Net):
    def forward(self, x):
        return functional.dropout(self.fc(x), 0.5)


class NumpyNoise(Net):
    def forward(self, x):
        return self.fc(x) + float(np.random.rand())


class PythonNoise(Net):
    def forward(self, x):
        return self.fc(x) * random.random()


class CountsInEvaluation(Net):
    def prepare(self):
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return self.fc(x) * self.calls


class ClipsItself(Net):
    def forward(self, x):
        self.fc.weight.data.clamp_(-0.01, 0.01)
        return self.fc(x)


class PlainMean(Net):
    def prepare(self):
        self.mean = torch.zeros(6)

    def forward(self, x):
        if self.training:
            self.mean = 0.9 * self.mean + 0.1 * x.mean(0).detach()
        return self.fc(x - self.mean)


class PlainNumber(Net):
    def prepare(self):
        self.steps = 0

    def forward(self, x):
        self.steps += self.training
        return self.fc(x) * (2.0 if self.steps > 500 else 1.0)


class Nested(Net):
    def prepare(self):
        self.inner = PlainMeanLayer()

    def forward(self, x):
        return self.fc(self.inner(x))


class PlainMeanLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.state = {"mean": torch.zeros(6)}

    def forward(self, x):
        if self.training:
            self.state["mean"] = 0.5 * self.state["mean"] + x.mean(0).detach()
        return x - self.state["mean"]


class BufferAnew(Net):
    def prepare(self):
        self.register_buffer("mean", torch.zeros(6))

    def forward(self, x):
        if self.training:
            self.mean = 0.5 * self.mean + 0.5 * x.mean(0).detach()
        return self.fc(x - self.mean)


class BufferInPlace(BufferAnew):
    def forward(self, x):
        if self.training:
            self.mean.mul_(0.5).add_(0.5 * x.mean(0).detach())
        return self.fc(x - self.mean)


class LazyAngles(Net):
    """Rotary angles, made at the first call from a buffer of frequencies."""

    def prepare(self):
        self._cos = self._sin = None
        self._made = 0
        self.register_buffer("frequencies", 1.0 / 10 ** (torch.arange(3) / 3), persistent=False)

    def forward(self, x):
        if self._cos is None or self._made < x.shape[1]:
            angles = torch.arange(x.shape[1]).repeat_interleave(3)[
                : x.shape[1]
            ] * self.frequencies.repeat(2)
            self._cos, self._sin, self._made = angles.cos(), angles.sin(), x.shape[1]
        return self.fc(x * self._cos + x.roll(3, 1) * self._sin)


class LazyMask(Net):
    """A mask that is made of the rows' type and device."""

    def prepare(self):
        self.mask = None

    def forward(self, x):
        if self.mask is None:
            self.mask = x.new_ones(6).cumsum(0) < 4
        return self.fc(x.masked_fill(self.mask, 0.0))


class CachedTable(Net):
    def prepare(self):
        self.tables = {}

    @functools.cached_property
    def scale(self):
        return torch.linspace(1, 2, 6)

    def forward(self, x):
        table = self.tables.setdefault(x.shape[1], torch.exp(1j * torch.arange(6)))
        return self.fc(x * self.scale * table.real)


class FirstBatchMean(Net):
    def prepare(self):
        self.mean, self.ready = None, False

    def forward(self, x):
        if not self.ready:
            self.mean, self.ready = x.mean(0), True
        return self.fc(x - self.mean)


class FirstWeights(Net):
    def prepare(self):
        self.signs = None

    def forward(self, x):
        if self.signs is None:
            self.signs = self.fc.weight.detach().sign()
        return functional.linear(x, self.fc.weight * self.signs)


class FirstSize(Net):
    def prepare(self):
        self.scale = None

    def forward(self, x):
        if self.scale is None:
            self.scale = torch.tensor(1.0 / len(x))
        return self.fc(x) * self.scale


class FirstNoise(Net):
    def prepare(self):
        self.noise = None

    def forward(self, x):
        if self.noise is None:
            self.noise = torch.randn(6)
        return self.fc(x + self.noise)


class FirstStatistics(Net):
    """Keeps what running statistics were at the first call."""

    def prepare(self):
        self.bn, self.centre = nn.BatchNorm1d(6), None

    def forward(self, x):
        y = self.bn(x)
        if self.centre is None:
            self.centre = self.bn.running_mean.clone()
        return self.fc(y + self.centre)


class LateBuffer(Net):
    """Registers its mask when it is first called."""

    def forward(self, x):
        if not hasattr(self, "mask"):
            self.register_buffer("mask", (torch.arange(6) < 4).float(), persistent=False)
        return self.fc(x * self.mask)


class LateMean(Net):
    def prepare(self):
        self.register_buffer("mean", None)

    def forward(self, x):
        if self.mean is None:
            self.mean = x.mean(0)
        return self.fc(x - self.mean)


class FrozenCentre(Net):
    def prepare(self):
        self.centre = nn.Parameter(torch.zeros(6), requires_grad=False)

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.centre += 0.1
        return self.fc(x - self.centre)


class Harmless(Net):
    def prepare(self):
        self.calls, self.seen, self.names = 0, None, ["a"]

    def forward(self, x):
        self.calls, self.seen = self.calls + 1, x
        return self.fc(x)


class ForgetsToReturn(Net):
    """A frozen BatchNorm, as people write it, without `return self`."""

    def prepare(self):
        self.bn = nn.BatchNorm1d(6)
        self.bn.running_mean.fill_(0.5)
        self.drop = nn.Dropout(0.5)

    def train(self, mode=True):
        super().train(mode)
        self.bn.eval()

    def forward(self, x):
        return self.fc(self.drop(self.bn(x)))


class PythonDrop(Net):
    def forward(self, x):
        return self.fc(x) * (2.0 * (random.random() < 0.5) if self.training else 1.0)
