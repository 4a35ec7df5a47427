"""What a person looks at, as the address line carries it: which runs, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.run_view import runs_of_query
from landscape_app.errors import SpecError, UnknownNameError
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.curves import CURVES
from landscape_app.figures.palette import Scheme
from landscape_app.figures.view import FUNCTION, PARTS, SAMPLINGS, View
from landscape_app.registries import DISTANCES, EMBEDDINGS, FILTRATIONS

DEFAULT = View()
# what of a view the address line carries, in the order of the controls
SHOWN = (
    "method",
    "dims",
    "joint_dims",
    "colour",
    "filtration",
    "distance",
    "part",
    "curve",
    "sampling",
)
DEFAULTS = {"runs": "", **{name: str(getattr(DEFAULT, name)) for name in SHOWN}}


@dataclass(frozen=True)
class ExploreChoice:
    """The runs in the order of their slots, and the view."""

    runs: tuple[str, ...]
    view: View

    def query(self) -> str:
        """The address line's query for this choice; what is as it would be anyway is left out."""
        values = {name: str(getattr(self.view, name)) for name in SHOWN}
        return addresses.written(self.runs, values, DEFAULTS)


def of_query(
    query: Mapping[str, str], board: Board, scheme: Scheme, *, flat: bool = False
) -> ExploreChoice:
    """The choice that `query` names; what it does not name is the default. Raises UnknownNameError,
    SpecError.
    """
    view = view_of([query.get(name, DEFAULTS[name]) for name in SHOWN], scheme, flat=flat)
    return ExploreChoice(runs_of_query(query, board), view)


def sound(query: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """(`query` without the controls' values that are not in their tables, a sentence for each)."""
    controls = {name: DEFAULTS[name] for name in SHOWN}
    return addresses.sound(
        query, controls, lambda values: view_of([values[name] for name in SHOWN], "light")
    )


def view_of(values: Sequence[str], scheme: Scheme, *, flat: bool = False) -> View:
    """The view of these words, in the order of SHOWN, each checked against its table. flat: in the
    plane whatever they say, for a browser without WebGL.
    """
    given = dict(zip(SHOWN, map(str, values), strict=True))
    for kind, table, name in (
        ("embedding", EMBEDDINGS, "method"),
        ("filtration", FILTRATIONS, "filtration"),
        ("distance", {FUNCTION: None, **DISTANCES}, "distance"),
        ("colour", COLOURS, "colour"),
        ("part", PARTS, "part"),
        ("curve", CURVES, "curve"),
        ("sampling", SAMPLINGS, "sampling"),
    ):
        if given[name] not in table:
            raise UnknownNameError(kind, given[name], table)
    for name in ("dims", "joint_dims"):
        if given[name] not in ("2", "3"):
            raise SpecError(f"An embedding has 2 or 3 dimensions here, not {given[name]}.")
    return View(
        method=given["method"],
        dims=2 if flat else int(given["dims"]),
        joint_dims=2 if flat else int(given["joint_dims"]),
        colour=given["colour"],
        filtration=given["filtration"],
        distance=given["distance"],
        part=given["part"],
        curve=given["curve"],
        sampling=given["sampling"],
        scheme=scheme,
    )
