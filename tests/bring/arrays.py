"""npz files: which numbers are pixels, which axis is the channels."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn

from landscape_app.limits import raised
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.settings import RunSpec, parse
from tests.bring.case import Case

TITLE = "Array files (npz)"
ABOUT = (
    "`--data npz:FILE` with the arrays `x_train`, `y_train`, `x_test`, `y_test`. Four axes have"
    " their channels last if and only if the last axis is 1, 3 or 4 and the second is not."
    " `--layout` and `--scale` say what cannot be seen; they are for what `--data module:callable`"
    " returns, too."
)

RANDOM = np.random.default_rng(0)
FIRST = RANDOM.integers(0, 256, (8, 3, 6, 5)).astype(np.uint8)
LAST = np.moveaxis(FIRST, 1, 3)
FRACTIONS = FIRST.astype(np.float32) / np.float32(255)
FLOATS = RANDOM.normal(size=(8, 6, 6, 6)).astype(np.float32)
WHOLE = RANDOM.integers(0, 50, (8, 4))
X, Y = FLOATS[:, 0, 0, :1], np.arange(8) % 3


class Sequence(nn.Module):
    """A network for rows (step, feature)."""

    def __init__(self) -> None:
        super().__init__()
        self.steps, self.last = nn.GRU(5, 4, batch_first=True), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.steps(x)[0][:, -1])


def read(folder: Path, x: np.ndarray, y: np.ndarray = Y, **settings: Any) -> Any:
    """What `landscape run --data npz:FILE` would train on, for a file whose train and test sides
    are both `x`, `y`.
    """
    np.savez(folder / "data.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    chosen = {"network": "mlp-small", "regime": "plain", **settings}
    return problem_of(
        parse(RunSpec, {"data": f"npz:{folder / 'data.npz'}", **chosen}), UserObjects()
    )[1]


def gives(
    x: np.ndarray, wanted: np.ndarray, kind: str = "float32", **settings: Any
) -> Callable[[Path], None]:
    """A trial: a file with the inputs `x` is read as `wanted`, of type `kind`."""

    def tried(folder: Path) -> None:
        data = read(folder, x, **settings)
        assert data.x_train.dtype == kind
        assert np.array_equal(data.x_train, wanted)

    return tried


def labels(y: np.ndarray, wanted: np.ndarray, task: str, **settings: Any) -> Callable[[Path], None]:
    """A trial: a file with the labels `y` is read as `wanted`, for `task`."""

    def tried(folder: Path) -> None:
        data = read(folder, FIRST, y, **settings)
        assert data.task == task
        assert np.array_equal(data.y_train, wanted)

    return tried


def refused(x: np.ndarray, y: np.ndarray = Y, **settings: Any) -> Callable[[Path], None]:
    """A trial that reads a file with the inputs `x` and the labels `y`."""
    return lambda folder: read(folder, x, y, **settings)


def from_callable() -> Any:
    """Images with their channels last, as `--data module:callable` may return them."""
    return (LAST, Y), (LAST, Y)


def _others(folder: Path) -> None:
    sides = {
        f"{name}_{side}": value
        for side in ("train", "test")
        for name, value in (("x", FLOATS[:, 0, 0]), ("y", Y))
    }
    np.savez(folder / "data.npz", weight=Y, **sides)
    problem_of(
        parse(
            RunSpec,
            {"data": f"npz:{folder / 'data.npz'}", "network": "mlp-small", "regime": "plain"},
        ),
        UserObjects(),
    )


def _larger(folder: Path) -> None:
    np.savez_compressed(
        folder / "data.npz",
        x_train=np.zeros((200_000, 1), np.uint8),
        y_train=np.zeros(200_000, np.uint8),
        x_test=X,
        y_test=Y,
    )
    _asked(folder)


def _claims(folder: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    np.savez(folder / "data.npz", y_train=Y, x_test=X, y_test=Y)
    with zipfile.ZipFile(folder / "data.npz", "a") as archive:
        archive.writestr("x_train.npy", header.getvalue() + bytes(64))
    _asked(folder)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "data.npz")
    _asked(folder)


def _asked(folder: Path) -> None:
    with raised(0.001):
        problem_of(parse(RunSpec, {"data": f"npz:{folder / 'data.npz'}"}), UserObjects())


def fails() -> Any:
    """A maker of data that breaks."""
    raise KeyError("label")


def _fails(_: Path) -> None:
    problem_of(parse(RunSpec, {"data": "tests.bring.arrays:fails"}), UserObjects())


def _callable(_: Path) -> None:
    data = problem_of(
        parse(
            RunSpec,
            {"data": "tests.bring.arrays:from_callable", "network": "cnn", "regime": "plain"},
        ),
        UserObjects(),
    )[1]
    assert np.array_equal(data.x_train, FRACTIONS)


TOKENS, SEQUENCE = (
    {"network": f"tests.bring.{place}"} for place in ("given:Tokens", "arrays:Sequence")
)
WIDE = np.int64(2) ** 40

CASES = [
    Case("floats `(row, feature)`, whole-number labels", "works", gives(FLOATS[:, 0, 0], FLOATS[:, 0, 0])),
    Case("float64", "works, and says so", gives(FLOATS[:, 0, 0].astype(float), FLOATS[:, 0, 0]), "inputs of type float64 used as float32"),
    Case("big-endian", "works", gives(FLOATS[:, 0, 0].astype(">f4"), FLOATS[:, 0, 0])),
    Case("bytes `(row, channel, height, width)`", "works, and says so", gives(FIRST, FRACTIONS), "pixels 0-255 scaled to [0, 1]"),
    Case("bytes `(row, height, width, channel)`", "works, and says so", gives(LAST, FRACTIONS), "images have their channels last: moved to the front"),
    Case("bytes `(row, height, width)`", "works, and says so", gives(FIRST[:, 0], FRACTIONS[:, :1]), "rows of two axes read as grey images"),
    Case("masks of bytes 0 and 1", "works, and says so", gives(FIRST % 2, FIRST % 2), "pixels are 0 and 1 only: left as they are"),
    Case("the same from `--data module:callable`", "works, and says so", _callable, "moved to the front; pixels 0-255 scaled"),
    Case("channels that may be first or last", "refused", refused(FLOATS[:, :3, :, :3]), "both the second axis and the last one may be 1, 3 or 4 channels"),
    Case("channels that are neither", "refused", refused(FLOATS), "neither the second axis nor the last one"),
    Case("the same with `--layout channels_first`", "works, and says so", gives(FLOATS, FLOATS, layout="channels_first"), "images have their channels first"),
    Case("the same with `--layout channels_last`", "works, and says so", gives(FLOATS, np.moveaxis(FLOATS, 3, 1), layout="channels_last"), "moved to the front"),
    Case("`--layout` for two axes", "refused", refused(FLOATS[:, 0, 0], layout="channels_last"), "is for images of four axes"),
    Case("images of other whole numbers", "refused", refused(FIRST.astype(np.int32)), "--scale NUMBER, by which they are divided, or --scale none"),
    Case("the same with `--scale 255`", "works, and says so", gives(FIRST.astype(np.int32), FRACTIONS, scale="255"), "inputs divided by 255"),
    Case("the same with `--scale none`", "works, and says so", gives(FIRST.astype(np.int32), FIRST, scale="none"), "whole numbers (int32) used as float32, unscaled"),
    Case("bytes with `--scale none`", "works, and says so", gives(FIRST, FIRST, scale="none"), "used as float32, unscaled"),
    Case("two axes of whole numbers", "works, and says so", gives(WHOLE, WHOLE), "whole numbers (int64) used as float32, unscaled"),
    Case("two axes of whole numbers, for a network that takes them", "works, and says so", gives(WHOLE, WHOLE, "int64", **TOKENS), "whole numbers stay whole"),
    Case("whole numbers too large for float32", "works, and says so", refused(WHOLE + WIDE), "rounded above 16,777,216"),
    Case("floats `(row, step, feature)`, for a network that takes them", "works, and says so", gives(FLOATS[:, 0, :, :5], FLOATS[:, 0, :, :5], **SEQUENCE), "rows of two axes stay as they are"),
    Case("labels that are floats", "works, and says so", labels(Y + 0.5, Y[:, None] + 0.5, "regression"), "regression: 1 to predict"),
    Case("labels 0 … c−1 stored as floats", "works, and says so", labels(Y + 0.0, Y, "classification"), "type float64: read as 3 classes"),
    Case("the same with `--loss squared_error`", "works", labels(Y + 0.0, Y[:, None], "regression", loss="squared_error")),
    Case("one-hot rows of floats, no `--loss`", "refused", refused(FIRST, np.eye(3)[Y]), "one-hot rows stored as floating point"),
    Case("words", "refused", refused(np.array([["a"]] * 8)), "it must be numbers"),
    Case("complex numbers", "refused", refused(FLOATS[:, 0, 0] * 1j), "x_train has type complex64; it must be numbers"),
    Case("other arrays in the file", "works, and says so", _others, "not used: weight"),
    Case("pickled objects", "refused", refused(np.array([None] * 8)), "cannot be read as npz"),
    Case("a file that unpacks to more than `--max-data-gib` allows (0.001 here; else the smaller of 2 and a quarter of the free memory)", "refused", _larger,
         "unpacks to 1.5 MiB; at most 1.0 MiB are read. To allow this size: --max-data-gib 0.1"),
    Case("an array that claims more than it holds", "refused", _claims, "x_train claims 4,000,000,000,000 bytes and holds 64"),
    Case("a pipe in place of the file", "refused", _pipe, "is not a regular file but a pipe. Give a file"),
    Case("`--data module:callable` that breaks", "refused", _fails, "'tests.bring.arrays:fails' failed: KeyError: 'label'"),
    Case("`--layout` for data by name", "refused", lambda _: problem_of(parse(RunSpec, {"layout": "channels_last"}), UserObjects()), "data by name have theirs"),
]  # fmt: skip
