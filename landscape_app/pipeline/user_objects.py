"""The objects that a user gives: data, a network, a loss, optimizers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from landscape_app.checks.rebuilt import clean_data
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import shared_data
from landscape_app.store.run import RunFolder
from landscape_app.training.problem import Make


@dataclass(frozen=True)
class UserObjects:
    """The objects given to `explore`; None: made from the spec. `loss` is a callable on (outputs,
    targets).
    """

    data: Dataset | None = None
    network: nn.Module | None = None
    loss: Callable[[Tensor, Tensor], Tensor] | None = None
    optimizers: tuple[Make | None, Make | None] = (None, None)


def begun_with(run: RunFolder, spec: RunSpec, objects: UserObjects) -> UserObjects:
    """`objects`, with the data that the user's own code makes, or with the stored ones that were
    given before. Raises DataError.
    """
    if objects.data is not None or not (spec.data == GIVEN or shared_data.made_by_code(spec)):
        return objects
    return dataclasses.replace(objects, data=clean_data(run, spec))
