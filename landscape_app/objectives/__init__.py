"""The objective: the loss of a batch, the loss of each row, and the accuracy."""

from landscape_app.objectives.accuracy import Accuracy
from landscape_app.objectives.construction import objective_of
from landscape_app.objectives.named_losses import named_loss
from landscape_app.objectives.objective import Losses, Objective
from landscape_app.objectives.torch_losses import ignored_label, of_torch

__all__ = [
    "Accuracy",
    "Losses",
    "Objective",
    "ignored_label",
    "named_loss",
    "objective_of",
    "of_torch",
]
