"""What a person looks at on the page Surface, as the address line carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.compared_runs import MOST, members, newest
from landscape_app.errors import SpecError, UnknownNameError
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.palette import Scheme
from landscape_app.figures.surface import VALUES
from landscape_app.registries import PLANES, find

HEIGHTS = ("log", "linear")
# in the address line, in the order of the controls
DEFAULTS = {"runs": "", "kind": "random", "value": "train_loss", "heights": "log"}
UNASKED = 2  # runs that are shown unasked


@dataclass(frozen=True)
class Choice:
    """Runs in their slots, the kind of plane, the value that is the height, and how heights are
    drawn.

    points, extent: what the controls of the grid stand at; None where a person has not touched
    them: the newest stored surface.
    """

    runs: tuple[str, ...]
    kind: str = "random"
    value: str = "train_loss"
    heights: str = "log"
    scheme: Scheme = "light"
    points: int | None = None
    extent: float | None = None

    @property
    def log(self) -> bool:
        """Whether heights are decimal logarithms; accuracies have none."""
        return self.heights == "log" and COLOURS[self.value].log

    def query(self) -> str:
        """The address line's query; what is as it would be anyway is left out."""
        given = {"kind": self.kind, "value": self.value, "heights": self.heights}
        changed = {
            name: one
            for name, one in given.items()
            if one != Choice.__dataclass_fields__[name].default
        }
        return urlencode({"runs": ",".join(self.runs), **changed}, safe=",")


def of_query(query: Mapping[str, str], board: Board, scheme: Scheme) -> Choice:
    """The choice that `query` names. Raises UnknownNameError, SpecError."""
    named = [id for id in query.get("runs", "").split(",") if id]
    runs = members(named, board) if named else newest(board)[:UNASKED]
    return of_values(
        list(runs),
        query.get("kind", "random"),
        query.get("value", "train_loss"),
        query.get("heights", "log"),
        scheme,
    )


def of_values(
    runs: Any,
    kind: Any,
    value: Any,
    heights: Any,
    scheme: Any,
    points: Any = None,
    extent: Any = None,
) -> Choice:
    """The choice that the controls stand at, each held against its table. Raises UnknownNameError,
    SpecError.
    """
    if not isinstance(runs, (list, tuple)) or not all(isinstance(run, str) for run in runs):
        raise SpecError("Runs are a list of names.")
    find("kind of plane", PLANES, str(kind))
    if value not in VALUES:
        raise UnknownNameError("value", str(value), VALUES)
    if heights not in HEIGHTS:
        raise UnknownNameError("way to draw heights", str(heights), HEIGHTS)
    return Choice(
        tuple(dict.fromkeys(runs))[:MOST],
        str(kind),
        value,
        heights,
        "dark" if scheme == "dark" else "light",
        points if isinstance(points, int) and not isinstance(points, bool) else None,
        float(extent)
        if isinstance(extent, (int, float)) and not isinstance(extent, bool)
        else None,
    )
