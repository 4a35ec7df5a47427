"""The figures of a page of Explore, card by card: one answer that goes on, with a line of JSON for
each card as soon as it is drawn. assets/cards.js asks for it when the page is there.

The query has the words of the page's address, the token of the comparison that the page shows, and
the names of cards.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Hashable, Iterable, Iterator
from functools import partial

from dash import Dash
from flask import Response, abort, request
from plotly.io.json import to_json_plotly

from landscape_app.dashboard.appearance import flat, scheme
from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.readings import Readings
from landscape_app.dashboard.explore import cards, choice, grid
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.compared import compared
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.errors import LandscapeError

PATH = "/figures"
LEVEL, GZIP = 4, 16 + zlib.MAX_WBITS  # as quick as the figures are drawn
# drawn cards that are kept for all who look at the same: how many, and bytes together
MOST_KEPT, LARGEST_KEPT = 500, 32 * 2**20
Line = tuple[str, bool]  # its text, and whether the figure could be drawn


def register(app: Dash, context: Context) -> None:
    """Add the route to the server of `app`."""
    drawn = Readings(MOST_KEPT, lambda line: len(line[0]), LARGEST_KEPT)
    app.server.add_url_rule(PATH, "figures", partial(_answer, context, drawn))


def address(comparison: Comparison) -> str:
    """Where the figures of this comparison are."""
    return addresses.at(f"{PATH}?{query(comparison)}")


def query(comparison: Comparison) -> str:
    """What `asked` finds this comparison by."""
    runs = tuple(run.id for run in comparison.runs)
    return f"{ExploreChoice(runs, comparison.view).query()}&token={comparison.token}"


def lines(
    comparison: Comparison, names: Collection[str], drawn: Readings | None = None
) -> Iterator[str]:
    """{"name", "children"} of each card in `names` as JSON: what stands in the place of its figure.
    The largest card first. Those in space are last: a browser draws them again with all that comes
    after them.

    drawn: lines that are there. Two who ask for the same at once have it drawn once.
    """
    first, shared = grid.seen_first(comparison), drawn or Readings()
    stamps, shown = cards.stamps(comparison), _shown(comparison)
    for card in sorted(
        cards.cards(comparison), key=lambda card: (_in_space(card), card.name != first)
    ):
        if card.panel.draw is not None and card.name in names:
            key = (card.name, stamps[card.name], shown)
            line: Line = shared.get(key, partial(_line, card), keep=lambda made: made[1])
            yield line[0]


def _shown(comparison: Comparison) -> Hashable:
    """What decides a picture beside what it is made of (cards.stamps)."""
    return comparison.view, tuple((run.id, run.look, run.label) for run in comparison.runs)


def _in_space(card: Card) -> bool:
    dims = {"dims", "joint_dims"} & set(card.panel.controls)
    return card.panel.spatial and any(getattr(card.view, name) == 3 for name in dims)


def _line(card: Card) -> Line:
    figure, fault = cards.picture(card)
    children = grid.failed(fault) if fault else grid.graph(card, figure)
    return f"{to_json_plotly({'name': card.name, 'children': children})}\n", not fault


def asked(context: Context) -> Comparison | Response:
    """The comparison that the request names, or what is answered to one that names none."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403, description="Requests from other sites are refused.")
    try:
        sound = choice.sound(request.args)[0]
        chosen = choice.of_query(sound, context.board, scheme(), flat=flat())
        return compared(context, chosen, request.args.get("token", ""))
    except LandscapeError as error:
        return Response(str(error), status=422, mimetype="text/plain")


def _answer(context: Context, drawn: Readings) -> Response:
    comparison = asked(context)
    if isinstance(comparison, Response):
        return comparison
    names = request.args.get("cards", "").split(",")
    return answer(lines(comparison, names, drawn), "application/x-ndjson")


def answer(text: Iterable[str], kind: str) -> Response:
    """What is sent piece by piece, packed where the browser takes that. kind: its MIME type."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if not request.accept_encodings["gzip"]:
        return Response(text, mimetype=kind, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(packed(text), mimetype=kind, headers=headers)


def packed(text: Iterable[str]) -> Iterator[bytes]:
    """gzip of the lines, each of which can be read before the next one is there."""
    packer = zlib.compressobj(LEVEL, wbits=GZIP)
    for line in text:
        yield packer.compress(line.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
