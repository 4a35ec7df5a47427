"""Laws of the recipes of the analysis: one line in a table, and the entry is computed, stored, in
the study, on the page and in the documents.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
PLANES_AND_JUMPS = ("sublevel", "random")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Where each toy is seen in a study that a process with the lines in its tables made."""
    runs = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-m", "tests.extended_study", str(runs)]
    root = Path(__file__).parents[1]
    done = subprocess.run(
        command, cwd=root, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_an_embedding_is_computed_in_both_dimensions(seen: dict[str, Any]) -> None:
    assert seen["embedding"] == [True, True]


def test_a_filtration_has_bars_and_columns(seen: dict[str, Any]) -> None:
    assert seen["bars"]
    assert seen["columns"]["sublevel[toy].longest"] == "longest bar, toy loss"


def test_a_summary_is_a_column_for_every_filtration_of_jumps_and_planes(
    seen: dict[str, Any],
) -> None:
    for name, label in seen["columns"].items():
        if name.endswith(".toy"):
            assert label.startswith("toy summary, "), name
    names = {name for name in seen["columns"] if name.endswith(".toy")}
    assert {f"{kind}[train_loss].toy" for kind in PLANES_AND_JUMPS} <= names
    assert {f"{kind}[toy].toy" for kind in PLANES_AND_JUMPS} <= names


@pytest.mark.parametrize("name", ["toy", "toy_network"])
def test_a_measure_of_snapshots_or_network_is_a_column(seen: dict[str, Any], name: str) -> None:
    assert seen["columns"][name].startswith("toy of ")


def test_a_check_is_asked_of_every_run(seen: dict[str, Any]) -> None:
    (answer,) = seen["checks"]
    assert (answer["passed"], answer["label"], answer["value"]) == (True, "Toy check", 0)


def test_every_measure_is_in_the_documents_and_explained_on_the_page(seen: dict[str, Any]) -> None:
    assert seen["catalogue"] == ["sublevel.toy", "toy", "toy_network"]
    assert "columns" in seen
    for name, tip in seen["tips"].items():
        assert any("toy" in part.lower() for part in tip), name
