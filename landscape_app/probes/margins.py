"""How surely a network is right (margin, confidence), how large its function can be (path norm)."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from landscape_app.errors import AnalysisError
from landscape_app.networks.copies import in_mode
from landscape_app.probes.point import Point, evaluating


def margins(point: Point) -> tuple[np.ndarray, np.ndarray]:
    """(margin (row,), confidence (row,)): the label's output less the largest other; the softmax
    probability of the largest.

    Rows whose label the loss ignores do not count.
    """
    accuracy = point.objective.accuracy
    margin, confidence = [], []
    for outputs, labels in point.blocks():
        if accuracy is not None and accuracy.ignored:
            counted = accuracy.counted(labels)
            outputs, labels = outputs[counted], labels[counted]
        own = outputs.gather(1, labels[:, None])
        others = outputs.scatter(1, labels[:, None], -torch.inf).amax(1)
        margin.append(own[:, 0] - others)
        confidence.append(outputs.double().softmax(1).amax(1))
    return torch.cat(margin).double().cpu().numpy(), torch.cat(confidence).cpu().numpy()


def path_norm(network: nn.Module, shape: tuple[int, ...]) -> float:
    """√ of the sum over all paths, from every input and bias to every output, of the product of
    their squared weights.

    Neyshabur et al. 2015, Norm-Based Capacity Control; by one pass of ones through the squared
    weights. For chains of linear or convolution layers and ReLUs on inputs of `shape`, BatchNorm in
    eval mode folded into the layer before it; rescaling a unit against the next changes nothing.
    Raises AnalysisError, naming the layer, for any other network.
    """
    with evaluating(network), torch.no_grad():
        layers = _folded(in_mode(copy.deepcopy(network).double(), False))
        # a layer used twice is one
        for parameter in {id(p): p for layer in layers for p in layer.parameters()}.values():
            parameter.square_()
        device = next(network.parameters()).device
        through: Tensor = torch.ones(1, *shape, dtype=torch.float64, device=device)
        for layer in layers:
            through = layer(through)
        return float(through.sum().sqrt())


def _folded(network: nn.Module) -> list[nn.Module]:
    """The chain without BatchNorm, and without modules that do nothing in eval mode."""
    chain: list[nn.Module] = []
    for name, layer in _leaves(network, ""):
        last = chain[-1] if chain else None
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and layer.running_mean is not None:
            if isinstance(last, nn.Conv2d) and isinstance(layer, nn.BatchNorm2d):
                chain[-1] = fuse_conv_bn_eval(last, layer)
                continue
            if isinstance(last, nn.Linear) and isinstance(layer, nn.BatchNorm1d):
                chain[-1] = fuse_linear_bn_eval(last, layer)
                continue
        if isinstance(layer, (nn.Linear, nn.ReLU, nn.Flatten)) or (
            isinstance(layer, nn.Conv2d) and layer.padding_mode == "zeros"
        ):
            chain.append(layer)
        elif not isinstance(layer, (nn.Dropout, nn.Dropout2d, nn.Identity)):
            raise AnalysisError(
                f"There is no path norm here: '{name}' is {type(layer).__name__}, and the network"
                " must be a chain of linear or convolution layers and ReLUs."
            )
    return chain


def _leaves(network: nn.Module, prefix: str) -> list[tuple[str, nn.Module]]:
    if not isinstance(network, nn.Sequential):
        return [(prefix.rstrip(".") or "network", network)]
    leaves: list[tuple[str, nn.Module]] = []
    # named_children would leave out a layer's second use
    for name, child in network._modules.items():
        if child is not None:
            leaves += _leaves(child, f"{prefix}{name}.")
    return leaves
