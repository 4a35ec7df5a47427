"""A small study with its samplings, its claims, an experiment and its figures, made once by the
real pipeline; the experiment is written, because a real one needs ten configurations.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from landscape_app.jobs.session import session
from landscape_app.pipeline import paper_pictures, studies, study_table
from landscape_app.records.progress import Silent
from landscape_app.store import derived
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec, parse_study
from tests.finding.test_table_claim import experiment
from tests.once import once

GRID: dict[str, Any] = {
    "name": "drawn",
    "regimes": ["plain"],
    "networks": ["mlp-small"],
    "seeds": 2,
    "knobs": {"weight_decay": [0.0, 0.01], "label_corruption": [0.0, 0.5]},
    "settings": {
        "data": "blobs",
        "train_epochs": 12,
        "seeds": 2,
        "step_sizes": [0.5, 1.0],
        "epochs": 4,
    },
    "analysis": {"methods": ["pca"], "stability": 0, "null_repeats": 0},
    "surfaces": [],
    "samplings": ["naive", "grid"],
    "curvature": None,
    "joint": False,
}
STUDY, BARE = "drawn", "bare"


def grid(**changes: Any) -> StudySpec:
    return parse_study({**GRID, **changes})


def make(runs: Path) -> None:
    """drawn: all that the page shows; bare: the same networks without samplings, and nothing of the
    page computed.
    """
    for spec in (grid(name=BARE, samplings=[], seeds=1), grid()):
        studies.run(runs, spec, session=session)
    folder = StudyFolder.open(runs, STUDY)
    table = studies.tabulate(runs, folder, grid())
    with folder.lock():
        assert paper_pictures.make(runs, folder, table, Silent()) == {}
        inputs = f"{study_table.digest(table)}-samples"
        meta = experiment().model_dump()
        derived.write(folder.path, "experiment", {"label": "test_loss"}, {}, meta, inputs)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs folder, not to be spoilt."""
    return once(tmp_path_factory, "paper", make)
