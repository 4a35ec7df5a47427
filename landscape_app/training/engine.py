"""Two general ways to get the gradient of every trajectory of a bundle: all batched in one network,
or one after another.

Both give the same numbers to rounding; a trajectory that diverges never touches its neighbours,
because no operation mixes trajectories and each loss depends on its own weights only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from landscape_app.networks.copies import in_mode
from landscape_app.records.pulse import pulse
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

Used = list[list[bool]] | None


class Engine(Protocol):
    """Gradients and outputs of a bundle; `x` is (trajectory, batch, *shape) in training, shared
    (row, *shape) in evaluation.
    """

    name: str

    @property
    def used(self) -> Used:
        """Which tensors the last gradient is of: `used[trajectory][slot]`; None where it is of
        all.
        """

    def gradient(self, bundle: Bundle, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """(gradient (trajectory, parameter), mean loss (trajectory,)) in train mode; running
        statistics are updated.
        """

    def outputs(self, bundle: Bundle, x: Tensor) -> Tensor:
        """Outputs (trajectory, row, output) in eval mode; logits for classification."""

    def observe(self, bundle: Bundle, x: Tensor, *, weight: float) -> None:
        """A forward pass in train mode that moves the running statistics by `weight` toward those
        of `x`.
        """


class Batched:
    """All trajectories as one network through torch.func.vmap; the fast way for small networks, and
    on a GPU.
    """

    name = "batched"

    def __init__(self, problem: Problem) -> None:
        self.used: Used = None
        self._problem = problem
        self._network = problem.network
        self._frozen = {
            key: value.detach()
            for key, value in problem.network.named_parameters()
            if not value.requires_grad
        }
        # What a network makes at its first call (a mask, a table) is made here: a tensor made
        # inside of vmap is dead after it.
        with torch.no_grad():
            in_mode(self._network, False)(problem.x_train[:2])

    def _call(self, weights: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
        given = (weights, buffers, self._frozen)
        outputs: Tensor = torch.func.functional_call(self._network, given, (x,))
        return outputs

    def gradient(self, bundle: Bundle, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        self._network.train()
        leaves = {
            key: view.detach().requires_grad_()
            for key, view in self._problem.layout.views(bundle.weights).items()
        }
        logits = torch.vmap(self._call, randomness="different")(leaves, bundle.buffers, x)
        losses = self._problem.objective.minimised(logits, y)
        # The sum's gradient is every trajectory's own: d(sum)/d(weights of one) = d(its loss)/d(its
        # weights).
        gradients = torch.autograd.grad(losses.sum(), list(leaves.values()), allow_unused=True)
        self.used = _used([gradients] * len(bundle))
        return _joined(gradients, list(leaves.values())), losses.detach()

    def outputs(self, bundle: Bundle, x: Tensor) -> Tensor:
        self._network.eval()
        views = self._problem.layout.views(bundle.weights)
        with torch.no_grad():
            return torch.vmap(self._call, in_dims=(0, 0, None))(views, bundle.buffers, x)

    def observe(self, bundle: Bundle, x: Tensor, *, weight: float) -> None:
        self._network.train()
        views = self._problem.layout.views(bundle.weights)
        with torch.no_grad(), momentum(self._network, weight):
            torch.vmap(self._call, in_dims=(0, 0, None), randomness="different")(
                views, bundle.buffers, x
            )


class OneAtATime:
    """One trajectory after another, through the module itself: for networks that cannot be batched,
    and bundles of one.
    """

    name = "one at a time"

    def __init__(self, problem: Problem) -> None:
        self.used: Used = None
        self._problem = problem
        self._network = problem.network
        self._parameters = {
            key: p for key, p in problem.network.named_parameters() if p.requires_grad
        }

    def _bind(self, bundle: Bundle, index: int) -> None:
        # The module's tensors become views of the bundle's row, so that it reads and updates the
        # bundle itself.
        for key, view in self._problem.layout.views(bundle.weights[index]).items():
            self._parameters[key].data = view
        for key, value in bundle.buffers.items():
            owner, _, name = key.rpartition(".")
            self._network.get_submodule(owner)._buffers[name] = value[index]

    def _keep(self, bundle: Bundle, index: int) -> None:
        # A buffer that the forward pass assigned anew, and did not fill in place, belongs to this
        # trajectory too.
        for key, value in bundle.buffers.items():
            owner, _, name = key.rpartition(".")
            now = self._network.get_submodule(owner)._buffers[name]
            if now is not None and now.data_ptr() != value[index].data_ptr():
                value[index] = now.detach()

    def gradient(self, bundle: Bundle, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        self._network.train()
        rows, losses, all_gradients = [], [], []
        parameters = list(self._parameters.values())
        for index in range(len(bundle)):
            pulse()
            self._bind(bundle, index)
            loss = self._problem.objective.minimised(self._network(x[index])[None], y[index][None])[
                0
            ]
            gradients = [
                _dense(g) for g in torch.autograd.grad(loss, parameters, allow_unused=True)
            ]
            all_gradients.append(gradients)
            self._keep(bundle, index)
            rows.append(
                _joined(
                    [None if g is None else g[None] for g in gradients],
                    [p[None] for p in parameters],
                )[0]
            )
            losses.append(loss.detach())
        self.used = _used(all_gradients)
        return torch.stack(rows), torch.stack(losses)

    def outputs(self, bundle: Bundle, x: Tensor) -> Tensor:
        self._network.eval()
        results = []
        with torch.no_grad():
            for index in range(len(bundle)):
                pulse()
                self._bind(bundle, index)
                results.append(self._network(x))
        return torch.stack(results)

    def observe(self, bundle: Bundle, x: Tensor, *, weight: float) -> None:
        self._network.train()
        with torch.no_grad(), momentum(self._network, weight):
            for index in range(len(bundle)):
                pulse()
                self._bind(bundle, index)
                self._network(x)
                self._keep(bundle, index)


class BatchedScoredSingly:
    """Batched in training, one trajectory after another in evaluation: small convolutions without
    gradients are quicker alone.

    Measured on the digits CNN, ms a trajectory-epoch on one core: training 12.7 batched and 18.8
    alone, scoring 11.0 and 4.2.
    """

    name = "batched, scored singly"

    def __init__(self, problem: Problem) -> None:
        self._batched, self._single = Batched(problem), OneAtATime(problem.copied())

    @property
    def used(self) -> Used:
        return self._batched.used

    def gradient(self, bundle: Bundle, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return self._batched.gradient(bundle, x, y)

    def outputs(self, bundle: Bundle, x: Tensor) -> Tensor:
        return self._single.outputs(bundle, x)

    def observe(self, bundle: Bundle, x: Tensor, *, weight: float) -> None:
        self._batched.observe(bundle, x, weight=weight)


def _used(gradients: Sequence[Sequence[Tensor | None]]) -> Used:
    """Which of the gradients (trajectory, slot) exist. torch has none where the loss does not
    depend on a tensor.
    """
    used = [[gradient is not None for gradient in row] for row in gradients]
    return None if all(map(all, used)) else used


def _dense(gradient: Tensor | None) -> Tensor | None:
    """The gradient as a dense tensor. Embeddings may give sparse gradients (sparse=True), but the
    step needs a whole vector.
    """
    return (
        gradient.to_dense()
        if gradient is not None and gradient.layout != torch.strided
        else gradient
    )


def _joined(gradients: Sequence[Tensor | None], like: Sequence[Tensor]) -> Tensor:
    """Gradients by tensor -> (trajectory, parameter). They are 0 where there is no gradient; `used`
    says where, and no step is taken there.
    """
    parts = [torch.zeros_like(v) if g is None else g for g, v in zip(gradients, like, strict=True)]
    return torch.cat([part.reshape(part.shape[0], -1) for part in parts], dim=1)


def mixed(problem: Problem) -> torch.autocast:
    """Context for gradients: products in bfloat16 where the problem asks for mixed precision;
    weights and losses stay float32.
    """
    return torch.autocast(problem.device.type, dtype=torch.bfloat16, enabled=problem.mixed)


class momentum:  # noqa: N801 - used like a function
    """Context: every norm layer's running-statistics momentum is `weight` inside."""

    def __init__(self, network: nn.Module, weight: float) -> None:
        self._layers = [
            m for m in network.modules() if isinstance(m, nn.modules.batchnorm._NormBase)
        ]
        self._weight = weight
        self._before: list[float | None] = []

    def __enter__(self) -> None:
        self._before = [layer.momentum for layer in self._layers]
        for layer in self._layers:
            layer.momentum = self._weight

    def __exit__(self, *_: object) -> None:
        for layer, before in zip(self._layers, self._before, strict=True):
            layer.momentum = before
