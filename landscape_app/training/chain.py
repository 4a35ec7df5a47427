"""The fast way for perceptrons: a chain of linear layers and ReLUs, forward and backward written
out as batched products.

Against vmap and autograd it saves their bookkeeping and the copies between layers, which on a CPU
cost more than the arithmetic of small networks. The formulas are the textbook ones: with a =
relu(z), z = a' Wᵀ + b and d = ∂loss/∂z, ∂loss/∂W = dᵀ a', ∂loss/∂b = Σ d, and d' = (d W) · [a' > 0]
for the layer below.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle
from landscape_app.weights.layout import Slot


@dataclass(frozen=True)
class LinearLayer:
    """One linear layer (weight (out, in), bias (out,) or None) and whether a ReLU follows it."""

    weight: Slot
    bias: Slot | None
    relu: bool


def layers_of(problem: Problem) -> list[LinearLayer]:
    """The chain of layers of the network. Raises ModelError, naming the layer, if it is not a
    chain.
    """
    slots = {slot.key: slot for slot in problem.layout.slots}
    layers: list[LinearLayer] = []
    for name, module in _leaves(problem.network):
        if isinstance(module, nn.Linear) and f"{name}.weight" in slots:
            if module.bias is not None and f"{name}.bias" not in slots:
                raise ModelError(f"The bias of layer '{name}' is frozen.")
            layers.append(
                LinearLayer(slots[f"{name}.weight"], slots.get(f"{name}.bias"), relu=False)
            )
        elif isinstance(module, nn.ReLU) and layers and not layers[-1].relu:
            layers[-1] = LinearLayer(layers[-1].weight, layers[-1].bias, relu=True)
        elif not (
            isinstance(module, nn.Flatten) and module.start_dim == 1 and not layers
        ) and not isinstance(module, nn.Identity):
            raise ModelError(
                f"Layer '{name}' is {type(module).__name__}, or stands where a chain has none."
            )
    if not layers or layers[-1].relu or problem.layout.buffers or problem.layout.frozen:
        raise ModelError(
            "The network is not a chain of linear layers and ReLUs that ends in a linear one."
        )
    return layers


def _leaves(network: nn.Module) -> list[tuple[str, nn.Module]]:
    """(name, module) in the order in which nested nn.Sequentials call them. A network with any
    other container is no chain.
    """
    if not isinstance(network, nn.Sequential):
        raise ModelError(f"{type(network).__name__} is not an nn.Sequential.")
    leaves: list[tuple[str, nn.Module]] = []
    for name, child in network.named_children():
        inner = _leaves(child) if isinstance(child, nn.Sequential) else [("", child)]
        leaves += [(f"{name}.{below}".rstrip("."), module) for below, module in inner]
    return leaves


class Chain:
    """An engine (see training.engine.Engine) for networks that `layers_of` accepts, with any
    loss.
    """

    name = "chain"
    used = None  # a chain uses all of its tensors

    def __init__(self, problem: Problem) -> None:
        self._layers, self._objective = layers_of(problem), problem.objective
        # reused from step to step: fresh pages would cost as much as the products
        self._gradient = torch.empty(0)

    def gradient(self, bundle: Bundle, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """(gradient (trajectory, parameter), loss (trajectory,)); the gradient is overwritten by
        the next call.
        """
        if self._gradient.shape != bundle.weights.shape:
            self._gradient = torch.empty_like(bundle.weights)
        inputs, outputs = self._forward(bundle.weights, x.flatten(2))
        losses, d = self._loss(outputs, y)
        for index in range(len(self._layers) - 1, -1, -1):
            layer, below = self._layers[index], inputs[index]
            layer.weight.view(self._gradient).copy_(torch.bmm(d.transpose(1, 2), below))
            if layer.bias is not None:
                torch.sum(d, 1, out=layer.bias.view(self._gradient))
            if index:
                d = torch.bmm(d, layer.weight.view(bundle.weights))
                if self._layers[index - 1].relu:
                    # The ReLU below let through what is above 0; this is that mask and the product
                    # in one pass.
                    d = torch.ops.aten.threshold_backward(d, below, 0)
        return self._gradient, losses

    def _loss(self, outputs: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """(mean loss (trajectory,), its gradient with respect to `outputs`). Autograd runs only
        over the loss.
        """
        outputs.requires_grad_()
        losses = self._objective.minimised(outputs, y)
        return losses.detach(), torch.autograd.grad(losses.sum(), outputs)[0]

    def outputs(self, bundle: Bundle, x: Tensor) -> Tensor:
        """Outputs (trajectory, row, output)."""
        rows = x.flatten(1)
        return self._forward(bundle.weights, rows.expand(len(bundle), *rows.shape))[1]

    def observe(self, bundle: Bundle, x: Tensor, *, weight: float) -> None:
        """Does nothing: a chain has no running statistics."""

    def _forward(self, weights: Tensor, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """(input of every layer, outputs), each (trajectory, batch, …)."""
        inputs = []
        for layer in self._layers:
            inputs.append(x)
            weight = layer.weight.view(weights).transpose(1, 2)
            x = (
                torch.bmm(x, weight)
                if layer.bias is None
                else torch.baddbmm(layer.bias.view(weights)[:, None], x, weight)
            )
            if layer.relu:
                x = x.relu_()
        return inputs, x
