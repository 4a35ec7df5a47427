"""The settings of training: which network, on which data, by which recipe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from landscape_app.registries import NETWORKS, REGIMES
from landscape_app.settings.base import GIVEN, Spec, setting
from landscape_app.settings.names import (
    DatasetName,
    LossName,
    NetworkName,
    OptimizerName,
    RegimeName,
    ScheduleName,
)

# the recipe of the regime "given"
NO_RECIPE = {"weight_decay": 0.0, "augmentation": False, "label_corruption": 0.0}


def own_network(values: Mapping[str, Any]) -> bool:
    """Whether the settings `values` name a network of the user's own: an object,
    module:callable, or the weights in a checkpoint.
    """
    network = str(values.get("network", ""))
    return network == GIVEN or ":" in network or values.get("checkpoint") is not None


def _scale(given: Any) -> Any:
    """A positive number, or "none", as text."""
    if given is None or given == "none":
        return given
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(given, bool) or not (0 < number < math.inf):
        raise ValueError("must be a number above 0, or none")
    return str(int(number)) if number.is_integer() else repr(number)


class TrainingSpec(Spec):
    """Which network is trained on which data, and how."""

    data: DatasetName = setting(
        "digits",
        "Data set",
        "A name from the list, npz:PATH, or module:callable.",
        group="network and data",
    )
    network: NetworkName = setting(
        "mlp", "Network", "A name from the list, or module:callable.", group="network and data"
    )
    layout: Literal["channels_first", "channels_last"] | None = setting(
        None,
        "Layout",
        "Which axis of the images holds the channels: the second or the last. Images are inputs"
        " with four axes. Empty: the axis of length 1, 3 or 4.",
        group="network and data",
    )
    scale: Annotated[str, BeforeValidator(_scale)] | None = setting(
        None,
        "Scale",
        "All inputs are divided by this number, for example 255. The word none leaves them as they"
        " are. Empty: images of bytes are divided by 255.",
        group="network and data",
    )
    checkpoint: str | None = setting(
        None,
        "Checkpoint",
        "A file with the network's weights. Empty: random weights from the seed.",
        group="network and data",
    )
    regime: RegimeName = setting(
        "good",
        "Regime",
        "The recipe that makes a good or a poor generalizer. A network of your own"
        " (module:callable or a checkpoint) has the regime 'given', unless you name another."
        " 'given': no weight decay, no augmentation, labels unchanged.",
        group="network and data",
    )
    seed: int = setting(
        0,
        "Seed",
        "All random numbers of the run come from it.",
        group="network and data",
        ge=0,
        le=2**31 - 1,
    )
    width: int | None = setting(
        None,
        "Width",
        "Units of a hidden layer, channels of the first stage, or the factor of a Wide ResNet."
        " Empty: the network's own.",
        group="network and data",
        ge=1,
        le=16_384,
    )
    depth: int | None = setting(
        None,
        "Depth",
        "Hidden layers, convolutions, blocks, or the depth in a ResNet's name. Empty: the network's"
        " own.",
        group="network and data",
        ge=0,
        le=2_000,
    )

    dropout: float | None = setting(
        None,
        "Dropout",
        "Share of units that training drops. Empty: the network's own.",
        group="recipe",
        ge=0,
        lt=1,
    )
    weight_decay: float | None = setting(
        None, "Weight decay", "Empty: the regime's.", group="recipe", ge=0, le=1
    )
    augmentation: bool | None = setting(
        None, "Augmentation", "Random shifts of images. Empty: the regime's.", group="recipe"
    )
    label_corruption: float | None = setting(
        None,
        "Label corruption",
        "Share of train labels that are drawn again at random. Empty: the regime's.",
        group="recipe",
        ge=0,
        le=1,
    )
    train_rows: int | None = setting(
        None,
        "Train rows",
        "How many train rows are used. Empty: all.",
        group="recipe",
        unit="rows",
        ge=2,
    )

    loss: LossName | None = setting(
        None,
        "Loss",
        "Empty: cross-entropy for classes, squared error for regression.",
        group="training",
    )
    train_epochs: int = setting(
        200,
        "Epochs",
        "Training epochs before the anchor. 0: the initial weights are the anchor.",
        group="training",
        unit="epochs",
        ge=0,
        le=100_000,
    )
    train_batch: int = setting(
        50, "Batch size", "Rows per training step.", group="training", unit="rows", ge=1, le=65_536
    )
    train_rate: float = setting(
        0.1,
        "Learning rate",
        "The rate at the start. The schedule changes it.",
        group="training",
        gt=0,
        le=10,
    )
    train_schedule: ScheduleName = setting(
        "steps", "Schedule", "How the learning rate falls.", group="training"
    )
    train_optimizer: OptimizerName = setting(
        "sgd", "Optimizer", "An optimizer of torch.optim.", group="training"
    )
    momentum: float = setting(
        0.9,
        "Momentum",
        "Momentum of SGD, in training and in retraining.",
        group="training",
        ge=0,
        lt=1,
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_recipe(cls, values: Any) -> Any:
        # The stored settings name concrete numbers: a later change of a regime must not change
        # what an old run says it did.
        if not isinstance(values, dict):
            return values
        regime = values.get("regime", GIVEN if own_network(values) else "good")
        named = REGIMES[regime].settings if regime in REGIMES else {}
        recipe = NO_RECIPE if regime == GIVEN else named
        missing = {name: value for name, value in recipe.items() if values.get(name) is None}
        return {**values, "regime": regime, **missing}

    @model_validator(mode="after")
    def _network_takes_them(self) -> Self:
        # A network of the user's own (an object, or module:callable) is asked when it is built.
        accepted = NETWORKS[self.network].settings if self.network in NETWORKS else {}
        for name in ("width", "depth", "dropout"):
            if (
                getattr(self, name) is not None
                and name not in accepted
                and self.network in (*NETWORKS, GIVEN)
            ):
                raise ValueError(
                    f"{name}: the network '{self.network}' has no such setting; it accepts"
                    f" {', '.join(accepted) or 'none'}"
                )
        return self
