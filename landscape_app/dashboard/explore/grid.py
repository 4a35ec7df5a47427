"""The main grid: a column a run (scene above its diagrams), one for all together, curves and
measures below.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.launch_requests import UNTIL_DRAWN
from landscape_app.dashboard.common.run_mark import mark
from landscape_app.dashboard.explore import (
    drawing,
    ids,
    measures,
    on_demand,
    panels,
    topology,
    words,
)
from landscape_app.dashboard.explore.reading import Compared, ComparedRun
from landscape_app.figures import curves
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.joint import space
from landscape_app.figures.view import PARTS
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.records.rows import count

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
    """All cards with their figures; the number of runs decides the arrangement
    (assets/explore.css).
    """
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
            html.Div(
                [
                    html.Div(id="explore-measures-table"),  # filled by assets/measures.js
                    html.Div(
                        said["measures-foot"],
                        id=ids.words("measures-foot"),
                        className="ls-measures-foot",
                    ),
                ],
                className="ls-view-body ls-scroll",
            ),
        ],
        className="ls-card ls-view",
        id="card-measures",
        **{"aria-label": "Measures", "data-view": "measures"},
    )
    note = html.P(said["note"], id=ids.NOTE, className="ls-note")
    part = dcc.Input(id=ids.PART, type="hidden", value=compared.view.part)
    return html.Div([*cards, table, note, part], className=f"ls-grid ls-grid-{len(compared.shown)}")


def _card(name: str, compared: Compared, figure: Any, said: dict[str, Any]) -> Any:
    title = _title(name, compared)
    spatial = panels.of(name).spatial
    body = [
        dcc.Graph(
            id=ids.graph(name),
            figure=figure,
            config=CONFIG if spatial else STILL,
            responsive=True,
            className="ls-graph",
        ),
        html.Div(said[f"{name}-state"], id=ids.words(f"{name}-state"), className="ls-state"),
        html.Div(id=ids.twin(name), className="ls-twin"),
    ]
    head = [
        html.Div(title, className="ls-view-title"),
        html.Span(said[f"{name}-head"], id=ids.words(f"{name}-head"), className="ls-view-words"),
        html.Button(
            "▤",
            id=ids.twin_open(name),
            className="ls-quiet",
            type="button",
            title="Show as a table",
            **{"aria-label": "Show as a table"},
        ),
    ]
    footed = f"{name}-foot" in said
    foot = (
        [html.Div(said[f"{name}-foot"], id=ids.words(f"{name}-foot"), className="ls-view-foot")]
        if footed
        else []
    )
    summary = html.P(
        said[f"{name}-summary"], id=ids.words(f"{name}-summary"), className="ls-unseen"
    )
    return html.Section(
        [
            html.Div(head, className="ls-view-head"),
            html.Div(body, className="ls-view-body"),
            *foot,
            summary,
        ],
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
        return [mark(int(slot)), _switch(compared)]
    return [html.H2("All together" if kind == "joint" else "Retraining")]


def _switch(compared: Compared) -> Any:
    """What the card shows: all cards of topology change together, so that runs stay comparable
    (assets/switch.js).
    """
    buttons = [
        html.Button(
            label,
            type="button",
            **{"data-part": name, "aria-pressed": str(name == compared.view.part).lower()},
        )
        for name, label in PARTS.items()
    ]
    return html.Div(
        buttons, className="ls-switch", role="group", **{"aria-label": "What this card shows"}
    )


def _spoken(name: str, compared: Compared) -> str:
    _, _, slot = name.partition("-")
    return panels.of(name).title + (f" of {compared.shown[int(slot)].label}" if slot else "")


def captions(compared: Compared) -> dict[str, Any]:
    """{"scene-0-head": …, "-foot", "-state", "-summary" of every figure, "note"}: all words that
    change with what is drawn.
    """
    said: dict[str, Any] = {}
    for one in compared.shown:
        scene, pair = f"scene-{one.slot}", f"diagrams-{one.slot}"
        said[f"{scene}-head"] = " · ".join(
            part for part in (_regime(one), words.generalization(one)) if part
        )
        foot = _foot(
            words.quality(one.embedding), [*words.caveats(one)], words.where(one, compared.view)
        )
        said[f"{scene}-foot"] = [*foot, *_again(one)]
        said[f"{scene}-state"] = _state(one, compared)
        said[f"{scene}-summary"] = words.summary(one, compared)
        said |= {f"{pair}-{part}": text for part, text in topology.captions(one, compared).items()}
    if len(compared.shown) > 1:
        said |= _together(compared)
    score = COLOURS[curves.score(compared.view)].label
    said["curves-head"] = (
        f"{score} of {curves.count(compared.subjects)} trajectories; epoch 0 is the jump"
    )
    said["curves-state"] = "" if compared.subjects else _message("No snapshot yet.")
    said["curves-summary"] = (
        f"{score} against retraining epoch, a line a trajectory, for"
        f" {', '.join(one.label for one in compared.shown)}."
    )
    said["measures-foot"] = _curvature(compared)
    said["note"] = _note(compared)
    return said


def _note(compared: Compared) -> list[Any]:
    said = words.reading(compared)
    return [
        html.Span(said, title=said),
        html.Span(topology.note(compared), className="ls-note-right"),
    ]


def _regime(one: ComparedRun) -> str:
    return "" if one.spec is None or one.spec.regime in one.label.lower() else one.spec.regime


def _foot(quality: list[str], caveats: list[str], where: str = "") -> list[Any]:
    meant = [html.Span(where, className="ls-where")] if where else []
    return [
        *(html.Span(part) for part in quality),
        *meant,
        *(html.Span(text, className="ls-caveat") for text in caveats),
    ]


def _again(one: ComparedRun) -> list[Any]:
    """The button that makes what is damaged again; none while a job is at work, or where no job
    could.
    """
    if not one.damage or one.job or (one.damage.sample and (one.given or one.damage.final)):
        return []
    name, label = ("resume", "Resume") if one.damage.sample else ("analyse", "Analyse again")
    return [
        dmc.Button(
            label,
            id=shell.action(name, one.id, "explore"),
            size="compact-xs",
            **{"aria-label": f"{label} {one.id}"},
        )
    ]


def _state(one: ComparedRun, compared: Compared) -> Any:
    """Over the scene: nothing where it is whole, a badge where it is not, words where there is
    none.
    """
    if one.state == "unusable":
        return _message(
            one.problem or "This run cannot be shown.",
            dcc.Link("See Jobs", href=f"/jobs?show={one.id}"),
        )
    if one.state == "waiting":
        return _message(
            words.progress(one).capitalize() + ".",
            dcc.Link("See Jobs", href=f"/jobs?show={one.id}"),
        )
    if one.state == "ready":
        return ""
    if one.state == "uncomputed":
        return _uncomputed(f"scene-{one.slot}", compared)
    offer = (
        [_compare("Analyse")]
        if len(compared.shown) == 1 and one.state == "unanalysed" and not one.job
        else []
    )
    bar = (
        html.Span(
            html.Span(style={"width": f"{100 * one.done / max(one.total, 1):.0f}%"}),
            className="ls-tiny-bar",
        )
        if one.state == "sampling"
        else None
    )
    return html.Div(
        [html.Span(words.progress(one)), bar, *offer],
        className="ls-badge-line",
        **{"data-state": one.state},
    )


def _together(compared: Compared) -> dict[str, Any]:
    joint = compared.joint
    where = words.space(space(compared.view))
    said: dict[str, Any] = {
        "joint-head": "",
        "joint-state": _joint_state(compared),
        "joint-foot": "",
    }
    said["joint-summary"] = "The compared runs have no joint embedding yet."
    if joint is not None and drawing.drawable(compared):
        others = [
            run for run in joint.meta["runs"] if run not in {one.id for one in compared.shown}
        ]
        caveats = [f"Embedded together with {', '.join(others)}."] if others else []
        thinned = int(joint.meta.get("thinned") or 1)
        caveats += [f"Of every trajectory one epoch in {thinned} is drawn."] if thinned > 1 else []
        lost = [f"{count(one.lost)} of {one.label}" for one in compared.shown if one.lost]
        caveats += [f"Damaged or missing, not drawn: {', '.join(lost)}."] if lost else []
        caveats += [words.ARBITRARY] if (joint.meta.get("components") or 1) > 1 else []
        said["joint-foot"] = _foot(words.quality(joint.meta), caveats, f"distance = {where}")
        names = ", ".join(one.label for one in compared.shown)
        said["joint-summary"] = (
            f"{names} in one embedding by {where}. {', '.join(words.quality(joint.meta))}"
        )
    return said


def _joint_state(compared: Compared) -> Any:
    joint = compared.joint
    if joint is not None and joint.meta.get("refused"):
        return _message(str(joint.meta["refused"]))
    gone = [one.label for one in compared.shown if one.state == "unusable"]
    if joint is not None and gone:
        return html.Div(
            html.Span(f"without {', '.join(gone)}, which cannot be read"), className="ls-badge-line"
        )
    if joint is not None and compared.joint_stale:
        return html.Div(
            [html.Span("made from other snapshots"), _compare("Compare again")],
            className="ls-badge-line",
        )
    if joint is not None:
        return ""
    sampled = all(one.state in ("ready", "unanalysed", "uncomputed") for one in compared.shown)
    if compared.analysed and sampled:
        return _uncomputed("joint", compared)
    if compared.working and sampled:
        return _message("The runs are being analysed and embedded together.")
    if compared.working or any(one.state in ("sampling", "waiting") for one in compared.shown):
        return _message("The runs are embedded together when all of them are sampled.")
    if any(one.state == "unusable" for one in compared.shown):
        return _message("Only runs that can be read are embedded together.")
    return _message(
        "These runs have not been compared: no joint embedding, and each may have its own t.",
        _compare("Compare these"),
    )


def _uncomputed(name: str, compared: Compared) -> Any:
    """In place of a picture by a method or distance that nobody has computed: what a job does, or
    the one button that starts it.
    """
    what = on_demand.name(compared) + (" of all together" if name == "joint" else "")
    if why := on_demand.impossible(compared.view):
        return _message(why)
    if compared.work is not None:
        doing = (
            f"{what} is being computed."
            if compared.study
            else f"{what} has not been computed yet; a job is at work on this run."
        )
        return _message(doing, html.P(_steps(compared.work), className="ls-small"), role="status")
    if on_demand.card(compared) != name:
        return _message(f"{what} has not been computed.")
    failed = (
        [html.P(f"Last job: {compared.failed}", className="ls-small ls-caveat")]
        if compared.failed
        else []
    )
    runs = "these runs" if len(compared.shown) > 1 else "this run"
    button = dmc.Button("Compute", id=ids.COMPUTE, size="compact-sm", className=UNTIL_DRAWN)
    about = html.P(
        f"Takes about {on_demand.about(on_demand.seconds(compared))} on one core.",
        className="ls-small",
    )
    return _message(
        f"{on_demand.name(compared)} of {runs} has not been computed.", *failed, button, about
    )


def _steps(job: JobState) -> str:
    if job.state == "queued":
        return "Waits for its turn."
    return f"{job.phase}, {job.done} of {job.total}" if job.total else job.phase


def _message(text: str, *doing: Any, **how: Any) -> Any:
    return html.Div([html.P(text), *doing], className="ls-message", **how)


def _compare(label: str) -> Any:
    return dmc.Button(label, id=ids.COMPARE, size="compact-xs", className=UNTIL_DRAWN)


def _curvature(compared: Compared) -> list[Any]:
    """Under the measures: the offer to compute what needs the network, or that a job is at it."""
    wanting = on_demand.without_curvature(compared)
    if not wanting:
        return []
    busy = [one.label for one in compared.shown if one.id in wanting and one.job in AT_WORK]
    if busy:
        return [html.Span(f"A job is at work on {', '.join(busy)}.")]
    lacking = [one.label for one in compared.shown if one.id in wanting]
    said = (
        "Sharpness, margins, barriers"
        if len(lacking) == len(compared.shown)
        else f"Not yet of {', '.join(lacking)}"
    )
    if all(one.curvature is not None for one in compared.shown):
        said = "Climbs of these bars: not checked"
    return [
        html.Span(said),
        dmc.Button(
            "Compute curvature",
            id=ids.CURVATURE,
            size="compact-xs",
            variant="default",
            className=UNTIL_DRAWN,
        ),
    ]
