"""The figures of the page by name, made of what was read: scene-0 …, joint, diagrams-0 …,
curves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go

from landscape_app.dashboard.explore.panels import PANELS
from landscape_app.dashboard.explore.reading import Compared
from landscape_app.figures import colours, curves, joint, scene, topology
from landscape_app.figures.palette import template
from landscape_app.figures.view import Stored
from landscape_app.store import derived


def names(compared: Compared) -> list[str]:
    """Every figure of the page, panel by panel. One run alone has no joint scene."""
    slots = [one.slot for one in compared.shown]
    several = {
        "run": [f"-{slot}" for slot in slots],
        "study": [""] if len(slots) > 1 else [],
        "columns": [""],
    }
    return [f"{kind}{which}" for kind, panel in PANELS.items() for which in several[panel.per]]


def figures(compared: Compared, wanted: Iterable[str]) -> dict[str, go.Figure]:
    """{name: figure} of those `wanted`; what cannot be drawn is an empty one."""
    subjects = compared.subjects
    scale = colours.scale(compared.view.colour, subjects)
    frame = topology.frame(subjects)
    by_slot = {subject.slot: subject for subject in subjects}
    found: dict[str, go.Figure] = {}
    for name in wanted:
        kind, _, slot = name.partition("-")
        subject = by_slot.get(int(slot)) if slot else None
        if kind == "scene" and subject is not None and "embedding" in subject.results:
            view = (
                replace(compared.view, method="pca")
                if compared.shown[subject.slot].provisional
                else compared.view
            )
            found[name] = scene.draw(subject, view, scale, wide=wide(compared))
        elif kind == "joint" and drawable(compared) and compared.joint is not None:
            ids = [one.id for one in compared.shown]
            found[name] = joint.draw(
                compared.joint, subjects, compared.view, scale, compared=ids, wide=wide(compared)
            )
        elif kind == "diagrams" and subject is not None:
            found[name] = topology.draw(subject, compared.view, frame) or empty(compared)
        elif kind == "curves" and subjects:
            found[name] = curves.draw(subjects, compared.view)
        else:
            found[name] = empty(compared)
    return found


def stamps(compared: Compared) -> dict[str, str]:
    """{name: a short word for what the figure is drawn from}: equal words, equal pictures, as long
    as no control changes.
    """
    snapshots = [
        (one.id, one.label, one.digest, one.provisional, one.done, one.damage)
        for one in compared.shown
    ]
    topological = [
        _made(stored)
        for one in compared.subjects
        for name, stored in one.results.items()
        if name != "embedding"
    ]
    used: dict[str, Any] = {"joint": _made(compared.joint), "curves": None}
    for one in compared.shown:
        used[f"scene-{one.slot}"] = (
            _made(one.subject.results.get("embedding")) if one.subject is not None else None
        )
        used[f"diagrams-{one.slot}"] = topological  # of all: their axes are common
    return {
        name: hashlib.sha256(repr((snapshots, used[name])).encode()).hexdigest()[:12]
        for name in names(compared)
    }


def _made(stored: Stored | None) -> object:
    return (
        (stored.name, stored.path.name, stored.created)
        if isinstance(stored, derived.Result)
        else stored and stored.meta.get("of", "")
    )


def wide(compared: Compared) -> bool:
    """Whether scenes are wider than high: the camera then may come closer."""
    return len(compared.shown) < 3


def drawable(compared: Compared) -> bool:
    """Whether there is a joint embedding, and not a reason why there is none."""
    return compared.joint is not None and not compared.joint.meta.get("refused")


def empty(compared: Compared) -> go.Figure:
    """Nothing, without a WebGL context: the card says in words why."""
    hidden = {"visible": False, "fixedrange": True}
    return go.Figure(
        layout={
            "template": template(compared.view.scheme),
            "xaxis": hidden,
            "yaxis": hidden,
            "meta": {"view": "empty", "runs": [], "paint": []},
        }
    )
