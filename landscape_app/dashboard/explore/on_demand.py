"""What the view asks for and nobody has computed: said in words, with about how long it takes, and
the request that launches it.

More of the same snapshots by another method or distance belongs to the study that compares them
(settings.compares_as), so a request carries that study's own runs and settings: its job goes on,
its t stays, and the page goes on showing it.
"""

from __future__ import annotations

from importlib.util import find_spec

from landscape_app.analysis.methods import without_meaning
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.common.compared_runs import MOST
from landscape_app.dashboard.explore.reading import Compared, ComparedRun
from landscape_app.dashboard.explore.words import space
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.figures import climbs
from landscape_app.figures.view import View
from landscape_app.registries import EMBEDDINGS
from landscape_app.settings import GIVEN, AnalysisSpec

DEFAULT = AnalysisSpec()
# snapshots of a run by which the table's seconds were measured
ROWS = 821
ELSE = (5.0, 20.0)  # seconds, alone and together, of an embedding whose line says none
DISTANCE = 6.0  # seconds of a distance that is new to a run: itself, and the topology in it
START = 4.0  # … until a job is at it
PACKAGES = {
    "umap": (
        "umap",
        (
            "UMAP needs the package umap-learn, which is not installed: pip install"
            " 'landscape-app[umap]'."
        ),
    )
}


def name(compared: Compared) -> str:
    """What the view asks for: t-SNE, or t-SNE by cosine."""
    view = compared.view
    method = EMBEDDINGS[view.method].label
    return method if view.distance == DEFAULT.distance else f"{method} by {space(view.distance)}"


def lacking(compared: Compared) -> list[int]:
    """Slots of the runs that are analysed, but not this way."""
    return [one.slot for one in compared.shown if one.state == "uncomputed"]


def joint_lacks(compared: Compared) -> bool:
    """Whether the study of these runs has joint embeddings, but not by this method."""
    return compared.joint is None and compared.analysed


def impossible(view: View) -> str:
    """Why the view's method cannot be computed in its distance, whoever asks; empty if it can."""
    package, words = PACKAGES.get(view.method, ("sys", ""))
    if find_spec(package) is None:
        return words
    if without_meaning(view.method, view.distance) is None:
        return ""
    return (
        f"{EMBEDDINGS[view.method].label} needs axes, which the distance {space(view.distance)} has"
        " none of. Classical MDS is its counterpart."
    )


def card(compared: Compared) -> str:
    """The card with the button "Compute": the first that lacks its picture. Empty while it is
    computed, where nothing could be, and where the runs have not been compared at all: that has a
    button of its own.
    """
    waits = any(one.state in ("sampling", "waiting") for one in compared.shown)
    if (
        compared.work is not None
        or waits
        or impossible(compared.view)
        or (len(compared.shown) > 1 and not compared.analysed)
    ):
        return ""
    slots = lacking(compared)
    return f"scene-{slots[0]}" if slots else "joint" if joint_lacks(compared) else ""


def seconds(compared: Compared) -> float:
    """About how long it takes: every run of the study, and all of them together, at the square of
    their snapshots.
    """
    rows = [one.total for one in compared.shown if one.total] or [ROWS]
    count, scale = max(len(_ids(compared)), 1), (sum(rows) / len(rows) / ROWS) ** 2
    alone, together = EMBEDDINGS[compared.view.method].facts.get("seconds", ELSE)
    each = alone + (0.0 if _known(compared) else DISTANCE)
    return START + scale * (count * each + (together * (count / 3) ** 2 if count > 1 else 0.0))


def about(value: float) -> str:
    """Seconds as roughly as they are known: 5 s, 40 s, 3 min."""
    if value < 10:
        return f"{max(round(value), 1)} s"
    return f"{10 * round(value / 10)} s" if value < 90 else f"{round(value / 60)} min"


def request(compared: Compared, nonce: str, *, all: bool) -> LaunchRequest:
    """What is asked to be launched: the view's method and distance, with the methods of every
    analysis if `all`.
    """
    methods = dict.fromkeys([*(DEFAULT.methods if all else ()), compared.view.method])
    settings = {name: value for name, value in compared.analysis.items() if value is not None}
    # a large study stays as it is; these runs get one of their own, at its t
    if len(_ids(compared)) < len(compared.members):
        settings |= {"t": compared.shared["t"]} if compared.shared else {}
    analysis = {**settings, "methods": list(methods), "distance": compared.view.distance}
    return launch_requests.ask(
        nonce, "analyse", ids=_ids(compared), analysis=analysis, place="explore"
    )


def without_curvature(compared: Compared) -> list[str]:
    """Sampled runs that can have their curvature, or the climbs of the bars shown, computed and
    have none.
    """
    sampled = [one for one in compared.shown if one.state in ("ready", "unanalysed", "uncomputed")]
    return [one.id for one in sampled if one.curvature is None or unchecked(one)]


def unchecked(one: ComparedRun) -> bool:
    """Whether the run has sublevel bars, none of whose climbs is known, and its network can be made
    again from its folder.
    """
    rebuildable = one.spec is not None and GIVEN not in (
        one.spec.data,
        one.spec.network,
        one.spec.loss,
    )
    return (
        rebuildable
        and one.subject is not None
        and bool(one.meta("sublevel").get("bars"))
        and not climbs.of(one.subject)
    )


def curvature(compared: Compared, nonce: str) -> LaunchRequest:
    """What is asked to be launched: the curvature of every run shown that has none."""
    return launch_requests.ask(nonce, "curvature", ids=without_curvature(compared), place="explore")


def _ids(compared: Compared) -> list[str]:
    shown = [one.id for one in compared.shown]
    return list(compared.members) if 0 < len(compared.members) <= MOST else shown


def _known(compared: Compared) -> bool:
    """Whether these runs have been analysed in this distance."""
    return all(one.meta("sublevel") for one in compared.shown)
