"""The samplings of a run on its card: the figure, what is sentences of it, what is missing and the
command that makes it, and the table.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.explore import messages
from landscape_app.dashboard.explore.comparison import ComparedRun
from landscape_app.dashboard.explore.panel import Captions, Card
from landscape_app.dashboard.explore.tables import table
from landscape_app.figures import clouds
from landscape_app.figures.view import ALL, JUMPS, SAMPLINGS
from landscape_app.number_text import number
from landscape_app.settings.sample import at_equal_cost
from landscape_app.store import commands

EQUAL_COST = "naive_equal_cost"
NOTE = (
    "The scenes show samplings, each embedded alone as in the paper, in the plane. Curves, return,"
    " topology and measures are of jump and retrain, and filters act on that alone."
)
OR = "or no picture of it, is stored. This makes both:"
SEVERAL = "No picture of a sampling is stored. These make them:"
WHERE = "PHATE as in the paper, cosine between weights"


def draw(card: Card) -> go.Figure | None:
    """The clouds that are stored; None where there is none."""
    subject = card.run.subject
    if subject is None or not clouds.kinds(subject, card.view):
        return None
    return clouds.draw(subject, card.view, card.comparison.scale)


def captions(card: Card, head: Any) -> Captions:
    """Which samplings are shown, of how many points, and what is missing. head: of the card."""
    subject, shown = card.run.subject, []
    if subject is not None:
        shown = clouds.kinds(subject, card.view)
    lacking = [_lacking(card.run, kind) for kind in _missing(card, shown)]
    told = [f"{SAMPLINGS[kind]}: {_told(card, kind)}" for kind in shown]
    sentences = [f"{what} {command}" for what, command in lacking]
    pictures = "; ".join(told) or "no sampling"
    return Captions(
        head=head,
        summary=f"{card.run.label}: {pictures}. {WHERE}. {' '.join(sentences)}",
        state=_state(lacking, _missing(card, shown) if shown else []),
        foot=messages.foot([], _pieces(card, shown), WHERE),
    )


def _state(lacking: list[tuple[str, str]], beside: list[str]) -> Any:
    """What is missing, and the commands that make it; beside: the kinds that are missing beside
    others that are shown. A card has room for a few lines, so several are said in one sentence.
    """
    if beside:
        named = ", ".join(f"no {SAMPLINGS[kind].lower()}" for kind in beside)
        sentences = [f"{what} {command}" for what, command in lacking]
        return messages.badge_line(messages.tip(named.capitalize(), *sentences))
    if not lacking:
        return ""
    what = lacking[0][0] if len(lacking) == 1 else SEVERAL
    return messages.message(what, *(html.Code(command) for _, command in lacking))


def twin(card: Card) -> list[Any]:
    """A row for each sampling: how many points, and their losses."""
    subject, rows = card.run.subject, []
    for kind in clouds.kinds(subject, card.view) if subject is not None else ():
        assert subject is not None
        columns = clouds.points(subject, kind).columns
        losses = [
            number(float(pick(columns[name])))
            for name in ("train_loss", "test_loss")
            for pick in (min, max)
        ]
        rows.append(_row([SAMPLINGS[kind], f"{len(columns['row']):,}", *losses]))
    names = ("sampling", "points", "train loss, least", "most", "test loss, least", "most")
    return [table("Samplings: the points with a place, and their losses", names, rows)]


def _row(cells: list[str]) -> Any:
    return html.Tr([html.Td(cell) for cell in cells])


def _missing(card: Card, shown: list[str]) -> list[str]:
    """Samplings that the view asks for and the run has no picture of; beside each other the one at
    equal cost is not expected.
    """
    asked = [kind for kind in card.view.clouds if kind not in shown]
    return [kind for kind in asked if card.view.sampling != ALL or kind != EQUAL_COST]


def _lacking(run: ComparedRun, kind: str) -> tuple[str, str]:
    """(what is missing, by name; the command that makes it)."""
    sample = commands.line("sample", run.id, run.damage.folder.parent)
    if kind == JUMPS:
        return "No picture of jump and retrain as in the paper is stored. This makes it:", sample
    if kind == EQUAL_COST:
        return f"No naive sampling at the cost of jump and retrain, {OR}", f"{sample}{_equal(run)}"
    return f"No {kind} sampling, {OR}", f"{sample} --kind {kind}"


def _equal(run: ComparedRun) -> str:
    """The flags of the naive sampling at equal cost."""
    rows = [int(run.facts.get(name) or 0) for name in ("train_rows", "test_rows")]
    if run.spec is None or not rows[0]:
        return " --kind naive"
    return f" --kind naive --directions {at_equal_cost(run.spec, rows[0] / sum(rows)).directions}"


def _told(card: Card, kind: str) -> str:
    subject = card.run.subject
    assert subject is not None
    stored = subject.results[clouds.key(kind)]
    return f"{len(stored.arrays['rows']):,} points, t = {stored.meta.get('t')}"


def _pieces(card: Card, shown: list[str]) -> list[str]:
    """What must not be believed of the pictures."""
    parts = {kind: card.run.meta(clouds.key(kind)).get("components") or 1 for kind in shown}
    several = [f"{SAMPLINGS[kind]} {count}" for kind, count in parts.items() if count > 1]
    if not several:
        return []
    return [f"Separate pieces: {', '.join(several)}. Where they lie to each other says nothing."]
