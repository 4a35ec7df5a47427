"""Whether a network can be called on some rows. How whole numbers are read depends on what the
user's network accepts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.networks.construction import of_spec
from landscape_app.networks.copies import in_mode, private
from landscape_app.records.dataset import Dataset
from landscape_app.seeds import lent_generators
from landscape_app.settings import RunSpec


def row_trial(network: nn.Module) -> Callable[[np.ndarray], str]:
    """rows (row, …) -> "" where a copy of `network` in evaluation mode accepts them, else its error
    message. No random generator is changed.
    """

    def ask(rows: np.ndarray) -> str:
        own = in_mode(private(network), False)
        first = next(own.parameters(), None)
        x = torch.from_numpy(rows).to("cpu" if first is None else first.device)
        with lent_generators(0), torch.no_grad():
            try:
                outputs = own(x)
            except Exception as error:  # any error of the user's forward with such rows
                return str(error) or type(error).__name__
        if isinstance(outputs, Tensor) and (
            len(outputs) != len(rows) or not outputs.is_floating_point()
        ):
            return f"its output has shape {tuple(outputs.shape)} and type {outputs.dtype}"
        return ""

    return ask


def trial_of_spec(spec: RunSpec) -> Callable[[np.ndarray], str] | None:
    """The same for the network that `spec` names by module:callable, made for each shape; None for
    a network of the table.
    """
    if ":" not in spec.network:
        return None

    # weights decide nothing here, and would have to fit the outputs
    bare = spec.model_copy(update={"checkpoint": None})

    def ask(rows: np.ndarray) -> str:
        try:
            network = of_spec(bare, _tiny(rows))
        except Exception as error:  # the user's function may refuse such a shape
            return str(error) or type(error).__name__
        return row_trial(network)(rows)

    return ask


def _tiny(rows: np.ndarray) -> Dataset:
    """A small stand-in for the data: of_spec uses only its shape and its number of outputs."""
    return Dataset(
        "row_trial",
        rows,
        np.zeros(len(rows), np.int64),
        rows,
        np.zeros(len(rows), np.int64),
        classes=2,
    )
