"""Two small studies of blobs, made once by the real pipeline: one whole, one that was never begun;
copies for tests that spoil them.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from landscape_app.jobs.session import session
from landscape_app.pipeline import studies
from landscape_app.study_settings import StudySpec, parse_study
from tests.once import once

GRID: dict[str, Any] = {
    "name": "whole",
    "regimes": ["plain", "poor"],
    "networks": ["mlp-small"],
    "seeds": 1,
    "knobs": {"train_rate": [0.1, 0.05, 0.02]},
    "settings": {
        "data": "blobs",
        "train_epochs": 12,
        "seeds": 1,
        "step_sizes": [0.5, 1.0],
        "epochs": 2,
        "controls": False,
    },
    "analysis": {"methods": ["pca"], "stability": 0, "null_repeats": 0},
    "surfaces": ["line"],
    "surface_points": 3,
    "curvature": None,
    "joint": False,
}


def grid(**changes: Any) -> StudySpec:
    return parse_study({**GRID, **changes})


def whole(factory: pytest.TempPathFactory) -> Path:
    """Studies: whole (6 networks, made and judged), begun (its folders only); not to be spoilt."""
    return once(factory, "studies", make)


def make(runs: Path) -> None:
    """Fill `runs` as `whole` says."""
    studies.run(runs, grid(), session=session)
    studies.open_study(runs, grid(name="begun"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs folder of `whole`, not to be spoilt."""
    return whole(tmp_path_factory)


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "runs"))
