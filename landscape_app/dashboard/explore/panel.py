"""What a panel of Explore is: one record says all that the page must know of it.

A panel is one file in panels/ that makes this record, and one line in panels.PANELS. Everything
else (drawing, captions, tables, stamps, placement) is a loop over that table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.figures.view import Need, View

# of a panel that CSS gives no place: a row of its own below all others
BELOW = "auto / 1 / auto / -1"


class Captions(NamedTuple):
    """The words of one card. head: beside the title. summary: the figure in a sentence, for those
    who do not see it. state: over the figure, why it is not whole. foot: below it; None: the card
    has no foot.
    """

    head: Any
    summary: str
    state: Any = ""
    foot: Any = None


@dataclass(frozen=True, eq=False)
class Card:
    """One card of the page: a panel, the compared runs, and the run that the card is of (None: all
    of them).
    """

    key: str
    panel: Panel
    comparison: Comparison
    of: ComparedRun | None = None

    @property
    def name(self) -> str:
        """Its name in ids and scripts: scene-0, joint."""
        return self.key if self.of is None else f"{self.key}-{self.of.slot}"

    @property
    def run(self) -> ComparedRun:
        """The run of a card that is of one run."""
        assert self.of is not None, f"the card {self.name} is of all runs"
        return self.of

    @property
    def runs(self) -> tuple[ComparedRun, ...]:
        """The runs that the card shows."""
        return self.comparison.runs if self.of is None else (self.of,)

    @property
    def view(self) -> View:
        """What a person chose to see."""
        return self.comparison.view

    @property
    def spoken(self) -> str:
        """The card's name for those who do not see it: Embedding of Good."""
        return self.panel.title + ("" if self.of is None else f" of {self.of.label}")

    @property
    def area(self) -> str:
        """Where it stands, as the CSS property grid-area takes it."""
        return self.panel.area.format(slot="" if self.of is None else self.of.slot)


def needs_nothing(view: View) -> tuple[Need, ...]:
    """Of a panel that is drawn from the snapshots' columns alone."""
    return ()


def never(view: View) -> bool:
    """Of a panel whose cards have axes of their own."""
    return False


def no_note(comparison: Comparison) -> str:
    """Of a panel that has nothing to say once for all its cards."""
    return ""


def heading(card: Card) -> list[Any]:
    """The run's mark, where the card is of one run, and the panel's title."""
    title = html.H2(card.panel.short or card.panel.title)
    return [title] if card.of is None else [mark(card.of.look), title]


@dataclass(frozen=True)
class Panel:
    """One panel.

    title: its full name. short: the title on its card. per: a card for each "run", one card of
    "all" runs, or one where there are "several". area: its place, CSS grid-area: a name of the
    templates in assets/explore.css ("{slot}" stands for the run's slot), or BELOW.

    draw: the figure, None where there is nothing to draw; its layout.meta is a
    figures.figure_meta.FigureMeta. captions, twin: its words, and its table. table: instead of
    draw and twin, the content of a card that is a table itself.

    needs: stored results of a run that it is made of. study_needs: those of the study of the runs.
    controls: what of the view changes it (names in choice.SHOWN). common: whether its axes are
    common to all runs, so that a new result of any run changes it. spatial: it shows an embedding,
    and can be zoomed. heading: what stands for the title. note: what is said once for all its
    cards. unfiltered: the filters of the rail do not act on it; its cards say so while one is set.
    coloured: the page gives its snapshots another colour without the server (assets/recolour.js),
    and its words are the same in all of them.
    """

    title: str
    per: Literal["run", "several", "all"]
    area: str
    captions: Callable[[Card], Captions]
    draw: Callable[[Card], go.Figure | None] | None = None
    twin: Callable[[Card], Any] | None = None
    table: Callable[[Card], list[Any]] | None = None
    needs: Callable[[View], tuple[Need, ...]] = needs_nothing
    study_needs: Callable[[View], tuple[Need, ...]] = needs_nothing
    controls: tuple[str, ...] = ()
    short: str = ""
    common: Callable[[View], bool] = never
    spatial: bool = False
    heading: Callable[[Card], list[Any]] = heading
    note: Callable[[Comparison], str] = no_note
    unfiltered: bool = False
    coloured: bool = False
