"""The positions of snapshots in a table. They are looked up by canonical ids and never assumed,
because a damaged file may have removed some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Ids = np.ndarray | Sequence[int]


@dataclass(frozen=True, eq=False)
class Positions:
    """The result for k ids: `there` (k,) bool, and `at` (k,) their positions in the table, 0 where
    an id is not in it.
    """

    at: np.ndarray
    there: np.ndarray

    @cached_property
    def missing(self) -> int:
        """How many of the ids are not in the table."""
        return int((~self.there).sum())

    @property
    def places(self) -> np.ndarray:
        """Positions of the ids that are in the table, in the order of the look-up."""
        places: np.ndarray = self.at[self.there]
        return places

    def of(self, values: np.ndarray) -> np.ndarray:
        """`values` (n, …) of the table at the ids, (k, …). NaN for an id that is not in the table;
        the result is then float64.
        """
        values = np.asarray(values)
        if not self.missing:
            there: np.ndarray = values[self.at]
            return there
        kind = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
        out = np.full((len(self.at), *values.shape[1:]), np.nan, dtype=kind)
        out[self.there] = values[self.places]
        return out


def look_up(table: Ids, ids: Ids) -> Positions:
    """Where each of `ids` (k,) is in `table` (n,), whose ids may be in any order; the first of
    equal ids counts. Cost (n + k) log n.
    """
    table, ids = np.asarray(table).reshape(-1), np.asarray(ids).reshape(-1)
    if not len(table):
        return Positions(np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=bool))
    ascending = bool((np.diff(table) > 0).all())
    order = np.arange(len(table)) if ascending else np.argsort(table, kind="stable")
    near = np.minimum(np.searchsorted(table[order], ids), len(table) - 1)
    at = order[near]
    there = table[at] == ids
    return Positions(np.where(there, at, 0), there)


def count(missing: int) -> str:
    """'1 snapshot', '12 snapshots', '1,200 snapshots'."""
    return "1 snapshot" if missing == 1 else f"{missing:,} snapshots"
