"""The panels' table: to add one, write its module in figures (`needs`, `draw`), its line here, and
its case in drawing.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from landscape_app.figures import curves, joint, scene, topology


@dataclass(frozen=True)
class Panel:
    """per: one figure a "run" (called NAME-SLOT), or one of all, drawn from a "study" or from the
    "columns" of all runs.

    controls: what of the view changes it; a change of anything else leaves it as it is. spatial:
    whether it shows an embedding.
    """

    module: ModuleType
    title: str
    per: Literal["run", "study", "columns"]
    controls: tuple[str, ...]
    spatial: bool = False


PANELS: dict[str, Panel] = {
    "scene": Panel(
        scene, "Embedding", "run", ("method", "dims", "colour", "distance"), spatial=True
    ),
    "joint": Panel(joint, "Joint embedding", "study", ("method", "dims", "colour"), spatial=True),
    "diagrams": Panel(topology, "Topology", "run", ("filtration", "distance", "part")),
    "curves": Panel(curves, "Retraining curves", "columns", ("colour",)),
}


def of(name: str) -> Panel:
    """The panel of the figure `name`."""
    return PANELS[name.partition("-")[0]]


def affected(name: str, changed: set[str]) -> bool:
    """Whether a change of these controls changes the figure `name`."""
    return bool(changed & set(of(name).controls))
