"""Small real problems for the laws of training and sampling."""

from __future__ import annotations

from landscape_app.datasets import recipe
from landscape_app.networks.construction import of_spec
from landscape_app.settings import RunSpec, parse
from landscape_app.training.problem import Problem

TINY = {
    "data": "blobs",
    "network": "mlp-small",
    "regime": "plain",
    "train_epochs": 6,
    "train_batch": 30,
    "epochs": 7,
    "batch": 40,
    "seeds": 2,
}
TINY |= {"step_sizes": (0.5, 1.0)}
IMAGES = {
    "data": "stripes",
    "network": "cnn",
    "regime": "plain",
    "train_epochs": 2,
    "epochs": 2,
    "batch": 40,
    "seeds": 2,
    "step_sizes": (0.5,),
}


def make(**changes) -> tuple[Problem, RunSpec]:
    """A problem and its spec; TINY unless changed."""
    spec = parse(RunSpec, {**TINY, **changes})
    data = recipe.load(spec)
    network = of_spec(spec, data)
    return Problem.of(network, data, augmentation=bool(spec.augmentation)), spec
