"""The states of a run's training that are stored: those that a recorder kept of a loop of the
user's own, or those of the run's own training.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from landscape_app.store.inventory import Inventory

PATH, AGAIN = "path", "path_again"  # kinds of journal line


@dataclass(frozen=True)
class PathState:
    """One state. step: of the recorder, or epochs of the run's own training. epoch: None where the
    recorder was not told. kind: "path", "init", "base" or "anchor", which decides how its file is
    read.
    """

    step: int
    epoch: float | None
    kind: str
    file: str
    sha256: str


def recorded(inventory: Inventory) -> list[PathState]:
    """The states that a recorder kept, by step; files that are damaged are left out."""
    states: dict[int, PathState] = {}
    for line in inventory.lines:
        if line["kind"] == AGAIN:
            states = {step: state for step, state in states.items() if step <= int(line["step"])}
        elif line["kind"] == PATH:
            states[int(line["step"])] = _state(line, int(line["step"]), line.get("epoch"))
    return _intact(inventory, states.values())


def of_run(inventory: Inventory) -> list[PathState]:
    """The recorded states, else those of the run's own training: its initial weights, the end of
    each chunk of epochs, the last of which is the anchor.
    """
    states = recorded(inventory)
    if states:
        return states
    own = [_state(line, 0, 0.0) for line in inventory.of("init")]
    own += [_state(line, int(line["last"]), float(line["last"])) for line in inventory.of("base")]
    return sorted(_intact(inventory, own), key=lambda state: state.step)


def digest(states: list[PathState]) -> str:
    """A hash of all of their files."""
    return hashlib.sha256("".join(state.sha256 for state in states).encode()).hexdigest()


def _state(line: Any, step: int, epoch: float | None) -> PathState:
    return PathState(step, epoch, str(line["kind"]), str(line["file"]), str(line["sha256"]))


def _intact(inventory: Inventory, states: Any) -> list[PathState]:
    damaged = set(inventory.damaged)
    return [state for state in states if state.file not in damaged]
