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
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.embedding_text import space
from landscape_app.dashboard.launch.records import MOST_COMPARED, LaunchRequest
from landscape_app.figures import climbs
from landscape_app.figures.view import FUNCTION, WEIGHTS, View
from landscape_app.protocol import FUNCTION_METHODS
from landscape_app.registries import EMBEDDINGS
from landscape_app.settings import GIVEN, AnalysisSpec

DEFAULT = AnalysisSpec()
# snapshots of a run by which the table's seconds were measured
ROWS = 821
ELSE = (5.0, 20.0)  # seconds, alone and together, of an embedding whose line says none
DISTANCE = 6.0  # seconds of a distance that is new to a run: itself, and the topology in it
START = 4.0  # … until a job is at it
NO_UMAP = (
    "UMAP needs the package umap-learn, which is not installed: pip install 'landscape-app[umap]'."
)
PACKAGES = {"umap": ("umap", NO_UMAP)}  # of methods that need one more: its name, and the words


def name(comparison: Comparison) -> str:
    """What the view asks for: t-SNE, or t-SNE by cosine."""
    view = comparison.view
    method = EMBEDDINGS[view.method].label
    if view.distance == FUNCTION:
        return f"{method} in function space"
    return method if view.distance == DEFAULT.distance else f"{method} by {space(view.distance)}"


def impossible(view: View) -> str:
    """Why the view's method cannot be computed in its distance, whoever asks; empty if it can."""
    package, words = PACKAGES.get(view.method, ("sys", ""))
    if find_spec(package) is None:
        return words
    if without_meaning(view.method, view.between) is None:
        return ""
    return (
        f"{EMBEDDINGS[view.method].label} needs axes, which the distance {space(view.between)} has"
        " none of. Classical MDS is its counterpart."
    )


def offered(comparison: Comparison, of: ComparedRun | None) -> bool:
    """Whether the button "Compute" stands on the scene of the run `of` (None: of all together): the
    first that lacks its picture. On none while it is computed, where nothing could be, and where
    the runs have not been compared at all: that has a button of its own.
    """
    waits = any(run.state in ("sampling", "waiting") for run in comparison.runs)
    compared = len(comparison.runs) == 1 or comparison.analysed
    if comparison.work is not None or waits or impossible(comparison.view) or not compared:
        return False
    lacking = [run for run in comparison.runs if run.state == "uncomputed" or wants(run)]
    if of is None:
        return not lacking and comparison.joint is None and comparison.analysed
    return lacking[:1] == [of]


def wants(run: ComparedRun) -> bool:
    """Whether the run is drawn in weight space only because no analysis has made another picture
    yet.
    """
    return bool(run.fallback) and not run.refused


def seconds(comparison: Comparison) -> float:
    """About how long it takes: every run of the study, and all of them together, at the square of
    their snapshots.
    """
    rows = [run.total for run in comparison.runs if run.total] or [ROWS]
    count, scale = max(len(_ids(comparison)), 1), (sum(rows) / len(rows) / ROWS) ** 2
    alone, together = EMBEDDINGS[comparison.view.method].facts.get("seconds", ELSE)
    each = alone + (0.0 if _known(comparison) else DISTANCE)
    total: float = START + scale * (
        count * each + (together * (count / 3) ** 2 if count > 1 else 0.0)
    )
    return total


def about(value: float) -> str:
    """Seconds as roughly as they are known: 5 s, 40 s, 3 min."""
    if value < 10:
        return f"{max(round(value), 1)} s"
    return f"{10 * round(value / 10)} s" if value < 90 else f"{round(value / 60)} min"


def request(comparison: Comparison, nonce: str, *, all: bool) -> LaunchRequest:
    """What is asked to be launched: the view's method and distance, with the methods of every
    analysis if `all`.
    """
    view = comparison.view
    # every analysis makes these of function space, whatever its own distance is
    stored = view.distance == FUNCTION and view.method in FUNCTION_METHODS
    method, distance = (DEFAULT.methods[0], WEIGHTS) if stored else (view.method, view.between)
    methods = dict.fromkeys([*(DEFAULT.methods if all else ()), method])
    settings = {name: value for name, value in comparison.analysis.items() if value is not None}
    # a large study stays as it is; these runs get one of their own, at its t
    if len(_ids(comparison)) < len(comparison.members):
        settings |= {"t": comparison.shared["t"]} if comparison.shared else {}
    analysis = {**settings, "methods": list(methods), "distance": distance}
    return launch_requests.ask(
        nonce, "analyse", ids=_ids(comparison), analysis=analysis, place="explore"
    )


def without_curvature(comparison: Comparison) -> list[str]:
    """Sampled runs that can have their curvature, or the climbs of the bars shown, computed and
    have none.
    """
    sampled = [run for run in comparison.runs if run.state in ("ready", "unanalysed", "uncomputed")]
    return [run.id for run in sampled if run.curvature is None or unchecked(run)]


def unchecked(run: ComparedRun) -> bool:
    """Whether the run has sublevel bars, none of whose climbs is known, and its network can be made
    again from its folder.
    """
    spec = run.spec
    if spec is None or run.subject is None or GIVEN in (spec.data, spec.network, spec.loss):
        return False
    return bool(run.meta("sublevel").get("bars")) and not climbs.of(run.subject)


def curvature(comparison: Comparison, nonce: str) -> LaunchRequest:
    """What is asked to be launched: the curvature of every run shown that has none."""
    return launch_requests.ask(
        nonce, "curvature", ids=without_curvature(comparison), place="explore"
    )


def _ids(comparison: Comparison) -> list[str]:
    shown = [run.id for run in comparison.runs]
    return list(comparison.members) if 0 < len(comparison.members) <= MOST_COMPARED else shown


def _known(comparison: Comparison) -> bool:
    """Whether these runs have been analysed in this distance."""
    return all(run.meta("sublevel") for run in comparison.runs)
