"""Checks of a network without calling it. Wrappers are removed, and a network that cannot be
trained is refused by name.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from landscape_app.errors import ModelError, first_line
from landscape_app.networks.copies import private

log = logging.getLogger("landscape")

# class -> where the network is
WRAPPERS = {
    "DataParallel": "module",
    "DistributedDataParallel": "module",
    "OptimizedModule": "_orig_mod",
}
STORED = (
    torch.float64,
    torch.float32,
    torch.float16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
)


def plain(network: Any) -> nn.Module:
    """The module itself, without a wrapper that runs it in parallel or compiled. Raises ModelError
    for an object that is not a torch module.
    """
    while isinstance(network, nn.Module) and type(network).__name__ in WRAPPERS:
        log.info(
            "the network is taken out of its %s: names are those of the module inside",
            type(network).__name__,
        )
        network = getattr(network, WRAPPERS[type(network).__name__])
    if not isinstance(network, nn.Module):
        raise ModelError(f"The network is {_kind(network)}; it must be an nn.Module.")
    return network


def usable(network: Any) -> nn.Module:
    """A copy of `network` with its own memory, on the processor, without wrappers. A parameter
    without elements counts as frozen.

    Raises ModelError, naming the module, parameter or buffer, where the network cannot be trained
    here.
    """
    inner = plain(network)
    _check_modules(inner)
    _check_tensors(inner)
    _check_buffers(inner)
    _check_trainable(inner)
    own = private(inner, "cpu")
    for module in list(own.modules()):
        for name, child in module.named_children():
            if type(child).__name__ in WRAPPERS:
                setattr(module, name, plain(child))
    for parameter in own.parameters():
        if not parameter.numel():
            parameter.requires_grad_(False)
    _check_modes(own)
    return own


def _kind(value: Any) -> str:
    if inspect.isclass(value):
        return f"the class {value.__name__}, not an instance: write {value.__name__}(…)"
    if (
        isinstance(value, dict)
        and value
        and all(isinstance(part, Tensor) for part in value.values())
    ):
        return "a state_dict: load it into a network by load_state_dict"
    if type(value).__name__ == "ExportedProgram":
        return "an exported program, which cannot be trained"
    if inspect.isroutine(value):
        return f"the function {getattr(value, '__name__', '')}: call it"
    return "None" if value is None else f"a {type(value).__name__}"


def _check_modules(network: nn.Module) -> None:
    for path, module in network.named_modules():
        where = f"Module '{path}'" if path else "The network"
        if isinstance(module, torch.jit.ScriptModule):
            raise ModelError(
                f"{where} is TorchScript (torch.jit), whose weights cannot be exchanged. Give the"
                " nn.Module that it was made from."
            )
        if {"train", "eval"} <= set(vars(module)):  # they are replaced by functions that refuse
            raise ModelError(
                f"{where} is an exported program (torch.export). Give the nn.Module that it was"
                " made from."
            )
        if "FullyShardedDataParallel" in type(module).__name__:
            raise ModelError(
                f"{where} is sharded (FSDP). Load its full state_dict into a network of one"
                " process."
            )


def _check_modes(network: nn.Module) -> None:
    try:
        network.train()
        network.eval()
    except Exception as error:  # any error of the user's train()
        raise ModelError(
            f"The network cannot be switched between training and evaluation: {first_line(error)}"
        ) from error


def _check_tensors(network: nn.Module) -> None:
    for key, value, owner in _tensors(network):
        kind = "Parameter" if isinstance(value, nn.Parameter) else "Buffer"
        if is_lazy(value):
            raise ModelError(
                f"{kind} '{key}' of {owner} has no shape yet. Call the network on one batch first."
            )
        if value.is_meta:
            raise ModelError(
                f"{kind} '{key}' of {owner} is on the device 'meta': it has no numbers. Load its"
                " weights first."
            )
        if value.layout != torch.strided:
            raise ModelError(
                f"{kind} '{key}' of {owner} is sparse. Make it dense first: .to_dense()."
            )
        if kind == "Buffer" and value.dtype not in STORED:
            raise ModelError(
                f"Buffer '{key}' of {owner} is {_dtype(value)}, which cannot be stored. Convert it,"
                " or the network by .float()."
            )


def _check_buffers(network: nn.Module) -> None:
    first: dict[int, str] = {}
    for key, buffer in network.named_buffers(remove_duplicate=False):
        other = first.setdefault(id(buffer), key)
        if other != key and network.get_submodule(
            other.rpartition(".")[0]
        ) is not network.get_submodule(key.rpartition(".")[0]):
            raise ModelError(
                f"Buffers '{other}' and '{key}' are one tensor in two modules. Give each module its"
                " own, or share the module."
            )


def _check_trainable(network: nn.Module) -> None:
    parameters = dict(network.named_parameters())
    trainable = {
        key: parameter
        for key, parameter in parameters.items()
        if parameter.requires_grad and parameter.numel()
    }
    if not trainable:
        raise ModelError(
            f"The network has no trainable parameters: {_why_none(network, parameters)}"
        )
    for key, parameter in trainable.items():
        if parameter.is_complex():
            raise ModelError(
                f"Parameter '{key}' is {_dtype(parameter)}. Keep its real and imaginary parts as"
                " two real parameters."
            )
        if parameter.dtype != torch.float32:
            raise ModelError(
                f"Parameter '{key}' is {_dtype(parameter)}, not float32. Convert the network first:"
                " model.float()."
            )
        if parameter._backward_hooks or getattr(parameter, "_post_accumulate_grad_hooks", None):
            raise ModelError(
                f"Parameter '{key}' has a hook on its gradient, which a copy loses. Use"
                " torch.nn.utils.parametrize instead."
            )
        if not torch.isfinite(parameter.detach()).all():
            raise ModelError(
                f"Parameter '{key}' has values that are not finite: training diverged before, or it"
                " was never filled."
            )
    _check_memory(trainable)


def _check_memory(parameters: dict[str, nn.Parameter]) -> None:
    """Raise ModelError for two parameters that share memory: they would be trained separately."""
    first: dict[int, str] = {}
    for key, parameter in parameters.items():
        other = first.setdefault(parameter.data_ptr(), key)
        if other != key:
            raise ModelError(
                f"Parameters '{other}' and '{key}' share their memory, but are two parameters. Tie"
                " them by making them one: b.weight = a.weight."
            )


def _why_none(network: nn.Module, parameters: dict[str, nn.Parameter]) -> str:
    quantized = next(
        (
            path
            for path, module in network.named_modules()
            if "quantized" in type(module).__module__
        ),
        None,
    )
    if quantized is not None:
        return f"module '{quantized}' is quantized. Give the network as it was before quantization."
    if not parameters:
        return (
            "it has no parameters at all. Are its layers in a plain list or dict? Use nn.ModuleList"
            " or nn.ModuleDict. Are they made when it is first called? Call it on one batch first."
        )
    if not any(parameter.numel() for parameter in parameters.values()):
        return "its parameters have no elements."
    return "all are frozen. Unfreeze what is to be sampled: model.requires_grad_(True)."


def _tensors(network: nn.Module) -> Iterator[tuple[str, Tensor, str]]:
    """(name, tensor, class of its module) of every parameter and buffer."""
    for path, module in network.named_modules():
        for name, value in [*module._parameters.items(), *module._buffers.items()]:
            if value is not None:
                yield f"{path}.{name}".lstrip("."), value, type(module).__name__


def _dtype(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
