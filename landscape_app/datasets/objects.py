"""A data set from Python objects, or from a callable that makes it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from landscape_app.datasets import labels, sides
from landscape_app.datasets.generators import put_back
from landscape_app.datasets.inputs import Meaning, inputs
from landscape_app.errors import DataError, LandscapeError
from landscape_app.records.dataset import Dataset, Form
from landscape_app.registries import ended, imported


def from_objects(
    name: str,
    train: Any,
    test: Any,
    *,
    classes: int | None = None,
    ignored: int | None = None,
    own: bool = False,
    meaning: Meaning | None = None,
) -> Dataset:
    """The data set of two sides, each (inputs, labels), a torch Dataset or a DataLoader of pairs or
    dicts, read in one pass.

    Whole-number labels of shape (rows,) mean classification (`classes`: how many, None: as many as
    occur), floating-point ones regression. `ignored`: the class label of rows that do not count (a
    loss's ignore_index). `own`: the loss is the user's function; it may take whole numbers that are
    no classes, and leave out one label. `meaning`: how inputs are read. Raises DataError, which
    names the side and the fault.
    """
    with put_back(train, test):
        of_train, of_test = sides.read("train", train), sides.read("test", test)
    y_train, y_test, notes = labels.of_objects(of_train.y, of_test.y, own=own)
    x_train, x_test, decided = inputs(
        name, of_train.x, of_test.x, meaning or Meaning(as_given=True)
    )
    note = "; ".join(word for word in (of_train.note, of_test.note, *decided, *notes) if word)
    form = Form(of_train.y.ndim, of_train.y.dtype.name)
    made = partial(Dataset, name, x_train, y_train, x_test, y_test, note=note, form=form)
    if y_train.dtype.kind == "f":
        return made(classes=0)
    if own and ignored is None:
        ignored = labels.left_out(y_train, y_test)
    return made(classes=classes or _count(ignored, y_train, y_test), ignored=ignored)


def _count(ignored: int | None, *sides: np.ndarray) -> int:
    """The number of classes: the highest label that counts, plus 1; at least 2."""
    counted = [y if ignored is None else y[y != ignored] for y in sides]
    return max(int(y.max(initial=1)) for y in counted) + 1


def _called(target: str) -> Any:
    """What the callable `target` returns. Raises DataError with the error it raises."""
    make = imported(target, "data set")
    try:
        return make()
    except LandscapeError:
        raise
    except SystemExit as error:
        raise DataError(f"{ended(target, error)} when it was called.") from error
    except Exception as error:  # any error of the user's code
        raise DataError(
            f"'{target}' failed: {type(error).__name__}:"
            f" {(str(error) or 'no message').splitlines()[0]}"
        ) from error


def load(target: str, *, meaning: Meaning | None = None) -> Dataset:
    """The data set that the callable "module:name" returns: a Dataset record, (train, test), or
    (x_train, y_train, x_test, y_test).
    """
    made = _called(target)
    if isinstance(made, Dataset):
        if meaning is not None and (meaning.layout or meaning.scale):
            raise DataError(
                f"'{target}' returned a Dataset, which says what its axes and numbers are: leave"
                " out --layout and --scale."
            )
        return made
    if isinstance(made, (tuple, list)) and len(made) == 4:
        return from_objects(target, tuple(made[:2]), tuple(made[2:]), meaning=meaning)
    if isinstance(made, (tuple, list)) and len(made) == 2:
        return from_objects(target, made[0], made[1], meaning=meaning)
    raise DataError(
        f"'{target}' returned a {type(made).__name__}; it must return (train, test) or (x_train,"
        " y_train, x_test, y_test)."
    )
