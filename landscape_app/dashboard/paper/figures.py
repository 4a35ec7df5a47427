"""The figures of the page Paper by name, and what each is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.dashboard.paper.view import NOT_HERE, PaperView
from landscape_app.figures import paper
from landscape_app.figures.gap_scatter import against
from landscape_app.figures.paper import ClosedDiagram, CloudPoints
from landscape_app.finding.claim_verdict import capital
from landscape_app.finding.paper_networks import BAD, GOOD, MEMORIZING
from landscape_app.number_text import number, percent
from landscape_app.protocol import PAPER_METHOD, PAPER_METHODS
from landscape_app.registries import EMBEDDINGS
from landscape_app.store import commands
from landscape_app.store.derived import Result

JUMPS, NAIVE, GRID = "jump_retrain", "naive", "grid"
TOTAL, TEST_LOSS, DECAY = "published_d0[test_loss]", "test_loss", "weight_decay"
METHOD_LABELS = {PAPER_METHOD: "PHATE, as in the paper"}


@dataclass(frozen=True)
class PaperFigure:
    """title: over it. network: whose picture it is, a key of PaperView.networks; "" of a figure of
    many. kind, method: the sampling and its embedding. paths: coloured as in Fig. 2 d-f.
    """

    title: str
    network: str = ""
    kind: str = JUMPS
    method: str = PAPER_METHOD
    paths: bool = False


FIGURES: Mapping[str, PaperFigure] = {
    **{
        f"fig1-{method}": PaperFigure(
            METHOD_LABELS.get(method, EMBEDDINGS[method].label), GOOD, method=method
        )
        for method in PAPER_METHODS
    },
    "fig2a": PaperFigure("a. Jump and retrain", GOOD),
    "fig2b": PaperFigure("b. Naive", GOOD, NAIVE),
    "fig2c": PaperFigure("c. Grid", GOOD, GRID),
    "fig2d": PaperFigure("d. A good network", GOOD, paths=True),
    "fig2e": PaperFigure("e. A bad network", BAD, paths=True),
    "fig2f": PaperFigure("f. A memorizing network", MEMORIZING, paths=True),
    "fig3a": PaperFigure("A. Persistence diagrams"),
    "fig3b": PaperFigure("B. Total persistence and test loss"),
}


def run_of(view: PaperView, name: str) -> str | None:
    """The network that a figure shows, None of one of many, or where the study has none."""
    return view.networks.get(FIGURES[name].network)


def missing(view: PaperView, name: str) -> str:
    """Why a figure cannot be drawn, in words; "" where it can."""
    asked = FIGURES[name]
    if view.stored.table is None:
        return view.stored.problem or "The study has no table yet."
    if name == "fig3b":
        columns = view.stored.table.columns
        lacking = [column for column in (TOTAL, TEST_LOSS) if column not in columns]
        return f"The study has no column {lacking[0]}." if lacking else ""
    if name == "fig3a":
        there = [id for id in view.rising if id in view.stored.diagrams]
        return "" if there else "Its diagrams are not computed yet."
    run = run_of(view, name)
    if run is None:
        return f"The study has no {asked.network} network." + (
            " None fits labels of which half or more were redrawn."
            if asked.network == MEMORIZING
            else ""
        )
    if asked.method == "umap" and _picture(view, name) is None:
        return "UMAP is drawn where the package umap-learn is installed."
    if _picture(view, name) is not None:
        return ""
    if view.alone:
        return capital(NOT_HERE)
    if asked.kind != JUMPS and view.lacks_sampling(run, asked.kind):
        command = f"{commands.line('sample', run, view.runs)} --kind {asked.kind}"
        return f"The network has no {asked.kind} sampling. Make it: {command}"
    return "Its embedding is not computed yet."


def figure(view: PaperView, name: str) -> go.Figure | None:
    """The figure `name` of FIGURES; None where something is missing."""
    if missing(view, name):
        return None
    if name == "fig3a":
        drawn = [_diagram(view, id) for id in view.rising if id in view.stored.diagrams]
        return paper.diagrams(drawn, view.scheme)
    if name == "fig3b":
        return _against(view)
    picture = _picture(view, name)
    assert picture is not None
    points = _points(picture)
    draw = paper.as_in_the_paper if FIGURES[name].paths else paper.by_loss
    return draw(points, view.scheme)


def columns(view: PaperView, name: str) -> dict[str, np.ndarray]:
    """What a figure is drawn from, as columns of equal length; {} where something is missing."""
    if missing(view, name):
        return {}
    if name == "fig3a":
        parts = [
            (id, view.stored.diagrams[id].arrays)
            for id in view.rising
            if id in view.stored.diagrams
        ]
        runs = np.concatenate([np.repeat(id, len(bars["birth"])) for id, bars in parts])
        names = ("birth", "death", "never")
        return {
            "run": runs,
            **{key: np.concatenate([np.asarray(bars[key]) for _, bars in parts]) for key in names},
        }
    table = view.stored.table
    assert table is not None
    if name == "fig3b":
        shown = [key for key in (TOTAL, TEST_LOSS, DECAY) if key in table.columns]
        return {"run": np.array(table.ids), **{key: table.columns[key] for key in shown}}
    picture = _picture(view, name)
    assert picture is not None
    x, y = np.asarray(picture.arrays["coordinates"]).T
    others = {key: np.asarray(picture.arrays[key]) for key in _OF_POINTS}
    return {"x": x, "y": y, **others}


def caption(view: PaperView, name: str) -> str:
    """Which network it is, and how good."""
    table, run = view.stored.table, run_of(view, name)
    if table is None or run is None:
        return ""
    at = table.ids.index(run)
    parts = [
        f"test accuracy {percent(table.numbers('test_accuracy')[at])}",
        f"train accuracy {percent(table.numbers('train_accuracy')[at])}"
        if table.has_numbers("train_accuracy")
        else "",
        _told(_picture(view, name)),
    ]
    return "; ".join(part for part in parts if part)


_OF_POINTS = ("train_loss", "test_loss", "seed", "step_size", "epoch", "trajectory")


def _told(picture: Result | None) -> str:
    if picture is None:
        return ""
    t, components = picture.meta.get("t"), picture.meta.get("components")
    words = f"{len(picture.arrays['train_loss'])} points"
    if t is not None:
        words += f", t = {t}"
    if components is not None and components > 1:
        words += f", {components} components: the layout between them is arbitrary"
    return words


def _picture(view: PaperView, name: str) -> Result | None:
    run, asked = run_of(view, name), FIGURES[name]
    return None if run is None else view.stored.pictures.get((run, asked.kind, asked.method))


def _points(picture: Result) -> CloudPoints:
    arrays, anchor = picture.arrays, picture.meta.get("anchor")
    names = ("train_loss", "seed", "step_size", "epoch")
    loss, seed, step_size, epoch = (np.asarray(arrays[name]) for name in names)
    star = None if anchor is None else np.asarray(anchor, dtype=np.float64)
    coordinates = np.asarray(arrays["coordinates"], dtype=np.float64)
    return CloudPoints(coordinates, loss, seed, step_size, epoch, star)


def _diagram(view: PaperView, id: str) -> ClosedDiagram:
    result, table = view.stored.diagrams[id], view.stored.table
    assert table is not None
    accuracy = table.numbers("test_accuracy")[table.ids.index(id)]
    birth, death, never = (np.asarray(result.arrays[name]) for name in ("birth", "death", "never"))
    label = f"test accuracy {percent(accuracy)}"
    return ClosedDiagram(label, birth, death, never.astype(bool), float(result.meta["total"]))


def _against(view: PaperView) -> go.Figure:
    table = view.stored.table
    assert table is not None
    hover = [
        f"<b>{escape(id)}</b><br>total {number(total)}<br>test loss {number(loss)}"
        for id, total, loss in zip(
            table.ids, table.numbers(TOTAL), table.numbers(TEST_LOSS), strict=True
        )
    ]
    colour: Any = table.columns.get(DECAY)
    return against(
        table.numbers(TOTAL),
        table.numbers(TEST_LOSS),
        table.ids,
        labels=("total persistence D0, test loss", "test loss at the anchor"),
        colour=colour,
        colour_label="weight decay",
        hover=hover,
        scheme=view.scheme,
    )
