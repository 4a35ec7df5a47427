"""A comparison or a study as one HTML file that needs nothing else: no server, no request.

It holds the page Explore: the same cards, words, tables and figures, drawn by the same code and
linked by the same scripts. What the page asks of its server is in the file, or left out: a report
shows the settings that it was made with. Below are the surfaces, the study, the settings of the
runs and where everything comes from.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from landscape_app.dashboard.appearance import FLAT
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.explore import cards, details, grid, ids, measures, stores
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.header import legend
from landscape_app.dashboard.export import opened, report_files, report_more
from landscape_app.dashboard.export.data import provenance
from landscape_app.dashboard.export.report_rail import report_rail
from landscape_app.dashboard.export.shown_snapshots import ALL, ShownSnapshots
from landscape_app.dashboard.export.static_html import element, html_of, identity
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.figures.palette import Scheme
from landscape_app.figures.view import PARTS, View
from landscape_app.number_text import percent

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " img-src data: blob:; font-src data:"
)
HINT = "Click a point, a bar, a curve or a row: it lights up in every view. Esc clears."
DIGITS = 7  # of the numbers in the file
TICKS = "rips0"  # bars of which there is one a snapshot: a script says their numbers


@dataclass(frozen=True)
class ReportState:
    """What a reader sees first. camera: of the scenes, as plotly has it. pick: what is picked, as
    the page's store has it. shown: the filters. pick_left: what was picked is too large to be
    taken along.
    """

    scheme: Scheme = "light"
    camera: Mapping[str, Any] | None = None
    pick: Mapping[str, Any] | None = None
    shown: ShownSnapshots = ALL
    pick_left: bool = False


AS_IT_OPENS = ReportState()


def report(
    context: Context, asked: Sequence[str], view: View, state: ReportState = AS_IT_OPENS
) -> str:
    """The HTML file of the runs or studies `asked`. Of more runs than the page shows beside each
    other it has the first ones, and names the others. Raises what opened.members raises.
    """
    runs, left = shown_runs(context, asked)
    comparison = opened.compared(context, runs, replace(view, scheme="light"))
    studies = [id for id in asked if (entry := context.board.find(id)) and entry.runs]
    more = [report_more.surfaces(context, runs)]
    more += [report_more.study(context, id) for id in studies]
    figures = cards.figures(comparison) | {
        name: figure for _, drawn in more for name, figure in drawn.items()
    }
    below = [
        *(text for text, _ in more),
        report_more.settings(comparison),
        report_more.origin(provenance(comparison, state.shown), left),
    ]
    flat = opened.compared(context, runs, replace(view, scheme="light", dims=2))
    title = f"Landscape: {', '.join(asked)}"
    return _document(
        title,
        _header(comparison, left)
        + element("main", {"class": "ls-page", "id": "page"}, _explore(comparison, state))
        + element("div", {"class": "ls-report-more"}, "".join(below)),
        _data(comparison, figures, state) | {"flat": _flat(flat)},
    )


def shown_runs(context: Context, asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """(the runs that the report shows, those that are left out)."""
    named: dict[str, None] = {}
    for id in asked:
        entry = context.board.find(id)
        named.update(dict.fromkeys(entry.runs if entry is not None and entry.runs else (id,)))
    runs = list(named)
    return runs[:MOST_COMPARED], runs[MOST_COMPARED:]


def _document(title: str, body: str, data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c")  # no tag may end the script that holds the data
    scripts = [get_plotlyjs(), *report_files.scripts()]
    return "".join(
        [
            '<!doctype html><html lang="en" data-mantine-color-scheme="light"><head>',
            element("meta", {"charset": "utf-8"}),
            element("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
            element("meta", {"name": "viewport", "content": "width=device-width"}),
            element("title", {}, escape(title)),
            element("style", {}, report_files.styles()),
            "</head><body>",
            body,
            element("script", {"type": "application/json", "id": "report-data"}, text),
            *(element("script", {}, script) for script in scripts),
            "</body></html>",
        ]
    )


def _header(comparison: Comparison, left: Sequence[str]) -> str:
    chips = [
        element(
            "span",
            {"class": "ls-chip", "title": run.id},
            html_of(mark(run.look)) + _named_run(run.label, run.id),
        )
        for run in comparison.runs
    ]
    note = f"{len(left)} more left out" if left else ""
    scheme = {"id": "report-scheme", "type": "button", "aria-label": "Light or dark"}
    bar = [
        element("span", {"class": "ls-brand"}, element("span", {"class": "ls-brand-mark"})),
        element("div", {"class": "ls-chips"}, "".join(chips)),
        element("span", {"class": "ls-muted ls-small", "title": ", ".join(left)}, note),
        element("div", {"class": "ls-grow"}),
        element("div", {"class": "ls-legend"}, html_of(legend(comparison))),
        element("button", scheme, "◐"),
    ]
    return element("header", {"class": "ls-header"}, "".join(bar))


def _named_run(label: str, id: str) -> str:
    """The label and the id of a run; the id alone where it says the label too."""
    if id.endswith(label):
        return element("span", {"class": "ls-chip-name"}, escape(id))
    named = element("span", {"class": "ls-chip-name"}, escape(label))
    return named + element("span", {"class": "ls-muted"}, escape(id))


def _explore(comparison: Comparison, state: ReportState) -> str:
    shown = html_of(grid.grid(comparison, graphs=True))
    main = element("div", {"id": ids.MAIN, "class": "ls-main"}, shown)
    rail = report_rail(comparison, pick_left=state.pick_left)
    return element("div", {"class": "ls-explore", "id": "explore"}, rail + main)


def _data(
    comparison: Comparison, figures: Mapping[str, go.Figure], state: ReportState
) -> dict[str, Any]:
    """What static/report.js reads."""
    spatial = [card.name for card in cards.cards(comparison) if card.panel.spatial]
    parts = {part: _part(comparison, part, state) for part in PARTS}
    drawn = [figure for part in parts.values() for figure in part["figures"].values()]
    data: dict[str, Any] = _finite(
        {
            "figures": {name: _plain(figure, state) for name, figure in figures.items()},
            "spatial": dict.fromkeys(spatial, True),
            "config": grid.STILL,
            "parts": parts,
            "bars": _bars(comparison, drawn),
            "twins": _twins(comparison),
            "measures": measures.table(comparison),
            "known": stores.known(comparison),
            "distance": comparison.view.distance,
            "columns": {subject.run: _columns(subject.columns) for subject in comparison.subjects},
            "scores": [[name, label, show is percent] for name, label, show in details.SCORES],
            "details": ids.DETAILS,
            "hint": HINT,
            "scheme": state.scheme,
            "pick": state.pick,
            "filters": None if state.shown == ALL else _listed(state.shown),
        }
    )
    return data


def _flat(comparison: Comparison) -> dict[str, Any]:
    """What a browser without WebGL shows: the embeddings in the plane, and why. A relief that
    would stand beside its contours is left out.
    """
    names = [card.name for card in cards.cards(comparison) if card.panel.spatial]
    figures = cards.figures(comparison, names)
    plain = {name: _plain(figure, AS_IT_OPENS) for name, figure in figures.items()}
    return {"figures": _finite(plain), "why": FLAT}


def _plain(figure: go.Figure, state: ReportState) -> Any:
    """A figure as plain values; the camera as a reader shall see it first."""
    plain = json.loads(figure.to_json())
    if state.camera is not None and "camera" in plain["layout"].get("scene", {}):
        plain["layout"]["scene"]["camera"] = dict(state.camera)
    return plain


def _part(comparison: Comparison, part: str, state: ReportState) -> dict[str, Any]:
    """What the switch on the cards changes: figures, words, and tables in place of figures."""
    shown = replace(comparison, view=replace(comparison.view, part=part))
    names = [card.name for card in cards.cards(shown) if "part" in card.panel.controls]
    words = {
        name: text
        for name, text in cards.captions(shown).items()
        if name.rpartition("-")[0] in names
    }
    return {
        "figures": {
            name: _plain(drawn, state) for name, drawn in cards.figures(shown, names).items()
        },
        "words": {identity(ids.words(name)): html_of(text) for name, text in words.items()}
        | {ids.NOTE: html_of(cards.captions(shown)["note"])},
        "twins": {name: html_of(cards.twin(name, shown)) for name in names},
    }


def _bars(comparison: Comparison, figures: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """{"RUN KIND BAR": what the page says of the bar that is picked}."""
    metas = [figure["layout"].get("meta") or {} for figure in figures]
    picks: dict[str, stores.Pick] = {
        f"{meta['runs'][0]} {group['kind']} {bar}": {
            "kind": group["kind"],
            "run": meta["runs"][0],
            "bar": bar,
        }
        for meta in metas
        for group in meta.get("bars", ())
        if group["kind"] != TICKS
        for bar in group["bar"]
    }
    return {name: html_of(details.details(pick, comparison)) for name, pick in picks.items()}


def _twins(comparison: Comparison) -> dict[str, str]:
    """{card: the table in place of its figure}."""
    return {
        card.name: html_of(cards.twin(card.name, comparison))
        for card in cards.cards(comparison)
        if card.panel.twin is not None
    }


def _columns(columns: Mapping[str, Any]) -> dict[str, list[Any]]:
    names = ("row", *(name for name, *_ in details.SCORES))
    return {name: columns[name].tolist() for name in names}


def _listed(shown: ShownSnapshots) -> dict[str, Any]:
    return {name: None if value is None else sorted(value) for name, value in asdict(shown).items()}


def _finite(value: Any) -> Any:
    """`value` with short numbers, and None for what is not finite."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
