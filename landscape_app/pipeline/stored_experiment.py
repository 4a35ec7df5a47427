"""The experiment of Table 1 as a stored result of its study: computed once for a label, a table of
networks and their samples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from landscape_app.analysis.experiment.classifiers import CLASSIFIERS, SEED
from landscape_app.errors import LandscapeError
from landscape_app.pipeline import experiment, study_table
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.records.experiment import Experiment
from landscape_app.records.progress import Progress
from landscape_app.records.study_table import StudyTable
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

NAME, SAMPLING = "experiment", "sampling"
EVERY = tuple(CLASSIFIERS)


def current(
    runs: Path,
    folder: StudyFolder,
    networks: StudyTable,
    label: str,
    *,
    classifiers: Sequence[str] = EVERY,
) -> Experiment | None:
    """The stored experiment of this label on these networks and samples; None where it has to be
    computed.
    """
    result = derived.current(
        folder.path, NAME, _parameters(label, classifiers), inputs(runs, networks)
    )
    return None if result is None else Experiment.model_validate(result.meta)


def computed(
    runs: Path,
    folder: StudyFolder,
    networks: StudyTable,
    label: str,
    progress: Progress,
    *,
    classifiers: Sequence[str] = EVERY,
) -> Experiment:
    """The same, computed and stored in the study's folder, whose lock is held, where it is not
    current. Raises as `experiment.experiment`.
    """
    cache = ResultCache(folder.path, inputs(runs, networks))
    result = cache.result(
        NAME,
        _parameters(label, classifiers),
        lambda: (
            {},
            experiment.experiment(
                runs, networks, label, progress, classifiers=classifiers
            ).model_dump(),
        ),
    )
    return Experiment.model_validate(result.meta)


def inputs(runs: Path, networks: StudyTable) -> str:
    """TABLE-SAMPLES: the digest of the study's table, by which a reader of the table knows an
    experiment of another one, and that of its runs' snapshots and samplings.
    """
    parts = [_sampled(runs / id, runs, id) for id in networks.ids]
    samples = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return f"{study_table.digest(networks)}-{samples}"


def _sampled(path: Path, runs: Path, id: str) -> str:
    """What a run's samples were when they were read; a run that cannot be read has none."""
    try:
        digest = RunFolder.open(runs, id).digest()
    except LandscapeError:
        digest = ""
    return " ".join([id, digest, *sorted(each.sha256 for each in derived.all(path, SAMPLING))])


def _parameters(label: str, classifiers: Sequence[str]) -> dict[str, Any]:
    return {"label": label, "classifiers": list(classifiers), "seed": SEED}
