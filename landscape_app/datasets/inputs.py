"""The meaning of input arrays: which axis holds the channels, which numbers are pixels, which
remain whole numbers. Each decision is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.errors import DataError
from landscape_app.records.pixels import Inputs, Pixels

CHANNELS = (1, 3, 4)  # grey, colour, colour and opacity
EXACT = 2**24  # float32 holds every whole number up to here
UNSCALED = "none"

RowTrial = Callable[[np.ndarray], str]  # rows -> "" where the network runs on them, else why not


@dataclass(frozen=True)
class Meaning:
    """How inputs are read. layout, scale: the settings of that name. trial: tries the user's own
    network on a few rows; None for a network of the table. Those take images with their channels
    first, or tables, in float32.

    as_given: the arrays come from Python and the network is the user's own, so the order of axes is
    not changed.
    """

    layout: str | None = None
    scale: str | None = None
    trial: RowTrial | None = None
    as_given: bool = False


def inputs(
    data: str, train: np.ndarray, test: np.ndarray, meaning: Meaning
) -> tuple[Inputs, Inputs, list[str]]:
    """(x_train, x_test, decisions): float32, or bytes that are read as float32 (Pixels), or int64
    where whole numbers remain. Raises DataError naming `data`.

    train, test: (row, …) floating-point numbers, whole numbers or booleans, both of one kind.
    """
    if _kind(train) != _kind(test):
        raise DataError(
            f"{data}: x_train has type {train.dtype} and x_test {test.dtype}: uint8 pixels are"
            " scaled, other numbers are not. Save both with one type."
        )
    axes = train.ndim
    train, test, notes = _arranged(data, train, test, meaning)
    x_train, x_test, also = _typed(data, train, test, axes, meaning)
    return x_train, x_test, notes + also


def _kind(array: np.ndarray) -> str:
    return (
        "pixels"
        if array.dtype == np.uint8
        else {"f": "floats", "b": "booleans"}.get(array.dtype.kind, "integers")
    )


def _arranged(
    data: str, train: np.ndarray, test: np.ndarray, meaning: Meaning
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Images with their channels as the second axis. Other arrays are not changed."""
    if meaning.layout is not None and train.ndim != 4:
        raise DataError(
            f"{data}: the layout {meaning.layout} is for images of four axes; x_train has shape"
            f" {train.shape}."
        )
    if train.ndim == 4 and (meaning.layout is not None or not meaning.as_given):
        return _channels_first(data, train, test, meaning)
    if train.ndim == 3 and not meaning.as_given:
        if meaning.trial is not None and meaning.trial(train[:3].astype(np.float32)) == "":
            return train, test, ["rows of two axes stay as they are: the network takes them"]
        return train[:, None], test[:, None], ["rows of two axes read as grey images"]
    return train, test, []


def _channels_first(
    data: str, train: np.ndarray, test: np.ndarray, meaning: Meaning
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    first, last = train.shape[1] in CHANNELS, train.shape[3] in CHANNELS
    if meaning.layout is None and first == last:
        why = (
            "both the second axis and the last one"
            if first
            else "neither the second axis nor the last one"
        )
        raise DataError(
            f"{data}: x_train has shape {train.shape}: {why} may be 1, 3 or 4 channels. "
            "Say which it is: --layout channels_first or --layout channels_last."
        )
    if meaning.layout == "channels_last" or (meaning.layout is None and last):
        return (
            np.moveaxis(train, 3, 1),
            np.moveaxis(test, -1, 1),
            ["images have their channels last: moved to the front"],
        )
    return train, test, [] if meaning.layout is None else ["images have their channels first"]


def _typed(
    data: str, train: np.ndarray, test: np.ndarray, axes: int, meaning: Meaning
) -> tuple[Inputs, Inputs, list[str]]:
    """Numbers as float32, scaled where they are pixels; or int64 where the network takes whole
    numbers. `axes`: of the arrays as given.
    """
    if meaning.scale is not None and meaning.scale != UNSCALED:
        return _floats(train, test, float(meaning.scale), [f"inputs divided by {meaning.scale}"])
    kind = _kind(train)
    if kind == "floats":
        wide = train.dtype.itemsize > 4 or test.dtype.itemsize > 4
        return _floats(
            train, test, 1, [f"inputs of type {train.dtype} used as float32"] if wide else []
        )
    if kind == "booleans":
        return _floats(train, test, 1, ["false and true read as 0 and 1"])
    if (axes == 2 or meaning.scale == UNSCALED or meaning.as_given) and _stay_whole(
        data, train, test, meaning.trial
    ):
        return (
            _contiguous(train, np.int64),
            _contiguous(test, np.int64),
            ["whole numbers stay whole: the network takes them"],
        )
    if meaning.scale == UNSCALED or axes <= 2:
        rounded = (
            ", rounded above 16,777,216" if max(_largest(train), _largest(test)) > EXACT else ""
        )
        return _floats(
            train, test, 1, [f"whole numbers ({train.dtype}) used as float32, unscaled{rounded}"]
        )
    if kind == "pixels" and axes <= 4:
        return _pixels(train, test)
    raise DataError(
        f"{data}: x_train has type {train.dtype} and shape {train.shape}: how its numbers are to be"
        " scaled is not known. Say --scale NUMBER, by which they are divided, or --scale none."
    )


def _pixels(train: np.ndarray, test: np.ndarray) -> tuple[Inputs, Inputs, list[str]]:
    """The only place where bytes become fractions. They are computed when they are used. A mask of
    zeros and ones is already in [0, 1].
    """
    if max(_largest(train), _largest(test)) <= 1:
        return _floats(train, test, 1, ["pixels are 0 and 1 only: left as they are"])
    return (
        Pixels(_contiguous(train, np.uint8)),
        Pixels(_contiguous(test, np.uint8)),
        ["pixels 0-255 scaled to [0, 1]"],
    )


def _floats(
    train: np.ndarray, test: np.ndarray, divisor: float, notes: list[str]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    # what is too large for float32 becomes infinite, and is refused by row
    with np.errstate(over="ignore"):
        scaled = [_contiguous(array, np.float32) for array in (train, test)]
    if divisor != 1:
        scaled = [array / np.float32(divisor) for array in scaled]
    return scaled[0], scaled[1], notes


def _contiguous(array: np.ndarray, dtype: type[np.generic]) -> np.ndarray:
    return np.require(array, dtype, ["C_CONTIGUOUS", "WRITEABLE"])


def _largest(array: np.ndarray) -> int:
    return max(abs(int(array.min())), abs(int(array.max()))) if array.size else 0


def _stay_whole(data: str, train: np.ndarray, test: np.ndarray, trial: RowTrial | None) -> bool:
    """Whether the network takes whole numbers. If it accepts neither kind of number, its error
    message decides which kind it expects.
    """
    if trial is None or not train.size:
        return False
    if max(_largest(train), _largest(test)) > np.iinfo(np.int64).max:
        raise DataError(
            f"{data}: x_train or x_test has whole numbers above {np.iinfo(np.int64).max:,}: they"
            " fit no int64."
        )
    if trial(train[:2].astype(np.int64)) == "":
        return True
    refused = trial(train[:2].astype(np.float32))
    return any(word in refused for word in WANTS_WHOLE)


# in torch's complaints about floats given to an embedding
WANTS_WHOLE: Sequence[str] = ("Long", "indices", "index tensor")
