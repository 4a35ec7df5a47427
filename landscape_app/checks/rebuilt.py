"""A run's data and network, made again from its settings alone: by a path that shares nothing with sampling but their definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landscape_app.errors import LandscapeError
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec

if TYPE_CHECKING:
    from torch import nn

    from landscape_app.objectives import Objective


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """The data as their source gives them, and with the run's recipe applied."""

    spec: RunSpec
    clean: Dataset
    data: Dataset

    @staticmethod
    def of(spec: RunSpec) -> Rebuilt | str:
        """Both, or why this folder cannot make them again, in words."""
        if GIVEN in (spec.data, spec.network, spec.loss):
            return "the network was given as an object; its folder cannot rebuild it"
        from landscape_app.datasets import recipe
        from landscape_app.networks.asking import asked_by_spec

        try:
            clean = recipe.load(spec.model_copy(update={"label_corruption": 0.0, "train_rows": None}), asked_by_spec(spec))
            return Rebuilt(spec, clean, recipe.prepare(clean, spec))
        except LandscapeError as error:
            return f"its data cannot be loaded here: {error}"

    @property
    def objective(self) -> Objective:
        """What was minimised."""
        from landscape_app.objectives import named

        return named(self.spec.loss or ("cross_entropy" if self.data.task == "classification" else "squared_error"))

    def network(self, tensors: Mapping[str, np.ndarray]) -> nn.Module:
        """A fresh network in float64 and eval mode with the stored "param.KEY" and "buffer.KEY" tensors."""
        from landscape_app.probes.anchor import restored

        return restored(self.spec, self.data, tensors)
