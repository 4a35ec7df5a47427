"""The embedding of one run: its trajectories in two or three dimensions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
import numpy as np
import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.run_view import mark, named
from landscape_app.dashboard.explore import (
    embedding_text,
    messages,
    on_demand,
    sampling_words,
    tables,
)
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.figures import clouds, scene, true_scale
from landscape_app.figures.view import Need, View
from landscape_app.number_text import number, percent
from landscape_app.registries import EMBEDDINGS

# what a job does to a run that is sampled and not analysed
ANALYSED = {
    "running": "being analysed",
    "queued": "waits to be analysed",
    "study": "sampled, analysis follows",
}


def needs(view: View) -> tuple[Need, ...]:
    """The embedding, and the pictures of the samplings that are shown."""
    return (*scene.needs(view), *clouds.needs(view))


def twin(card: Card) -> list[Any]:
    """The table of what is shown."""
    return sampling_words.twin(card) if card.view.clouds else tables.scene(card)


def draw(card: Card) -> go.Figure | None:
    """The stored embedding, or the provisional one (PCA) while there is none."""
    run, comparison = card.run, card.comparison
    if card.view.clouds:
        return sampling_words.draw(card)
    if run.subject is None or "embedding" not in run.subject.results:
        return None
    view = replace(card.view, method="pca") if run.provisional else card.view
    true = true_scale.on_one_scale(view) and not run.fallback
    reach = comparison.common(true_scale.reach).high if true else None
    return scene.draw(run.subject, view, comparison.scale, wide=comparison.wide, reach=reach)


def captions(card: Card) -> Captions:
    """Regime and gap; quality and caveats of the embedding; what the run is doing."""
    run = card.run
    head = " · ".join(part for part in (_regime(run), generalization(run)) if part)
    if card.view.clouds and run.subject is not None:
        return sampling_words.captions(card, head)
    verdict = embedding_text.verdict(run.embedding)
    if true_scale.on_one_scale(card.view) and not (run.fallback or run.provisional):
        verdict.append(html.Span("one scale for all"))
    foot = messages.foot(verdict, embedding_text.caveats(run), embedding_text.where(run))
    return Captions(
        head=head,
        summary=_summary(run, card.view),
        state=_state(card),
        foot=[*foot, *_again(run)],
    )


def heading(card: Card) -> list[Any]:
    """The run's mark and name."""
    return [mark(card.run.look), html.H2(named(card.run.label, card.run.id))]


def _regime(run: ComparedRun) -> str:
    return "" if run.spec is None or run.spec.regime in run.label.lower() else run.spec.regime


def _again(run: ComparedRun) -> list[Any]:
    """The button that makes what is damaged again, where a job could and none is at work."""
    if not run.damage or run.job or (run.damage.sample and (run.given or run.damage.final)):
        return []
    name, label = ("resume", "Resume") if run.damage.sample else ("analyse", "Analyse again")
    return [
        dmc.Button(
            label,
            id=shell.action(name, run.id, "explore"),
            size="compact-xs",
            **{"aria-label": f"{label} {run.id}"},
        )
    ]


def _state(card: Card) -> Any:
    """Over the scene: a badge where it is not whole, words where there is none."""
    run = card.run
    if run.state == "ready":
        return _in_weight_space(card) if run.fallback else ""
    if run.state == "uncomputed":
        return messages.uncomputed(card)
    if run.state in ("unusable", "waiting"):
        waits = f"{progress(run).capitalize()}."
        text = waits if run.state == "waiting" else run.problem or "This run cannot be shown."
        return messages.message(
            text, dcc.Link("See Jobs", href=addresses.at(f"/jobs?show={run.id}"))
        )
    alone = len(card.comparison.runs) == 1 and run.state == "unanalysed" and not run.job
    offer = [messages.compare_button("Analyse")] if alone else []
    bar = _progress_bar(run) if run.state == "sampling" else None
    return messages.badge_line(html.Span(progress(run)), bar, *offer, **{"data-state": run.state})


def _in_weight_space(card: Card) -> Any:
    """Why the scene is not in function space, and the button where an analysis would change it."""
    offer = [messages.compute_button()] if on_demand.offered(card.comparison, card.run) else []
    return messages.badge_line(
        html.Span(f"Weight space. {card.run.fallback}"), *offer, **{"data-state": "fallback"}
    )


def _progress_bar(run: ComparedRun) -> Any:
    done = {"width": f"{100 * run.done / max(run.total, 1):.0f}%"}
    return html.Span(html.Span(style=done), className="ls-tiny-bar")


def _summary(run: ComparedRun, view: View) -> str:
    """The scene in a sentence, for those who do not see it."""
    if run.subject is None:
        return f"{run.label}: {run.problem or progress(run)}."
    method = "PCA" if run.provisional else EMBEDDINGS[view.method].label
    trajectories = len(set(run.subject.columns["trajectory"].tolist()) - {-1})
    loss = run.subject.columns["train_loss"]
    finite = loss[np.isfinite(loss)]
    span = "no finite loss"
    if len(finite):
        span = f"train loss from {number(finite.min())} to {number(finite.max())}"
    losses = "; ".join(filter(None, (span, generalization(run))))
    return (
        f"{run.label}: {trajectories} retraining trajectories around the anchor, embedded by"
        f" {method} in {view.dims} dimensions; {losses}."
        f" {', '.join(embedding_text.quality(run.embedding))}"
    )


def generalization(run: ComparedRun) -> str:
    """gap 3.7 % · test 96.2 %, at the anchor."""
    if run.subject is None or not len(run.subject.rows) or run.subject.rows[0] != 0:
        return ""
    train, test = (
        float(run.subject.columns[name][0]) for name in ("train_accuracy", "test_accuracy")
    )
    if not (math.isfinite(train) and math.isfinite(test)):
        return f"test loss {number(run.subject.columns['test_loss'][0])}"
    return f"gap {percent(train - test)} · test {percent(test)}"


def progress(run: ComparedRun) -> str:
    """What a run that is not whole is doing; empty for one that is."""
    made = "; the picture is being made" if run.drawing and run.state != "waiting" else ""
    return _work(run) + made


def _work(run: ComparedRun) -> str:
    if run.state == "sampling":
        alive = run.job in ("running", "queued", "stalled", "study")
        doing = "sampling" if alive else run.job or "not finished"
        return f"{doing}, {run.done} of {run.total} snapshots"
    if run.state == "waiting":
        waits = {"running": "training, no snapshot yet", "study": "waits for its turn"}
        return waits.get(run.job, run.job or "not started")
    if run.state == "unanalysed":
        return ANALYSED.get(run.job, "not analysed yet")
    return "not computed this way" if run.state == "uncomputed" else ""


def note(comparison: Comparison) -> str:
    """Which runs are off the colours, or off the one scale of the scenes."""
    if comparison.view.clouds:
        return " ".join(filter(None, (comparison.scale.beyond(), sampling_words.NOTE)))
    true = true_scale.on_one_scale(comparison.view)
    off = comparison.common(true_scale.off_scale) if true else ""
    return " ".join(filter(None, (comparison.scale.beyond(), off)))


PANEL = Panel(
    "Embedding",
    per="run",
    area="s{slot}",
    needs=needs,
    draw=draw,
    captions=captions,
    twin=twin,
    heading=heading,
    controls=("method", "dims", "colour", "distance", "sampling"),
    spatial=True,
    coloured=True,
    common=true_scale.on_one_scale,
    note=note,
)
