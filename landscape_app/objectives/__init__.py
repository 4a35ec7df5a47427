"""What is minimised: the loss of a batch as the caller's function has it, what every row
contributes, and what is right.
"""

from landscape_app.objectives.accuracy import Accuracy
from landscape_app.objectives.choice import objective_of
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
