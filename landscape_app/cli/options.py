"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Runs = Annotated[Path, Parameter(help="Folder that holds the runs.")]


RunName = Annotated[str, Parameter(help="The run's name.")]
Json = Annotated[bool, Parameter(help="Print the result as JSON.", negative="")]

WHAT_IS_SHOWN = "What is shown"  # the group of the flags below in --help
# the settings of Explore that a figure and a report take, by the words of the address line
VIEW_SETTINGS = {
    "method": "Embedding method of the scenes: phate, pca, …",
    "dims": "Dimensions of the scenes: 3 or 2.",
    "joint_dims": "Dimensions of the joint scene: 2 or 3.",
    "colour": "What colours the scenes: train_loss, epoch, …",
    "filtration": "Filtration of the sublevel bars.",
    "distance": "Distance between snapshots: function for function space, euclidean, …",
    "sampling": "What the scenes show: jump_retrain, naive, grid, naive_equal_cost or all.",
    "curve": "What the curves show: function_distance, train_loss, …",
}
# the filters of Explore, by the same words
FILTERS = {
    "seeds": "Direction seeds that are shown: 0,2.",
    "steps": "Step sizes that are shown: 0.5,1. Step 0 is the control.",
    "epochs": "First and last epoch that are shown: 0,20.",
}
# where the scenes are seen from, and what lights up, as Explore's Copy command writes them
CAMERA = {"camera": "Camera of the scenes as JSON: eye, center and up, each with x, y and z."}
PICK = {"pick": "What is picked, as JSON: Copy command writes it."}
