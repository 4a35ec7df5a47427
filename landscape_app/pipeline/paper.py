"""What the paper claims, put to a study: Table 1 for its labels, the numbers of the other claims,
and the verdicts.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from landscape_app.errors import AnalysisError, DataError, SpecError, UnknownNameError
from landscape_app.finding import measure_claims, table_claim
from landscape_app.finding.claim_verdict import ClaimVerdict, not_tested
from landscape_app.pipeline import stored_claims, stored_experiment, study_table
from landscape_app.protocol import PAPER
from landscape_app.records.claims import ClaimReport
from landscape_app.records.experiment import Experiment
from landscape_app.records.progress import Progress
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec
from landscape_app.store import commands, derived
from landscape_app.store.study import StudyFolder

log = logging.getLogger("landscape")

LABELS = table_claim.LABELS
Experiments = Mapping[str, Experiment]


def check(folder: StudyFolder) -> None:
    """Raise SpecError for a study without a table of settings and measures."""
    if folder.made_by != "study":
        raise SpecError(
            f"The study '{folder.id}' was not made from a grid, so its networks have no table of"
            " settings and measures. Make a grid: landscape study SPEC.toml"
        )


def current_experiments(runs: Path, folder: StudyFolder, networks: StudyTable) -> Experiments:
    """{label: the stored experiment} of the paper's labels, as far as they are current."""
    stored = {
        label: stored_experiment.current(runs, folder, networks, label)
        for label in LABELS
        if label in networks.columns
    }
    return {label: each for label, each in stored.items() if each is not None}


def experiments(
    runs: Path, folder: StudyFolder, networks: StudyTable, progress: Progress
) -> tuple[Experiments, dict[str, str]]:
    """({label: its experiment}, {label: why there is none}) of the paper's labels; those that are
    not stored are computed, and stored in the study's folder, whose lock is held; so are the
    reasons.
    """
    made, absent = {}, {}
    for label in LABELS:
        try:
            made[label] = stored_experiment.computed(runs, folder, networks, label, progress)
        except (AnalysisError, UnknownNameError) as error:
            log.warning("%s: %s", label, error)
            absent[label] = str(error)
    derived.write(folder.path, PAPER, {}, {}, {"absent": absent}, study_table.digest(networks))
    return made, absent


def numbers(
    folder: StudyFolder, networks: StudyTable, spec: StatisticsSpec
) -> tuple[ClaimReport | None, str]:
    """(the numbers of claims 2 to 4, "") or (None, why there are none)."""
    try:
        return stored_claims.of_study(folder, networks, spec), ""
    except (AnalysisError, DataError) as error:
        return None, str(error)


def verdicts(
    folder: StudyFolder,
    made: Experiments,
    absent: Mapping[str, str],
    report: ClaimReport | None,
    why: str,
) -> list[ClaimVerdict]:
    """Every verdict, in the order of studies/README.md; what was not computed is named, with the
    command that does.
    """
    decided: list[ClaimVerdict] = []
    for label in LABELS:
        if label in made:
            decided += table_claim.verdicts(made[label])
        else:
            command = commands.line("experiment", folder.id, folder.path.parents[1])
            missing = absent.get(label, f"there is no experiment yet: {command} --label {label}")
            decided.append(table_claim.untested(label, missing))
    if report is None:
        return [*decided, not_tested(2, "measures", "Claims 2 to 4", why)]
    return [*decided, *measure_claims.verdicts(report)]
