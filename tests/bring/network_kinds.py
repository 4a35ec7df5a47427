"""Networks of every kind that people write: wrapped, pruned, shared, frozen, quantized."""

from __future__ import annotations

import dataclasses
import threading
import types
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import prune


class Net(nn.Module):
    """A linear network with whatever `then` makes of its outputs."""

    def __init__(self, then: Callable[[Tensor], Any] = lambda y: y, outputs: int = 3) -> None:
        super().__init__()
        self.inner, self.then = nn.Linear(4, outputs), then

    def forward(self, x: Tensor) -> Any:
        return self.then(self.inner(x))


class Stack(nn.Module):
    """Two layers in whatever `holds` makes of a list of modules; parameters of its own."""

    def __init__(self, holds: Callable[[list[nn.Module]], Any] = nn.ModuleList) -> None:
        super().__init__()
        self.layers = holds([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(4))])
        self.shifts = nn.ParameterDict({"a": nn.Parameter(torch.zeros(4))})
        self.head = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        for layer, scale in zip(self.layers, self.scales, strict=True):
            x = torch.tanh(layer(x)) * scale + self.shifts["a"]
        return self.head(x)


class Shared(nn.Module):
    """One module called twice, under two names; BatchNorm too."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Tanh())
        self.second, self.head = self.first, nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.second(self.first(x)))


class PlainList(nn.Module):
    """One layer, hidden in a list, and a parameter that is not used."""

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.spare = [nn.Linear(4, 3)], nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers[0](x)


class Storing(Net):
    """Keeps its last activations, in an attribute and in a list, as people do to plot them."""

    def forward(self, x: Tensor) -> Tensor:
        self.last = torch.tanh(self.inner(x))
        self.all = {"activations": [self.last]}
        return self.last * 2


def stored() -> nn.Module:
    network = Storing()
    network(torch.ones(2, 4))
    return network


def pruned() -> nn.Module:
    network = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))
    prune.l1_unstructured(network[0], "weight", 0.5)
    network(torch.ones(2, 4))
    return network


def normed(make: Callable[[nn.Module], nn.Module]) -> Callable[[], nn.Module]:
    def made() -> nn.Module:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the old one is deprecated
            network = nn.Sequential(make(nn.Linear(4, 5)), nn.Tanh(), nn.Linear(5, 3))
            network.eval()(torch.ones(2, 4))
        return network

    return made


def hooked(hook: Callable[..., Any]) -> nn.Module:
    network = Net()
    network.inner.register_forward_hook(hook)
    return network


class Locked:
    """A hook with a lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __call__(self, *_: Any) -> None:
        with self.lock:
            pass


def with_attribute(value: Any) -> nn.Module:
    network = Net()
    network.inner.keeps = value
    return network


LOCK = threading.Lock()


def closed_over_a_lock(*_: Any) -> None:
    """A hook that is a function: it is shared, not copied."""
    with LOCK:
        pass


def parallel_part() -> nn.Module:
    network = Stack()
    network.head = nn.DataParallel(network.head)
    return network


def partly_frozen() -> nn.Module:
    network = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))
    network[0].requires_grad_(False)
    return network


def with_empty() -> nn.Module:
    network = Net()
    network.spare = nn.Parameter(torch.empty(0))
    return network


def with_nan() -> nn.Module:
    network = Net()
    nn.init.constant_(network.inner.weight, torch.nan)
    return network


def with_unused() -> nn.Module:
    network = Net()
    network.spare = nn.Linear(2, 2)
    return network


def frozen_integers() -> nn.Module:
    network = Net()
    network.table = nn.Parameter(torch.ones(3, dtype=torch.int8), requires_grad=False)
    return network


class Autocast(Net):
    """bfloat16 from autocast inside of forward."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.inner(x)


class Late(nn.Module):
    """Makes a layer when it is first called."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        if not hasattr(self, "head"):
            self.head = nn.Linear(4, 3)
        return self.head(self.first(x))


class Growing(Net):
    """A buffer that is empty until the first batch, as in quantization-aware training."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("lowest", torch.empty(0))

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            self.lowest = x.detach().amin(0)
        return self.inner(x)


class ByName(Net):
    def forward(self, *, x: Tensor) -> Tensor:  # type: ignore[override]
        return self.inner(x)


class NoGrad(Net):
    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            return self.inner(x)


class Auxiliary(Net):
    """A tensor in evaluation, a pair in training, as Inception."""

    def forward(self, x: Tensor) -> Any:
        y = self.inner(x)
        return (y, y) if self.training else y


class Masked(Net):
    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        return self.inner(x) * mask


class Rejecting(Net):
    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[1] == 784
        return self.inner(x)


@dataclasses.dataclass
class Answer:
    hidden: Tensor
    logits: Tensor


def bound_elsewhere() -> nn.Module:
    network = Net()
    original = network.forward
    network.forward = lambda x: original(x) * 2  # type: ignore[method-assign]
    return network


def bound_to_itself() -> nn.Module:
    network = Net()
    network.forward = types.MethodType(lambda self, x: self.inner(x) * 2, network)  # type: ignore[method-assign]
    return network


def masked_gradient() -> nn.Module:
    network = Net()
    network.inner.weight.register_hook(lambda gradient: gradient * 0)
    return network


def shared_memory() -> nn.Module:
    network = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3))
    network[1].weight.data = network[0].weight.data
    return network


def with_buffer(value: Tensor) -> nn.Module:
    network = Net()
    network.register_buffer("table", value)
    return network


def shared_buffer() -> nn.Module:
    network = nn.Sequential(nn.BatchNorm1d(4), nn.BatchNorm1d(4), nn.Linear(4, 3))
    network[1].running_mean = network[0].running_mean
    return network


def quantized() -> nn.Module:
    return torch.ao.quantization.quantize_dynamic(
        nn.Sequential(nn.Linear(4, 3)), {nn.Linear}, dtype=torch.qint8
    )


def exported() -> nn.Module:
    return torch.export.export(nn.Sequential(nn.Linear(4, 3)), (torch.ones(2, 4),)).module()


class ItsOwnCopy(Net):
    def __deepcopy__(self, memo: Any) -> ItsOwnCopy:
        return self
