"""The data given to `explore`, read in the form that the network accepts. One line of the log lists
the decisions.
"""

from __future__ import annotations

import logging
from typing import Any

from torch import nn

from landscape_app.datasets.inputs import Meaning
from landscape_app.datasets.objects import from_objects
from landscape_app.networks.row_trial import row_trial
from landscape_app.pipeline.acceptance import accepted, check_meant
from landscape_app.records.dataset import Dataset
from landscape_app.settings import GIVEN, RunSpec

log = logging.getLogger("landscape")


def brought(
    model: nn.Module,
    train: Any,
    test: Any,
    spec: RunSpec,
    *,
    own_loss: bool = False,
    own: bool = False,
    ignored: int | None = None,
) -> Dataset:
    """The data set of `train` and `test` with as many classes as `model` has outputs. Raises
    DataError, ModelError.

    `own_loss`: the loss is a callable, which may accept other shapes. `own`: and it is none of
    torch's. `ignored`: the class label of rows that the loss ignores.
    """
    meaning = Meaning(layout=spec.layout, scale=spec.scale, trial=row_trial(model), as_given=True)
    data = accepted(
        model,
        from_objects(GIVEN, train, test, meaning=meaning, ignored=ignored, own=own),
        own_loss=own_loss,
        own_function=own,
    ).data
    if spec.loss is None:
        check_meant(data)
    if data.note:
        log.info("%s", data.note)
    return data
