"""The binary version of CIFAR-10 and CIFAR-100: records of one or two label bytes and 3,072 pixels,
red, green and blue planes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from landscape_app.errors import DataError
from landscape_app.limits import Reading

SHAPE = (3, 32, 32)
PIXELS = 3_072


def read(paths: Sequence[Path], *, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """(images (n, 3, 32, 32), labels (n,)), both uint8, of all `paths` in their order.

    `labels` is the number of label bytes of a record, the last of which counts: CIFAR-100 has the
    coarse one before the fine one. Raises DataError where a file is no whole number of records.
    """
    records = np.concatenate([_records(path, labels + PIXELS) for path in paths])
    return records[:, labels:].reshape(-1, *SHAPE), records[:, labels - 1].copy()


def _records(path: Path, length: int) -> np.ndarray:
    try:
        with Reading(path, DataError) as file:
            if file.bytes == 0 or file.bytes % length:
                raise DataError(
                    f"{path} has {file.bytes:,} bytes, which is no whole number of records of"
                    f" {length:,} bytes: copy it again."
                )
            file.hold(4 * file.bytes)  # as float32
            return np.frombuffer(file.whole(), np.uint8).reshape(-1, length)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
