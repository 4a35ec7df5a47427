"""The main grid: a column a run (scene above its diagrams), one for all together, curves and measures below."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.explore import drawing, ids, measures, panels, words
from landscape_app.dashboard.explore.header import mark
from landscape_app.dashboard.explore.reading import Compared, Shown
from landscape_app.figures import curves
from landscape_app.figures.colours import COLOURS
from landscape_app.registries import FILTRATIONS

CONFIG = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "doubleClick": False,
    "scrollZoom": True,
}
STILL = {**CONFIG, "scrollZoom": False}


def grid(compared: Compared) -> Any:
    """All cards with their figures; the number of runs decides the arrangement (assets/explore.css)."""
    drawn = drawing.figures(compared, drawing.names(compared))
    said = captions(compared)
    cards = [_card(name, compared, drawn[name], said) for name in drawing.names(compared)]
    table = html.Section(
        [
            html.Div(
                [html.H2("Measures"), html.Span("definitions on hover", className="ls-view-words")],
                className="ls-view-head",
            ),
            dcc.Store(id=ids.MEASURES, data=measures.table(compared)),
            html.Div(id="explore-measures-table", className="ls-view-body ls-scroll"),  # filled by assets/measures.js
        ],
        className="ls-card ls-view",
        id="card-measures",
        **{"aria-label": "Measures", "data-view": "measures"},
    )
    note = html.P(said["note"], id=ids.NOTE, className="ls-note")
    return html.Div([*cards, table, note], className=f"ls-grid ls-grid-{len(compared.shown)}")


def _card(name: str, compared: Compared, figure: Any, said: dict[str, Any]) -> Any:
    title = _title(name, compared)
    spatial = panels.of(name).spatial
    body = [
        dcc.Graph(id=ids.graph(name), figure=figure, config=CONFIG if spatial else STILL, responsive=True, className="ls-graph"),
        html.Div(said[f"{name}-state"], id=ids.words(f"{name}-state"), className="ls-state"),
        html.Div(id=ids.twin(name), className="ls-twin"),
    ]
    head = [
        html.Div(title, className="ls-view-title"),
        html.Span(said[f"{name}-head"], id=ids.words(f"{name}-head"), className="ls-view-words"),
        html.Button(
            "▤", id=ids.twin_open(name), className="ls-quiet", type="button", title="Show as a table", **{"aria-label": "Show as a table"}
        ),
    ]
    foot = [html.Div(said[f"{name}-foot"], id=ids.words(f"{name}-foot"), className="ls-view-foot")] if spatial else []
    summary = html.P(said[f"{name}-summary"], id=ids.words(f"{name}-summary"), className="ls-unseen")
    return html.Section(
        [html.Div(head, className="ls-view-head"), html.Div(body, className="ls-view-body"), *foot, summary],
        className=f"ls-card ls-view ls-view-{name.partition('-')[0]}",
        id=f"card-{name}",
        role="figure",
        **{"aria-label": _spoken(name, compared), "data-view": name},
    )


def _title(name: str, compared: Compared) -> list[Any]:
    kind, _, slot = name.partition("-")
    if kind == "scene":
        one = compared.shown[int(slot)]
        return [mark(one.slot), html.H2(one.label, title=one.id)]
    if kind == "diagrams":
        return [mark(int(slot)), html.H2("Persistence")]
    return [html.H2("All together" if kind == "joint" else "Retraining")]


def _spoken(name: str, compared: Compared) -> str:
    _, _, slot = name.partition("-")
    return panels.of(name).title + (f" of {compared.shown[int(slot)].label}" if slot else "")


def captions(compared: Compared) -> dict[str, Any]:
    """{"scene-0-head": …, "-foot", "-state", "-summary" of every figure, "note"}: all words that change with what is drawn."""
    said: dict[str, Any] = {}
    for one in compared.shown:
        scene, pair = f"scene-{one.slot}", f"diagrams-{one.slot}"
        said[f"{scene}-head"] = " · ".join(part for part in (_regime(one), words.generalization(one)) if part)
        said[f"{scene}-foot"] = _foot(words.quality(one.embedding), words.caveats(one))
        said[f"{scene}-state"] = _state(one, compared)
        said[f"{scene}-summary"] = words.summary(one, compared)
        said[f"{pair}-head"] = "sublevel H₀ · Rips H₀, H₁"
        said[f"{pair}-state"] = "" if one.subject is not None and {"sublevel", "rips"} <= set(one.subject.results) else _missing(one)
        said[f"{pair}-summary"] = _bars(one, compared)
    if len(compared.shown) > 1:
        said |= _together(compared)
    score = COLOURS[curves.score(compared.view)].label
    said["curves-head"] = f"{score} of {curves.count(compared.subjects)} trajectories; epoch 0 is the jump"
    said["curves-state"] = "" if compared.subjects else _message("No snapshot yet.")
    said["curves-summary"] = f"{score} against retraining epoch, a line a trajectory, for {', '.join(one.label for one in compared.shown)}."
    said["note"] = _note(compared)
    return said


def _note(compared: Compared) -> list[Any]:
    apart = words.different_t(compared)
    rips = "H₁ is not tested for significance."
    pieces = any((one.embedding.get("components") or 1) > 1 for one in compared.shown)
    return [html.Span(apart or (words.PIECES if pieces else words.PROTOCOL)), html.Span(rips, className="ls-note-right")]


def _regime(one: Shown) -> str:
    return "" if one.spec is None or one.spec.regime in one.label.lower() else one.spec.regime


def _foot(quality: list[str], caveats: list[str]) -> list[Any]:
    return [*(html.Span(part) for part in quality), *(html.Span(text, className="ls-caveat") for text in caveats)]


def _state(one: Shown, compared: Compared) -> Any:
    """Over the scene: nothing where it is whole, a badge where it is not, words where there is none."""
    if one.state == "unusable":
        return _message(one.problem or "This run cannot be shown.", dcc.Link("See Jobs", href=f"/jobs?show={one.id}"))
    if one.state == "waiting":
        return _message(words.progress(one).capitalize() + ".", dcc.Link("See Jobs", href=f"/jobs?show={one.id}"))
    if one.state == "ready":
        return ""
    offer = [_compare("Analyse")] if len(compared.shown) == 1 and one.state == "unanalysed" and not one.job else []
    bar = (
        html.Span(html.Span(style={"width": f"{100 * one.done / max(one.total, 1):.0f}%"}), className="ls-tiny-bar")
        if one.state == "sampling"
        else None
    )
    return html.Div([html.Span(words.progress(one)), bar, *offer], className="ls-badge-line", **{"data-state": one.state})


def _together(compared: Compared) -> dict[str, Any]:
    joint = compared.joint
    said: dict[str, Any] = {"joint-head": "softmax distance", "joint-state": _joint_state(compared), "joint-foot": ""}
    said["joint-summary"] = "The compared runs have no joint embedding yet."
    if joint is not None and drawing.drawable(compared):
        others = [run for run in joint.meta["runs"] if run not in {one.id for one in compared.shown}]
        caveats = [f"Embedded together with {', '.join(others)}."] if others else []
        caveats += [words.ARBITRARY] if (joint.meta.get("components") or 1) > 1 else []
        said["joint-foot"] = _foot([*words.quality(joint.meta), "distance = softmax on the probe set"], caveats)
        names = ", ".join(one.label for one in compared.shown)
        said["joint-summary"] = (
            f"{names} in one embedding by what the networks answer on the probe set. {', '.join(words.quality(joint.meta))}"
        )
    return said


def _joint_state(compared: Compared) -> Any:
    joint = compared.joint
    if joint is not None and joint.meta.get("refused"):
        return _message(str(joint.meta["refused"]))
    if joint is not None and compared.joint_stale:
        return html.Div([html.Span("made from other snapshots"), _compare("Compare again")], className="ls-badge-line")
    if joint is not None:
        return ""
    sampled = all(one.state in ("ready", "unanalysed") for one in compared.shown)
    if compared.working and sampled:
        return _message("The runs are being analysed and embedded together.")
    if compared.working or any(one.state in ("sampling", "waiting") for one in compared.shown):
        return _message("The runs are embedded together when all of them are sampled.")
    if any(one.state == "unusable" for one in compared.shown):
        return _message("Only runs that can be read are embedded together.")
    return _message("These runs have not been compared: no joint embedding, and each may have its own t.", _compare("Compare these"))


def _missing(one: Shown) -> Any:
    if one.state == "unusable":
        return _message("Cannot be read.")
    if one.state in ("waiting", "sampling") or one.job:
        return _message("Computed when all snapshots are there.")
    return _message("Not computed yet.")


def _message(text: str, *doing: Any) -> Any:
    return html.Div([html.P(text), *doing], className="ls-message")


def _compare(label: str) -> Any:
    return dmc.Button(label, id=ids.COMPARE, size="compact-xs")


def _bars(one: Shown, compared: Compared) -> str:
    if one.subject is None:
        return "No diagrams."
    sublevel = one.subject.results["sublevel"].meta if "sublevel" in one.subject.results else {}
    rips = one.subject.results["rips"].meta if "rips" in one.subject.results else {}
    label = FILTRATIONS[compared.view.filtration].label
    return (
        f"Sublevel persistence of {label}: {sublevel.get('bars', words.DASH)} finite bars, the longest {words.number(sublevel.get('longest'))}. "
        f"Rips: {rips.get('bars_h1', words.DASH)} loops, the longest {words.number(rips.get('longest_h1'))}, not tested for significance."
    )
