"""How a run is computed on a machine: chosen once by measurement, recorded with the run, and used
again when it is resumed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_WORKERS = 4096  # more than any machine has cores
DEVICE = re.compile(r"cpu|cuda(:[0-9]{1,4})?")
ALONE = "one at a time"  # the engine through the module itself, which can do everything
SHOWN = 40  # letters of a name in a message


@dataclass(frozen=True)
class Plan:
    """Which engine takes the steps, in which bundles, with how many workers.

    bundles: positions of the trajectories that are batched together; every trajectory is in exactly
    one. devices: the bundles are assigned to these in turn ("cpu", or "cuda:0", "cuda:1", …). rows:
    of one evaluation. rate: measured trajectory-epochs per second. candidates: [{"engine",
    "workers", "rate"}] of everything that was tried. why: in words, for the log and the page.
    training: the engine of the base training; a run that was begun by an older version has none.
    """

    engine: str
    bundles: tuple[tuple[int, ...], ...]
    workers: int
    devices: tuple[str, ...]
    rows: int
    chunk_epochs: int
    rate: float
    candidates: tuple[Mapping[str, Any], ...]
    why: str
    training: str = ALONE

    def to_json(self) -> dict[str, Any]:
        """Plain values for the journal."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> Plan:
        """The plan with these values of `to_json`, also after they were stored as JSON."""
        return Plan(
            engine=str(values["engine"]),
            bundles=tuple(tuple(int(i) for i in bundle) for bundle in values["bundles"]),
            workers=int(values["workers"]),
            devices=tuple(values["devices"]),
            rows=int(values["rows"]),
            chunk_epochs=int(values["chunk_epochs"]),
            rate=float(values["rate"]),
            candidates=tuple(values["candidates"]),
            why=str(values["why"]),
            training=str(values.get("training", ALONE)),
        )

    def fault(self, trajectories: int, engines: Collection[str]) -> str:
        """Why one of `engines` cannot compute a run of this number of trajectories with this plan;
        empty if it can.
        """
        for engine in (self.engine, self.training):
            if engine not in engines:
                return f"there is no engine {engine[:SHOWN]!r}"
        if sorted(i for bundle in self.bundles for i in bundle) != list(range(trajectories)):
            return f"the bundles of its plan do not hold each of {trajectories} trajectories once"
        if not 1 <= self.workers <= MOST_WORKERS or self.rows < 1 or self.chunk_epochs < 1:
            return (
                f"its plan has {self.workers:,} workers, {self.rows:,} rows at once and chunks of"
                f" {self.chunk_epochs:,} epochs"
            )
        strange = [name for name in self.devices if not DEVICE.fullmatch(name)]
        return f"its plan names the device {strange[0][:SHOWN]!r}" if strange else ""


def split(trajectories: int, parts: int) -> tuple[tuple[int, ...], ...]:
    """0 … trajectories−1 in `parts` contiguous bundles whose sizes differ by at most one."""
    parts = max(1, min(parts, trajectories))
    cuts = [round(i * trajectories / parts) for i in range(parts + 1)]
    return tuple(tuple(range(a, b)) for a, b in itertools.pairwise(cuts))
