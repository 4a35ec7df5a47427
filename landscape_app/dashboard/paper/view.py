"""A study as the page Paper sees it: its table, what is stored of the paper's claims and figures,
and the verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_view import short_hash
from landscape_app.dashboard.common.study_table import stored_table, times
from landscape_app.errors import LandscapeError
from landscape_app.figures.palette import Scheme
from landscape_app.finding import measure_claims, table_claim
from landscape_app.finding.claim_verdict import ClaimVerdict, not_tested
from landscape_app.finding.paper_networks import examples, rising
from landscape_app.protocol import PAPER, PAPER_DIAGRAM, PAPER_EMBEDDING
from landscape_app.records.claims import ClaimReport
from landscape_app.records.experiment import Experiment
from landscape_app.records.study_table import StudyTable
from landscape_app.store import commands, derived, usable_results
from landscape_app.store.derived import FOLDER, Result

LISTED = 200
NOT_HERE = "it is not among these results."  # of a study that came without its runs


@dataclass(frozen=True, eq=False)
class StoredPaper:
    """What is stored of a study: its table, the numbers of claims 2 to 4, the experiments by label,
    the pictures by (run, sampling, method) and the diagrams by run. stale: labels whose experiment
    is of another table. absent: {label: why it has no experiment}. problem: why there is no table.
    """

    table: StudyTable | None = None
    report: ClaimReport | None = None
    experiments: Mapping[str, Experiment] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    absent: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[tuple[str, str, str], Result] = field(default_factory=dict)
    diagrams: Mapping[str, Result] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, eq=False)
class PaperView:
    """The studies to choose from, the chosen one, and what is stored of it. token: {"results",
    "state"}: equal words, equal cards and equal words on the job.
    """

    listed: tuple[BoardEntry, ...]
    entry: BoardEntry | None
    id: str
    stored: StoredPaper
    scheme: Scheme
    token: dict[str, str]
    runs: Path

    @property
    def networks(self) -> dict[str, str]:
        """{good, bad, memorizing: id}."""
        return {} if self.stored.table is None else examples(self.stored.table)

    @property
    def rising(self) -> list[str]:
        """The networks of Fig. 3 A."""
        return [] if self.stored.table is None else rising(self.stored.table)

    @property
    def alone(self) -> bool:
        """Whether the study's runs are not there, so that nothing more can be computed of it."""
        return self.entry is not None and self.entry.results_only

    def command(self, name: str) -> str:
        """A command on this study, to type."""
        return commands.line(name, self.id, self.runs)

    def verdicts(self, claim: int) -> list[ClaimVerdict]:
        """The verdicts on a claim of studies/README.md."""
        if claim == 1:
            return [verdict for label in table_claim.LABELS for verdict in self._of_table(label)]
        if self.stored.report is None:
            why = f"its numbers are not computed yet: {self.command('paper')} --stored"
            why = NOT_HERE if self.alone else why
            return [not_tested(claim, f"claim-{claim}", "Its numbers", why)]
        decided = measure_claims.verdicts(self.stored.report)
        return [verdict for verdict in decided if verdict.claim == claim]

    def _of_table(self, label: str) -> list[ClaimVerdict]:
        experiment = self.stored.experiments.get(label)
        if experiment is not None:
            return table_claim.verdicts(experiment)
        command = f"{self.command('experiment')} --label {label}"
        lacking = NOT_HERE if self.alone else f"there is no experiment yet: {command}"
        why = self.stored.absent.get(label, lacking)
        return [table_claim.untested(label, why)]

    def lacks_sampling(self, run: str, kind: str) -> bool:
        """Whether a network has no static sampling of this kind."""
        return not derived.fitting(self.runs / run, "sampling", kind=kind)


def read(context: Context, id: str, scheme: Scheme) -> PaperView:
    """Everything that the page shows; never raises for the state of a study. id: "" for the newest
    study with a table.
    """
    listed = studies(context)
    worth = (entry for entry in listed if entry.live or derived.has(entry.path, "table"))
    first = next(worth, listed[0] if listed else None)
    id = id or ("" if first is None else first.id)
    entry = next((study for study in listed if study.id == id), None)
    stored = StoredPaper() if entry is None else _stored(context, entry)
    results = entry and times(entry.path / FOLDER)
    token = {
        "results": short_hash((id, results, scheme)),
        "state": short_hash(entry and entry.job),
    }
    return PaperView(listed, entry, id, stored, scheme, token, context.runs)


def studies(context: Context) -> tuple[BoardEntry, ...]:
    """Studies made from a grid, newest first."""
    entries = (entry for entry in context.board.entries() if entry.summary.kind == "study")
    return tuple(entry for entry in entries if entry.summary.made_by == "study")[:LISTED]


def _stored(context: Context, entry: BoardEntry) -> StoredPaper:
    """Read once as long as the folder of results is the same."""
    key = f"paper {entry.path} {times(entry.path / FOLDER)}"
    known: StoredPaper | None = context.cache.get(key)
    if known is None:
        known = _read(entry.path)
        context.cache.set(key, known)
    return known


def _read(folder: Path) -> StoredPaper:
    try:
        table, inputs = stored_table(folder)
    except (LandscapeError, OSError) as error:
        return StoredPaper(problem=str(error))
    claims = derived.find(folder, "claims")
    experiments, stale = _experiments(folder, inputs or "")
    return StoredPaper(
        table=table,
        report=None if claims is None else ClaimReport.model_validate(claims.meta),
        experiments=experiments,
        stale=stale,
        absent=_absent(folder, inputs or ""),
        pictures={
            (str(p["run"]), str(p["kind"]), str(p["method"])): result
            for result in _usable(folder, PAPER_EMBEDDING)
            if (p := result.parameters).keys() >= {"run", "kind", "method"}
        },
        diagrams={
            str(result.parameters["run"]): result
            for result in _usable(folder, PAPER_DIAGRAM)
            if "run" in result.parameters
        },
    )


def _absent(folder: Path, inputs: str) -> dict[str, str]:
    """{label: why it has no experiment} of the present table."""
    results = (result for result in derived.all(folder, PAPER) if result.inputs == inputs)
    result = next(results, None)
    return {} if result is None else dict(result.meta["absent"])


def _usable(folder: Path, name: str) -> list[Result]:
    """The results of this name with the form of their kind, the newest last."""
    every = reversed(derived.all(folder, name))
    return [result for result in every if not usable_results.problem(result)]


def _experiments(folder: Path, inputs: str) -> tuple[dict[str, Experiment], frozenset[str]]:
    """({label: its newest experiment, one about the present table first}, those of another)."""
    made: dict[str, Experiment] = {}
    stale: set[str] = set()
    for result in derived.all(folder, "experiment"):
        experiment = Experiment.model_validate(result.meta)
        current = result.inputs.partition("-")[0] == inputs
        if experiment.column not in made or (current and experiment.column in stale):
            made[experiment.column] = experiment
            (stale.discard if current else stale.add)(experiment.column)
    return made, frozenset(stale)
