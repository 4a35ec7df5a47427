"""The data of a run from its settings: loads the data set, takes a subset of the train rows,
corrupts train labels. Test rows are not changed.
"""

from __future__ import annotations

import dataclasses
import inspect
import logging

import numpy as np

from landscape_app.datasets import npz, objects
from landscape_app.datasets.inputs import Meaning, RowTrial
from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset
from landscape_app.records.pixels import taken
from landscape_app.registries import DATASETS, OBJECTIVES, REGIMES, find
from landscape_app.seeds import DATASET_ROOT, numpy_stream
from landscape_app.settings import RunSpec

log = logging.getLogger("landscape")

# test examples on which function space is measured, the same for every run on a data set
PROBE_ROWS = 256
TRAIN_PROBE_ROWS = 256  # train examples on which it is measured, too
LOSS_ROWS = 1_024  # train examples whose losses are stored with every snapshot


def load(spec: RunSpec, trial: RowTrial | None = None) -> Dataset:
    """The data set that `spec` names, with its recipe applied; raises DataError where they do not
    fit.

    trial: tries a network of the user's own on a few rows, since how whole numbers are read
    depends on it.
    """
    meaning = Meaning(layout=spec.layout, scale=spec.scale, trial=trial)
    if spec.data.startswith("npz:"):
        numbers = spec.loss in OBJECTIVES and not OBJECTIVES[spec.loss].settings["classification"]
        clean = npz.load(spec.data.removeprefix("npz:"), meaning=meaning, numbers=numbers)
    elif ":" in spec.data:
        clean = objects.load(
            spec.data, meaning=dataclasses.replace(meaning, as_given=trial is not None)
        )
    elif spec.layout or spec.scale:
        raise DataError(
            f"{spec.data}: --layout and --scale are for npz files and module:callable; data by name"
            " have theirs."
        )
    else:
        clean = _of_table(spec.data)
    if clean.note:
        log.info("%s: %s", clean.name, clean.note)
    return prepare(clean, spec)


def _of_table(name: str) -> Dataset:
    """The data set called `name`. Raises DataError where its function does not accept the constants
    in the table. An error inside the function is raised unchanged.
    """
    entry = find("data set", DATASETS, name)
    function = entry.load()
    takes = inspect.signature(function)
    try:
        takes.bind(**entry.settings)
    except TypeError as error:
        given = ", ".join(map(repr, entry.settings)) or "nothing"
        raise DataError(
            f"The data set '{name}' cannot be loaded: {entry.target} takes"
            f" ({', '.join(takes.parameters)}), but its line in DATASETS gives {given}: {error}."
        ) from error
    data: Dataset = function(**entry.settings)
    return data


def prepare(clean: Dataset, spec: RunSpec) -> Dataset:
    """`clean` with the recipe of `spec` applied to its train rows (subset, label corruption).

    A regime that augments does so where there are images; augmentation that was asked for by itself
    is refused where there are none.
    """
    by_regime = spec.regime in REGIMES and REGIMES[spec.regime].settings["augmentation"]
    if spec.augmentation and not clean.images and not by_regime:
        raise DataError(
            f"{clean.name}: augmentation is on, but its rows have shape {clean.shape}: shifts need"
            " images. Turn augmentation off."
        )
    rows = spec.train_rows or len(clean.x_train)
    if rows > len(clean.x_train):
        raise DataError(f"{clean.name} has {len(clean.x_train)} train rows; {rows} were asked for.")
    data = clean
    if rows < len(clean.x_train):
        # Drawn, not the first ones: a file may be sorted by class. Fewer rows are a part of more
        # rows, whatever the run's seed.
        drawn = numpy_stream(DATASET_ROOT, clean.name, "subset").permutation(len(clean.x_train))[
            :rows
        ]
        data = dataclasses.replace(
            clean, x_train=taken(clean.x_train, drawn), y_train=clean.y_train[drawn]
        )
    return corrupt(data, spec.label_corruption or 0.0, seed=spec.seed)


def corrupt(data: Dataset, share: float, *, seed: int) -> Dataset:
    """Exactly ⌊share·n⌋ train labels redrawn (so some stay right by chance); test labels untouched.

    Classes are redrawn uniformly; for regression each target row becomes that of a train row drawn
    at random, so that targets keep their distribution and lose only what ties them to their inputs.
    """
    rng = numpy_stream(seed, "label corruption")
    chosen = rng.permutation(len(data.y_train))[: int(share * len(data.y_train))]
    if not len(chosen):
        return data
    labels = data.y_train.copy()
    if data.ignored is not None:  # rows that do not count stay out
        chosen = chosen[labels[chosen] != data.ignored]
    labels[chosen] = (
        rng.integers(0, data.classes, len(chosen))
        if data.classes
        else data.y_train[rng.integers(0, len(labels), len(chosen))]
    )
    return dataclasses.replace(data, y_train=labels)


def probe_index(data: Dataset) -> np.ndarray:
    """Positions (m ≤ 256) of the probe examples among the test rows, from the data-set stream."""
    order = numpy_stream(DATASET_ROOT, data.name, "probe").permutation(len(data.x_test))
    return np.sort(order[:PROBE_ROWS])


def probe_digest(data: Dataset) -> str:
    """Identity of the probe set: runs whose digests differ have no common function space."""
    index = probe_index(data)
    probe = dataclasses.replace(
        data,
        name="probe",
        x_train=data.x_test[index],
        y_train=data.y_test[index],
        x_test=data.x_test[index],
        y_test=data.y_test[index],
    )
    return probe.digest()


def train_probe_index(data: Dataset) -> np.ndarray:
    """Positions (t ≤ 256) of the probe examples among the train rows, from the data-set stream."""
    order = numpy_stream(DATASET_ROOT, data.name, "train probe").permutation(len(data.x_train))
    return np.sort(order[:TRAIN_PROBE_ROWS])


def loss_index(data: Dataset) -> np.ndarray:
    """Positions (e ≤ 1,024) of the train examples whose losses are stored, from the data-set
    stream.
    """
    order = numpy_stream(DATASET_ROOT, data.name, "losses").permutation(len(data.x_train))
    return np.sort(order[:LOSS_ROWS])


def loss_digest(data: Dataset) -> str:
    """Identity of the train examples whose losses are stored, with their labels as given. Losses
    can be compared only where it is the same.
    """
    index = loss_index(data)
    examples = dataclasses.replace(
        data,
        name="losses",
        x_train=data.x_train[index],
        y_train=data.y_train[index],
        x_test=data.x_train[index],
        y_test=data.y_train[index],
    )
    return examples.digest()
