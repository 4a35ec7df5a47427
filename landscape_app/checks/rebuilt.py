"""A run's data and network, made again from its settings alone: by a path that shares nothing with
sampling but their definitions.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from landscape_app.errors import DataError, LandscapeError, SpecError, TrustError
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import shared_data, sources
from landscape_app.store.run import RunFolder

if TYPE_CHECKING:
    from torch import nn

    from landscape_app.objectives import Objective

log = logging.getLogger("landscape")


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """The data as their source gives them, and with the run's recipe applied."""

    spec: RunSpec
    clean: Dataset
    data: Dataset

    @staticmethod
    def of(run: RunFolder) -> Rebuilt | str:
        """Both, or why this folder cannot make them again, in words."""
        from landscape_app.datasets import recipe

        try:
            spec = _located(run)
            clean = clean_data(run, spec)
            if clean is None:
                return "its data were given as objects, and its folder does not keep them"
            return Rebuilt(spec, clean, recipe.prepare(clean, spec))
        except TrustError:
            # no path: the answer is kept, and may be given away
            return sources.told("it", sources.wanted(run), f"verify {run.id}")
        except LandscapeError as error:
            return f"its data cannot be loaded here: {error}"

    @property
    def objective(self) -> Objective:
        """What was minimised."""
        from landscape_app.objectives import named_loss

        return named_loss(
            self.spec.loss
            or ("cross_entropy" if self.data.task == "classification" else "squared_error")
        )

    def network(self, tensors: Mapping[str, np.ndarray]) -> nn.Module:
        """A fresh network in float64 and eval mode with the stored "param.KEY" and "buffer.KEY"
        tensors.
        """
        from landscape_app.probes.anchor import restored

        return restored(self.spec, self.data, tensors)


def clean_data(run: RunFolder, spec: RunSpec) -> Dataset | None:
    """The data before the run's recipe: from their source, else as they are kept; None: given as
    objects, and not kept.

    spec: the run's, with the paths of now. What module:callable makes bears explore's name, so that
    both draw the same rows; runs of earlier versions keep theirs. Raises DataError.
    """
    from landscape_app.datasets import recipe
    from landscape_app.networks.row_trial import trial_of_spec

    if spec.data == GIVEN:
        return shared_data.arrays(run)
    bare = spec.model_copy(update={"label_corruption": 0.0, "train_rows": None})
    try:
        clean = recipe.load(bare, trial_of_spec(spec))
    except (DataError, SpecError) as error:
        stored = shared_data.arrays(run)
        if stored is None:
            raise
        log.info("%s: %s The data that are kept with the run are used.", run.id, error)
        return stored
    given = shared_data.made_by_code(spec) and (run.prepared() is None or shared_data.as_given(run))
    return dataclasses.replace(clean, name=GIVEN) if given else clean


def _located(run: RunFolder) -> RunSpec:
    """The settings with the paths of now; as they are where a file has changed, for that is what
    the checks are to see.
    """
    try:
        return sources.located(run)
    except DataError:
        if not Path(run.spec.data.removeprefix(shared_data.NPZ)).expanduser().is_file():
            raise
        return run.spec
