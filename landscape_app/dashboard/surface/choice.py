"""What a person looks at on the page Surface, as the address line carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landscape_app.dashboard.common import addresses, opening, run_view
from landscape_app.dashboard.common.board import Board
from landscape_app.errors import UnknownNameError
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.palette import Scheme
from landscape_app.figures.surface import VALUES
from landscape_app.registries import PLANES, find

HEIGHTS = ("log", "linear")
# in the address line, in the order of the controls
DEFAULTS = {"runs": "", "kind": "random", "value": "train_loss", "heights": "log"}


@dataclass(frozen=True)
class SurfaceChoice:
    """Runs in their slots, the kind of plane, the value that is the height, and how heights are
    drawn.

    points, extent: what the controls of the grid stand at; None where a person has not touched
    them: the newest stored surface. flat: no reliefs, for a browser without WebGL.
    """

    runs: tuple[str, ...]
    kind: str = "random"
    value: str = "train_loss"
    heights: str = "log"
    scheme: Scheme = "light"
    points: int | None = None
    extent: float | None = None
    flat: bool = False

    @property
    def log(self) -> bool:
        """Whether heights are decimal logarithms; accuracies have none."""
        return self.heights == "log" and COLOURS[self.value].log


def of_query(query: Mapping[str, str], board: Board, scheme: Scheme) -> SurfaceChoice:
    """The choice that `query` names. Raises UnknownNameError, SpecError."""
    named = addresses.run_ids(query)
    runs = (
        run_view.members(named, board) if named else opening.ends(opening.unasked(board), board.gap)
    )
    return of_values(
        list(runs),
        query.get("kind", "random"),
        query.get("value", "train_loss"),
        query.get("heights", "log"),
        scheme,
    )


def sound(query: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """(`query` without the controls' values that are not in their tables, a sentence for each)."""
    controls = {name: value for name, value in DEFAULTS.items() if name != "runs"}
    return addresses.sound(query, controls, lambda values: of_values([], scheme="light", **values))


def of_values(
    runs: Any,
    kind: Any,
    value: Any,
    heights: Any,
    scheme: Any,
    points: Any = None,
    extent: Any = None,
) -> SurfaceChoice:
    """The choice that the controls stand at, each looked up in its table. Raises UnknownNameError,
    SpecError.
    """
    chosen = run_view.runs_of_value(runs)
    find("kind of plane", PLANES, str(kind))
    if value not in VALUES:
        raise UnknownNameError("value", str(value), VALUES)
    if heights not in HEIGHTS:
        raise UnknownNameError("way to draw heights", str(heights), HEIGHTS)
    return SurfaceChoice(
        chosen,
        str(kind),
        value,
        heights,
        "dark" if scheme == "dark" else "light",
        points if isinstance(points, int) and not isinstance(points, bool) else None,
        float(extent)
        if isinstance(extent, (int, float)) and not isinstance(extent, bool)
        else None,
    )
