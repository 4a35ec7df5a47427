"""The presets of a study train until the labels are fitted, so that the largest gap is that of the
networks with random labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.launch.page_settings import study_of_page
from landscape_app.dashboard.study.form_values import FEW, PRESETS, REGIMES, read
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.settings import PRESETS as OF_A_RUN
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun

pytestmark = pytest.mark.slow

# The anchor is what is asked about: its surroundings are sampled as little as possible.
LITTLE = {"seeds": 1, "epochs": 1, "step_sizes": (0.5,), "controls": False, "workers": 1}


def trained(runs: Path, spec: RunSpec) -> OpenRun:
    """A finished run of the network that `spec` trains."""
    run = RunFolder.create(runs, spec.regime, spec.model_copy(update=LITTLE))
    with run.lock():
        execute(run, Silent())
    return OpenRun(run)


def slowest(preset: str) -> dict[str, RunSpec]:
    """{regime: the run of a study's preset that learns slowest}: the smallest rate and the largest
    batch take the fewest and shortest steps.
    """
    chosen: dict[str, Any] = PRESETS[preset]
    given = read(
        "p", "digits", [*REGIMES], ["mlp"], chosen["seeds"], chosen["knobs"], chosen["effort"]
    )
    assert given.spec is not None
    assert study_of_page(given.values) == given.spec
    runs = sorted(
        given.spec.runs.values(), key=lambda run: (run.train_rate, -run.train_batch, -run.seed)
    )
    return {regime: next(run for run in runs if run.regime == regime) for regime in REGIMES}


def few(presets: Iterable[str]) -> list[Any]:
    """One of `presets` in every suite, the others in the exhaustive one: each trains networks until
    they fit their labels.
    """
    first, *others = presets
    return [first, *(pytest.param(name, marks=pytest.mark.exhaustive) for name in others)]


@pytest.mark.parametrize("preset", few(PRESETS))
def test_networks_of_a_study_preset_fit_their_labels_and_poor_has_the_larger_gap(
    preset: str, tmp_path: Path
) -> None:
    chosen = slowest(preset)
    runs = {regime: trained(tmp_path, chosen[regime]) for regime in ("good", "poor")}
    assert {regime: run.interpolates for regime, run in runs.items()} == {
        "good": True,
        "poor": True,
    }
    assert gap(runs["poor"]) > 0.2 > gap(runs["good"])


@pytest.mark.parametrize("preset", PRESETS)
def test_a_study_preset_has_configurations_enough_for_intervals(preset: str) -> None:
    spec = slowest(preset)
    chosen = PRESETS[preset]
    values = [len(given) for setting, given in chosen["knobs"] if setting]
    assert len(spec) * math.prod(values) >= FEW


@pytest.mark.parametrize("preset", few(reversed(OF_A_RUN)))
def test_networks_of_a_run_preset_fit_their_labels(preset: str, tmp_path: Path) -> None:
    run = trained(tmp_path, parse(RunSpec, {**OF_A_RUN[preset], "regime": "poor"}))
    assert run.interpolates
    assert gap(run) > 0.2


def test_a_network_that_is_not_done_learning_does_not_interpolate(tmp_path: Path) -> None:
    run = trained(tmp_path, parse(RunSpec, {"regime": "poor", "train_epochs": 60}))
    assert run.interpolates is False
    assert gap(run) < 0, "which the presets must not plot as the best generalizer"


def gap(run: OpenRun) -> float:
    """Train accuracy minus test accuracy at the anchor, the first snapshot."""
    snapshots = run.snapshots()
    return float(snapshots.column("train_accuracy")[0] - snapshots.column("test_accuracy")[0])
