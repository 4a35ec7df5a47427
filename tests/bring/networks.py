"""Networks: what people wrap, prune, freeze, compile and return, and what cannot be trained
here.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec, parse
from landscape_app.training.engine import OneAtATime
from landscape_app.training.engines import ENGINES, usable
from landscape_app.weights.bundle import Bundle
from tests.bring.case import Case
from tests.bring.network_kinds import (
    Answer,
    Autocast,
    Auxiliary,
    ByName,
    Growing,
    ItsOwnCopy,
    Late,
    Locked,
    Masked,
    Net,
    NoGrad,
    PlainList,
    Rejecting,
    Shared,
    Stack,
    bound_elsewhere,
    bound_to_itself,
    closed_over_a_lock,
    exported,
    frozen_integers,
    hooked,
    masked_gradient,
    normed,
    parallel_part,
    partly_frozen,
    pruned,
    quantized,
    shared_buffer,
    shared_memory,
    stored,
    with_attribute,
    with_buffer,
    with_empty,
    with_nan,
    with_unused,
)

TITLE = "Networks"
ABOUT = (
    "`explore(model, …)` and `landscape run --network module:callable` give the same answer: any"
    " `nn.Module` that gives one tensor (rows, outputs). Each case that works gives the gradient of"
    " torch's own loop."
)

SPEC = parse(RunSpec, {"data": GIVEN, "network": GIVEN, "regime": GIVEN})


def data(
    classes: int = 3, rows: int = 12, shape: tuple[int, ...] = (4,), kind: type = np.float32
) -> Dataset:
    """Rows of normal numbers, or of token ids, with labels in turn."""
    rng = np.random.default_rng(0)
    x = (
        rng.normal(size=(rows, *shape)).astype(np.float32)
        if kind is np.float32
        else rng.integers(0, 9, (rows, *shape))
    )
    y = np.arange(rows) % classes
    return Dataset("made", x, y, x, y, classes=classes)


def works(make: Callable[[], nn.Module], of: Dataset | None = None) -> Callable[[Path], None]:
    """A trial: the network is accepted, and every engine that takes it gives the gradient of
    torch's own loop on the caller's object.
    """

    def tried(_: Path) -> None:
        brought = of or data()
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(0)
            network = make()
        before = {
            key: value.clone()
            for key, value in network.state_dict().items()
            if isinstance(value, Tensor)
        }
        problem, _ = problem_of(SPEC, UserObjects(data=brought, network=network), tell=True)
        x, y = problem.x_train, problem.y_train
        gradients = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # vmap tells of operations that it takes one by one
            for name in usable(problem)[0]:
                bundle = Bundle.of(problem.network, problem.layout).repeated(2)
                gradients.append(
                    ENGINES[name](problem.copied())
                    .gradient(bundle, x.expand(2, *x.shape), y.expand(2, -1))[0][1]
                    .clone()
                )
        OneAtATime(problem.copied().copied()).outputs(Bundle.of(problem.network, problem.layout), x)
        assert all(
            torch.equal(value, network.state_dict()[key]) for key, value in before.items()
        ), "the caller's network has changed"
        nn.functional.cross_entropy(network.train()(x.clone()).float(), y).backward()
        theirs = [
            p.grad.to_dense() if p.grad is not None else torch.zeros_like(p)
            for p in network.parameters()
            if p.requires_grad and p.numel()
        ]
        for gradient in gradients:
            torch.testing.assert_close(
                gradient, torch.cat([g.reshape(-1) for g in theirs]), atol=1e-5, rtol=1e-3
            )

    return tried


def brought(make: Callable[[], Any], of: Dataset | None = None) -> Callable[[Path], None]:
    """A trial: the network is looked at."""

    def tried(_: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch calls some of these deprecated
            problem_of(SPEC, UserObjects(data=of or data(), network=make()), tell=True)

    return tried


TOKENS = data(shape=(5,), kind=np.int64)
IMAGES = data(shape=(1, 4, 4))

CASES = [
    Case("nn.Sequential, or a class with any forward", "works", works(lambda: nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)))),
    Case("ModuleList, ParameterList, ParameterDict", "works", works(Stack)),
    Case("a module that is used twice", "works", works(Shared)),
    Case("token ids into an embedding", "works", works(lambda: nn.Sequential(nn.Embedding(9, 2), nn.Flatten(), nn.Linear(10, 3)), TOKENS)),
    Case("an embedding with sparse gradients", "works",
         works(lambda: nn.Sequential(nn.Embedding(9, 2, sparse=True), nn.Flatten(), nn.Linear(10, 3)), TOKENS)),
    Case("more outputs than classes occur", "works", works(lambda: nn.Linear(4, 7))),
    Case("some layers frozen", "works", works(partly_frozen)),
    Case("frozen parameters of whole numbers", "works", works(frozen_integers)),
    Case("a parameter without elements", "works", works(with_empty)),
    Case("a network on another device", "works", works(lambda: Net().to("cpu"))),
    Case("pruning (`torch.nn.utils.prune`)", "works", works(pruned)),
    Case("`parametrizations.weight_norm`, `orthogonal`, a parametrization of one's own", "works", works(normed(parametrizations.weight_norm))),
    Case("`parametrizations.spectral_norm`", "works", works(normed(parametrizations.spectral_norm))),
    Case("the old `nn.utils.weight_norm`", "works", works(normed(nn.utils.weight_norm))),
    Case("activations that the network keeps", "works", works(stored)),
    Case("a hook that is a function, with a lock", "works", works(lambda: hooked(closed_over_a_lock))),
    Case("a forward method bound to the object", "works", works(bound_to_itself)),
    Case("DataParallel", "works, and says so", brought(lambda: nn.DataParallel(Net())), "taken out of its DataParallel"),
    Case("a part in DataParallel", "works, and says so", works(parallel_part), "taken out of its DataParallel"),
    Case("torch.compile", "works, and says so", brought(lambda: torch.compile(Net())), "taken out of its OptimizedModule"),
    Case("bfloat16 from autocast inside of forward", "works, and says so", brought(Autocast), "outputs are bfloat16: they are converted to float32"),
    Case("parameters that the outputs do not depend on", "works, and says so", works(with_unused), "do not depend on 'spare.weight', 'spare.bias'"),
    Case("layers in a plain list", "works, and says so", brought(lambda: Stack(list)), "Register them by nn.ParameterList or nn.ModuleList"),
    Case("a softmax over the rows of a batch", "works, and says so", brought(lambda: Net(lambda y: y.softmax(0))), "depend on the other rows of its batch"),
    Case("a class in place of an instance", "refused", brought(lambda: Net), "is the class Net, not an instance: write Net(…)"),
    Case("a function", "refused", brought(lambda: stored), "is the function stored: call it"),
    Case("a state_dict", "refused", brought(lambda: Net().state_dict()), "load it into a network by load_state_dict"),
    Case("TorchScript, traced or scripted", "refused", brought(lambda: torch.jit.trace(Net(), torch.ones(1, 4))), "is TorchScript (torch.jit)"),
    Case("a part in TorchScript", "refused", brought(lambda: nn.Sequential(torch.jit.script(nn.Linear(4, 3)))), "Module '0' is TorchScript"),
    Case("an exported program", "refused", brought(exported), "is an exported program (torch.export)"),
    Case("lazy layers without a shape", "refused", brought(lambda: nn.Sequential(nn.LazyLinear(3))), "Parameter '0.weight' of LazyLinear has no shape yet"),
    Case("layers that are made when the network is first called", "refused", brought(Late), "makes its parameters 'head.weight', 'head.bias'"),
    Case("NaN among the weights", "refused", brought(with_nan), "Parameter 'inner.weight' has values that are not finite"),
    Case("meta tensors", "refused", brought(lambda: nn.Linear(4, 3, device="meta")), "is on the device 'meta'"),
    Case("float64 parameters", "refused", brought(lambda: Net().double()), "Parameter 'inner.weight' is float64, not float32"),
    Case("float16 or bfloat16 parameters", "refused", brought(lambda: Net().bfloat16()), "is bfloat16, not float32. Convert the network first"),
    Case("complex parameters", "refused", brought(lambda: nn.Linear(4, 3, dtype=torch.complex64)), "two real parameters"),
    Case("bfloat16 or complex buffers", "refused", brought(lambda: with_buffer(torch.ones(2).bfloat16())), "Buffer 'table' of Net is bfloat16"),
    Case("sparse buffers", "refused", brought(lambda: with_buffer(torch.eye(2).to_sparse())), "Buffer 'table' of Net is sparse"),
    Case("one buffer in two modules", "refused", brought(shared_buffer), "'0.running_mean' and '1.running_mean' are one tensor"),
    Case("a buffer that gets its shape in training", "refused", brought(Growing), "Buffer 'lowest' has shape (0,), and (4,) after"),
    Case("a quantized network", "refused", brought(quantized), "module '0' is quantized"),
    Case("all parameters frozen", "refused", brought(lambda: Net().requires_grad_(False)), "all are frozen. Unfreeze"),
    Case("no parameters", "refused", brought(lambda: nn.Flatten()), "it has no parameters at all"),
    Case("an attribute that cannot be copied: a lock, an open file, a generator", "refused", brought(lambda: with_attribute(threading.Lock())),
         "cannot be copied: 'inner.keeps' of type lock"),
    Case("a hook that cannot be copied", "refused", brought(lambda: hooked(Locked())), "a hook of module 'inner' cannot"),
    Case("a copy that is the network itself (`__deepcopy__`)", "refused", brought(ItsOwnCopy), "still holds the parameter 'inner.weight'"),
    Case("a forward replaced by a function around the old one", "refused", brought(bound_elsewhere), "the object that it was copied from"),
    Case("a hook on a parameter's gradient", "refused", brought(masked_gradient), "Parameter 'inner.weight' has a hook on its gradient"),
    Case("two parameters in the same memory", "refused", brought(shared_memory), "Tie them by making them one"),
    Case("`no_grad` in forward", "refused", brought(NoGrad), "do not depend on any trainable parameter ('inner.weight', 'inner.bias')"),
    Case("`detach` in forward", "refused", brought(lambda: Net(lambda y: y.detach())), "is there a no_grad() or detach()"),
    Case("all layers in a plain list", "refused", brought(PlainList), "uses tensors that are not among its parameters"),
    Case("a dict of outputs", "refused", brought(lambda: Net(lambda y: {"hidden": y, "logits": y})), "forward returns the one you mean: self.inner(x)['logits']"),
    Case("a tuple of outputs", "refused", brought(lambda: Net(lambda y: (y, y))), "gives a tuple of 2 ((4, 3), (4, 3))"),
    Case("a dataclass of outputs", "refused", brought(lambda: Net(lambda y: Answer(y, y))), "self.inner(x).logits"),
    Case("a tuple of outputs in training only (Inception)", "refused", brought(Auxiliary), "in training; it must give one tensor"),
    Case("nothing", "refused", brought(lambda: Net(lambda y: None)), "does forward return?"),
    Case("outputs of one dimension", "refused", brought(lambda: Net(lambda y: y[:, 0])), "end forward without .squeeze(), or with .unsqueeze(1)"),
    Case("outputs of three dimensions", "refused", brought(lambda: Net(lambda y: y[:, None].expand(-1, 5, -1))), "pool them to one row of outputs"),
    Case("maps of one pixel", "refused", brought(lambda: Net(lambda y: y[:, :, None, None])), "End forward with .flatten(1)"),
    Case("a loss in place of outputs", "refused", brought(lambda: Net(lambda y: y.mean())), "not a loss or a mean"),
    Case("a batch of one row that loses its axis", "refused", brought(lambda: Net(lambda y: y.squeeze())), "A batch of one row loses an axis"),
    Case("a batch size fixed in forward", "refused", brought(lambda: Net(lambda y: y.reshape(-1)[:6].reshape(2, 3))), "a batch size must not be fixed"),
    Case("an argmax at the end", "refused", brought(lambda: Net(lambda y: y.argmax(1, keepdim=True))), "leave out an argmax"),
    Case("complex outputs", "refused", brought(lambda: Net(lambda y: y * 1j)), "take its real part"),
    Case("fewer outputs than classes", "refused", brought(lambda: Net(outputs=2)), "the labels go up to 2: it needs 3"),
    Case("one output for two classes", "refused", brought(lambda: Net(outputs=1), data(2)), "give loss=nn.BCEWithLogitsLoss()"),
    Case("another number of features", "refused", brought(lambda: nn.Sequential(nn.Linear(9, 3))), "of float32, in module '0' (Linear)"),
    Case("a forward that needs more inputs", "refused", brought(Masked), "give the other arguments defaults"),
    Case("a forward that takes its input by name only", "refused", brought(ByName), "It is called with one tensor, by position"),
    Case("a forward that fails by an assertion", "refused", brought(Rejecting), "fails on a batch of shape (4, 4) of float32: AssertionError"),
    Case("BatchNorm without running statistics", "refused",
         brought(lambda: nn.Sequential(nn.BatchNorm1d(4, track_running_stats=False), nn.Linear(4, 3))), "let BatchNorm keep running statistics"),
    Case("an embedding of floating-point inputs", "refused", brought(lambda: nn.Sequential(nn.Embedding(9, 3))), "give inputs of int64"),
]  # fmt: skip
