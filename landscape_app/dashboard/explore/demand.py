"""What the view asks for and nobody has computed: said in words, with about how long it takes, and the request that launches it.

More of the same snapshots by another method or distance belongs to the study that compares them (settings.compares_as), so a request
carries that study's own runs and settings: its job goes on, its t stays, and the page goes on showing it.
"""

from __future__ import annotations

from typing import Any

from landscape_app.dashboard import launches
from landscape_app.dashboard.explore import words
from landscape_app.dashboard.explore.choice import MOST
from landscape_app.dashboard.explore.reading import Compared
from landscape_app.registries import EMBEDDINGS
from landscape_app.settings import AnalysisSpec

DEFAULT = AnalysisSpec()
ROWS = 821  # snapshots of a run by which SECONDS were measured, two and three dimensions and the restarts included, on one core
SECONDS = {"phate": 2.0, "phate-paper": 1.5, "pca": 0.3, "mds": 0.5, "metric-mds": 3.0, "isomap": 1.5, "tsne": 25.0, "umap": 30.0}
ELSE = 5.0  # … of a method that is not among them
DISTANCE = 6.0  # … of a distance that is new to the runs: itself, and the topology in it


def name(compared: Compared) -> str:
    """What the view asks for: t-SNE, or t-SNE by cosine."""
    view = compared.view
    method = EMBEDDINGS[view.method].label
    return method if view.distance == DEFAULT.distance else f"{method} by {words.space(view.distance)}"


def lacking(compared: Compared) -> list[int]:
    """Slots of the runs that are analysed, but not this way."""
    return [one.slot for one in compared.shown if one.state == "uncomputed"]


def joint_lacks(compared: Compared) -> bool:
    """Whether the study of these runs has joint embeddings, but not by this method."""
    return compared.joint is None and compared.analysed


def card(compared: Compared) -> str:
    """The card with the button "Compute": the first that lacks its picture. None while it is computed, or where runs are not compared."""
    if compared.work is not None or (len(compared.shown) > 1 and not compared.analysed):
        return ""
    slots = lacking(compared)
    if any(one.state in ("sampling", "waiting") for one in compared.shown):
        return ""
    return f"scene-{slots[0]}" if slots else "joint" if joint_lacks(compared) else ""


def seconds(compared: Compared) -> float:
    """About how long it takes: every run of the study, and all of them together, at the square of their snapshots."""
    rows = [one.total for one in compared.shown if one.total] or [ROWS]
    count = max(len(_ids(compared)), 1)
    one = (sum(rows) / len(rows) / ROWS) ** 2
    each = SECONDS.get(compared.view.method, ELSE) + (0.0 if _known(compared) else DISTANCE)
    joint = SECONDS.get(compared.view.method, ELSE) * count**2 if count > 1 else 0.0
    return 2.0 + one * (count * each + joint)


def about(value: float) -> str:
    """Seconds as roughly as they are known: 5 s, 40 s, 3 min."""
    if value < 10:
        return f"{max(round(value), 1)} s"
    return f"{10 * round(value / 10)} s" if value < 90 else f"{round(value / 60)} min"


def request(compared: Compared, nonce: str, *, all: bool) -> dict[str, Any]:
    """What is asked to be launched: the view's method and distance, with the methods of every analysis if `all`."""
    methods = dict.fromkeys([*(DEFAULT.methods if all else ()), compared.view.method])
    settings = {name: value for name, value in compared.analysis.items() if value is not None}
    if len(_ids(compared)) < len(compared.members):  # a large study stays as it is; these runs get one of their own, at its t
        settings |= {"t": compared.shared["t"]} if compared.shared else {}
    analysis = {**settings, "methods": list(methods), "distance": compared.view.distance}
    return launches.ask(nonce, "analyse", ids=_ids(compared), analysis=analysis, place="explore")


def without_curvature(compared: Compared) -> list[str]:
    """Sampled runs that can have their curvature computed and have none."""
    return [one.id for one in compared.shown if one.curvature is None and one.state in ("ready", "unanalysed", "uncomputed")]


def curvature(compared: Compared, nonce: str) -> dict[str, Any]:
    """What is asked to be launched: the curvature of every run shown that has none."""
    return launches.ask(nonce, "curvature", ids=without_curvature(compared), place="explore")


def _ids(compared: Compared) -> list[str]:
    shown = [one.id for one in compared.shown]
    return list(compared.members) if 0 < len(compared.members) <= MOST else shown


def _known(compared: Compared) -> bool:
    """Whether these runs have been analysed in this distance."""
    return all(one.meta("sublevel") for one in compared.shown)
