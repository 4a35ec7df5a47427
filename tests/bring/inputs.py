"""Inputs from Python: tensors, arrays, frames, lists; and what holds something else than rows of
numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.bring.case import Case
from tests.bring.given import FEATURES, Net, Tokens, apart, read, table

TITLE = "Inputs"
ABOUT = (
    "The first of a pair `(inputs, labels)`: `(rows, …)`. They are used as float32, and stay whole"
    " numbers (int64) where the network takes whole numbers. Nothing is dropped: what holds more"
    " than numbers is refused."
)

X, Y = table()
WHOLE = np.random.default_rng(0).integers(0, 50, (20, FEATURES))
PIXELS = np.random.default_rng(1).integers(0, 256, (20, 1, 6, 6)).astype(np.uint8)


class Own(nn.Module):
    """A network that turns bytes into fractions by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Net(36)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x.float() / 255)


class Last(nn.Module):
    """A network that takes images with their channels last."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Conv2d(3, 2, 3), Net(2 * 4 * 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x.permute(0, 3, 1, 2)))


IMAGES = apart(lambda: Net(36))


def gives(
    x: Any, wanted: Any, network: nn.Module | None = None, kind: str = "float32"
) -> Callable[[Path], None]:
    """A trial: the inputs `x` (or what calling it makes) are read as `wanted`, of type `kind`."""

    def tried(_: Path) -> None:
        inputs = x() if callable(x) else x
        data = read((inputs, Y), network=network)
        assert data.x_train.dtype == kind
        assert np.array_equal(data.x_train, np.asarray(wanted))

    return tried


def refused(x: Any, network: nn.Module | None = None, **settings: Any) -> Callable[[Path], None]:
    """A trial that reads the inputs `x` (or what calling it makes)."""
    return lambda _: read((x() if callable(x) else x, Y), network=network, **settings)


def _pandas(_: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"a": X[:, 0], "b": WHOLE[:, 1], "c": WHOLE[:, 2] > 20, "d": X[:, 3]}, index=range(20, 40)
    )
    data = read((frame, pandas.Series(Y.numpy(), index=range(20, 40))))
    assert np.array_equal(data.x_train, frame.astype(float).to_numpy(np.float32))
    assert np.array_equal(data.y_train, Y.numpy())


def _polars(_: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({name: X[:, column].numpy() for column, name in enumerate("abcd")})
    data = read((frame, polars.Series(Y.numpy())))
    assert np.array_equal(data.x_train, X.numpy())
    assert np.array_equal(data.y_train, Y.numpy())


def _words_in_frame(_: Path) -> None:
    pandas = pytest.importorskip("pandas")
    read((pandas.DataFrame({"size": X[:, 0], "city": ["Bern"] * 20}), Y))


def _frame_alone(_: Path) -> None:
    pandas = pytest.importorskip("pandas")
    read(pandas.DataFrame({"size": X[:, 0], "y": Y}))


def _picture() -> Any:
    from PIL import Image

    return [Image.new("L", (2, 2))] * 20


def _sparse() -> Any:
    from scipy.sparse import csr_array

    return csr_array(X.numpy())


def _objects() -> np.ndarray:
    ragged = np.empty(20, object)
    ragged[:] = [X[row, : 1 + row % 3].numpy() for row in range(20)]
    return ragged


def _masked(_: Path) -> None:
    plain = np.ma.masked_array(X.numpy(), mask=False)
    assert np.array_equal(read((plain, Y)).x_train, X.numpy())
    read((np.ma.masked_array(X.numpy(), mask=X.numpy() > 7), Y))


def _scaled(_: Path) -> None:
    data = read((WHOLE.reshape(20, 1, 2, 2), Y), scale=50)
    assert np.allclose(data.x_train.reshape(20, 4) * 50, WHOLE)


def _moved(_: Path) -> None:
    images = np.random.default_rng(2).normal(size=(20, 6, 6, 3)).astype(np.float32)
    data = read(
        (images, Y),
        network=apart(lambda: nn.Sequential(nn.Conv2d(3, 2, 3), Net(2 * 4 * 4))),
        layout="channels_last",
    )
    assert np.array_equal(data.x_train, images.transpose(0, 3, 1, 2))
    kept = read((images, Y), network=apart(Last))
    assert np.array_equal(kept.x_train, images)


CASES = [
    Case("float32 tensors or arrays", "works", gives(X, X)),
    Case("lists of lists of numbers", "works, and says so", gives(X.double().tolist(), X), "inputs of type float64 used as float32"),
    Case("a list of tensors of one shape", "works", gives(lambda: list(X), X)),
    Case("float64", "works, and says so", gives(X.double(), X), "inputs of type float64 used as float32"),
    Case("float16 and bfloat16", "works", gives(X.bfloat16(), X.bfloat16().float())),
    Case("big-endian arrays", "works", gives(X.numpy().astype(">f4"), X)),
    Case("arrays with negative strides", "works", gives(X.numpy()[::-1, ::-1], X.flip(0, 1))),
    Case("read-only arrays", "works", gives(lambda: np.frombuffer(X.numpy().tobytes(), np.float32).reshape(20, FEATURES), X)),
    Case("tensors that require a gradient", "works", gives(X.clone().requires_grad_(), X)),
    Case("a pandas frame of numbers", "works, and says so", _pandas, "used as float32"),
    Case("a polars frame of numbers", "works", _polars),
    Case("whole numbers of any type, for a network that takes them", "works, and says so", gives(WHOLE.astype(np.int32), WHOLE, apart(Tokens), "int64"), "whole numbers stay whole: the network takes them"),
    Case("the same as bytes", "works, and says so", gives(WHOLE.astype(np.uint8), WHOLE, apart(Tokens), "int64"), "whole numbers stay whole"),
    Case("whole numbers `(rows, features)`, for a network that takes floats", "works, and says so", gives(WHOLE, WHOLE), "whole numbers (int64) used as float32, unscaled"),
    Case("booleans", "works, and says so", gives(X > 3, X > 3), "false and true read as 0 and 1"),
    Case("images of bytes, for a network that takes floats", "works, and says so", gives(PIXELS, PIXELS.astype(np.float32) / np.float32(255), IMAGES), "pixels 0-255 scaled to [0, 1]"),
    Case("images of bytes, for a network that scales them itself", "works, and says so", gives(PIXELS, PIXELS, apart(Own), "int64"), "whole numbers stay whole"),
    Case("masks of bytes 0 and 1", "works, and says so", gives(PIXELS % 2, PIXELS % 2, IMAGES), "pixels are 0 and 1 only: left as they are"),
    Case("images of other whole numbers", "refused", refused(PIXELS.astype(np.int16), IMAGES), "--scale NUMBER"),
    Case("whole numbers with `scale=50`", "works, and says so", _scaled, "inputs divided by 50"),
    Case('images with `layout="channels_last"`; without it axes stay as they are', "works, and says so", _moved, "moved to the front"),
    Case("train as bytes, test as floats", "refused", lambda _: read((PIXELS, Y), (PIXELS / 255, Y), IMAGES), "x_train has type uint8 and x_test float64"),
    Case("complex numbers", "refused", refused(X.cfloat()), "have type complex64, complex numbers"),
    Case("words", "refused", refused([["a"] * 4] * 20), "words ('a'): number them first"),
    Case("arrays of words", "refused", refused(np.full((20, 4), "a")), "have type <U1, words"),
    Case("arrays of objects", "refused", refused(X.numpy().astype(object)), "e.g. array.astype(np.float32)"),
    Case("arrays of rows of different lengths", "refused", refused(_objects), "ragged, of different lengths. Pad them to one length"),
    Case("lists of rows of different lengths", "refused", refused([[1.0] * (1 + row % 2) for row in range(20)]), "are ragged: row 1 has shape (2,), row 0 (1,)"),
    Case("dates", "refused", refused(np.zeros((20, 4), "datetime64[s]")), "dates"),
    Case("arrays of named fields", "refused", refused(np.zeros(20, [("a", "f4"), ("b", "f4")])), "records of named fields"),
    Case("masked arrays with masked entries", "refused", _masked, "masked entries: fill them"),
    Case("sparse tensors", "refused", refused(X.to_sparse), "are sparse: give .to_dense()"),
    Case("sparse matrices", "refused", refused(_sparse), "a sparse matrix: give .toarray()"),
    Case("nested tensors", "refused", refused(lambda: torch.nested.nested_tensor(list(X), layout=torch.jagged)), "a nested tensor"),
    Case("PIL images", "refused", refused(_picture), "a PIL image: turn each into a tensor first"),
    Case("a frame with a column of words", "refused", _words_in_frame, "have the column 'city'"),
    Case("a frame alone", "refused", _frame_alone, "does not say what its labels are"),
    Case("two arrays of inputs", "refused", refused((X, X)), "networks of several inputs or outputs are not supported"),
    Case("NaN or infinite values", "refused", refused(torch.where(X > 7, torch.nan, X)), "not finite, first in row 17"),
    Case("an array without labels", "refused", lambda _: read(X), "without labels: give a pair (inputs, labels)"),
    Case("three arrays", "refused", lambda _: read((X, Y, Y)), "a tuple of 3 parts: give a pair"),
    Case("one number a row, without an axis for it", "refused", refused(X[:, 0]), "it must be (rows, features)"),
    Case("inputs and labels of different lengths", "refused", lambda _: read((X, Y[:-1])), "20 inputs and 19 labels"),
]  # fmt: skip
