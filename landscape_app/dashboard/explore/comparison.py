"""The runs that are compared, as the panels and the rail take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.run_view import RunView
from landscape_app.figures import clouds, colours
from landscape_app.figures.view import WEIGHTS, DrawnRun, Stored, View
from landscape_app.finding.figures import NetworkNumbers
from landscape_app.finding.recorded import network_numbers
from landscape_app.jobs.state import JobState
from landscape_app.settings import RunSpec
from landscape_app.store.damage import NOTHING, Damage

Ranges = TypeVar("Ranges")
State = Literal["ready", "sampling", "unanalysed", "uncomputed", "waiting", "unusable"]


@dataclass(frozen=True, eq=False)
class ComparedRun(RunView):
    """One compared run. `subject` is None while there is no snapshot, or where it cannot be read
    (`problem` says why).

    ready: analysed as the view asks. sampling: `done` of `total` snapshots, drawn by PCA.
    unanalysed: all snapshots, no stored embedding at all, drawn by PCA too. uncomputed: embedded,
    but not by the view's method and distance. waiting: no snapshot yet. damage: what of the run is
    damaged: files, the snapshots they took along, results that are left out. stale: results that
    were computed from other snapshots. job: the state of a job at work on the run, "study" if one
    is at work on the study it is in; of a run that is not sampled also how the last one ended.
    ended: which job on a sampled run came to nothing. facts: of the journal, Inventory.facts.
    distance: in which it is drawn. fallback: why that is not the distance that the view asks for;
    refused: and no analysis could change that. curvature: what a job with the network found,
    None if none did.
    """

    spec: RunSpec | None = None
    subject: DrawnRun | None = None
    done: int = 0
    total: int = 0
    damage: Damage = NOTHING
    stale: tuple[str, ...] = ()
    provisional: bool = False
    job: str = ""
    ended: str = ""
    measures: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    distance: str = WEIGHTS
    fallback: str = ""
    refused: bool = False
    curvature: tuple[Mapping[str, Any], ...] | None = None
    digest: str = ""

    @property
    def drawing(self) -> bool:
        """Whether its picture is being made and there is none yet."""
        return self.provisional and not self.embedding

    @property
    def lost(self) -> int:
        """How many snapshots, the anchor among them, damaged files took along."""
        return len(self.damage.rows or ())

    @property
    def given(self) -> bool:
        """Whether it was made of objects that no job can rebuild."""
        return self.spec is not None and run_view.user_made(self.spec)

    @property
    def embedding(self) -> Mapping[str, Any]:
        """The meta of the embedding that is drawn; empty where there is none."""
        return self.meta("embedding")

    @cached_property
    def numbers(self) -> NetworkNumbers:
        """What is known of its network, each number with its error; nothing without a snapshot."""
        if self.subject is None:
            return NetworkNumbers(self.label)
        return network_numbers(self.label, self.subject.columns, self.facts, self.measures)

    def meta(self, name: str) -> Mapping[str, Any]:
        """The meta of the stored result `name` of this run; empty where there is none."""
        return (
            {}
            if self.subject is None or name not in self.subject.results
            else self.subject.results[name].meta
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """The runs in their slots and what joins them. `shared`: {"t", "knees"} of the study whose t
    they share, empty without one.

    analysed: it has compared them before, if by another method or distance. members: every run of
    that study. analysis: the settings it compares by; of a run alone those it was analysed by last.
    working: a job is at work on that study. work: that job, or the one at work on a run alone.
    failed: how the last one of the study, or of a run alone, ended, if badly. results: stored
    results of the study, by name.
    """

    runs: tuple[ComparedRun, ...]
    view: View
    study: str = ""
    analysed: bool = False
    members: tuple[str, ...] = ()
    analysis: Mapping[str, Any] = field(default_factory=dict)
    working: bool = False
    work: JobState | None = None
    failed: str = ""
    results: Mapping[str, Stored] = field(default_factory=dict)
    joint_stale: bool = False
    shared: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""

    @property
    def subjects(self) -> list[DrawnRun]:
        """Those that can be drawn."""
        return [run.subject for run in self.runs if run.subject is not None]

    def run(self, id: str) -> ComparedRun:
        """The run called `id`. Raises StopIteration where it is not compared."""
        return next(run for run in self.runs if run.id == id)

    @property
    def unfinished(self) -> bool:
        """Whether a look a little later may show more."""
        return self.working or any(
            run.state not in ("ready", "unusable") or run.job for run in self.runs
        )

    @property
    def joint(self) -> Stored | None:
        """The embedding of all of them together."""
        return self.results.get("joint")

    @property
    def joined(self) -> bool:
        """Whether there is an embedding of all of them together, and not a reason against it."""
        return self.joint is not None and not self.joint.meta.get("refused")

    @property
    def labels(self) -> str:
        """What the runs are called, in one line."""
        return ", ".join(run.label for run in self.runs)

    @property
    def wide(self) -> bool:
        """Whether scenes are wider than high: the camera then may come closer."""
        return self.joined or len(self.runs) < 4

    @cached_property
    def scale(self) -> colours.Scale:
        """The colour of the view over all runs, and their other samplings that are shown."""
        drawn = self.subjects
        if self.view.clouds:
            every = (cloud for subject in drawn for cloud in clouds.drawn(subject, self.view))
            drawn = [*drawn, *every]
        return colours.scale(self.view.colour, drawn)

    def common(self, ranges: Callable[[Sequence[DrawnRun]], Ranges]) -> Ranges:
        """`ranges` of all runs that can be drawn, worked out once for all cards."""
        if ranges not in self._common:
            self._common[ranges] = ranges(self.subjects)
        shared: Ranges = self._common[ranges]
        return shared

    @cached_property
    def _common(self) -> dict[Any, Any]:
        return {}
