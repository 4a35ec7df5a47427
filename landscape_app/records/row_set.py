"""A set of snapshots by their canonical ids, one bit each. A run can have twenty million snapshots,
and a list of numbers takes forty bytes per number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RowSet:
    """`bits`: for every id from 0 on, packed, whether it is in the set. `size`: how many are. Equal
    sets of one run compare as equal.
    """

    bits: bytes = b""
    size: int = 0

    @staticmethod
    def of(mask: np.ndarray) -> RowSet:
        """The ids at which `mask` (ids,) is true."""
        return RowSet(np.packbits(mask).tobytes(), int(np.count_nonzero(mask)))

    def mask(self, length: int) -> np.ndarray:
        """(length,) bool: whether each id is in the set."""
        packed = np.frombuffer(self.bits, np.uint8)[: -(-length // 8)]
        mask = np.zeros(length, bool)
        bits = np.unpackbits(packed, count=min(length, 8 * len(packed)))
        mask[: len(bits)] = bits
        return mask

    def __len__(self) -> int:
        return self.size

    def __contains__(self, id: int) -> bool:
        return id // 8 < len(self.bits) and bool(self.bits[id // 8] >> (7 - id % 8) & 1)
