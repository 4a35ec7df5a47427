"""Law of enough snapshots: what an analysis must fail for is said before sampling, and nothing else
is refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app import feasibility
from landscape_app.cli.main import main
from landscape_app.dashboard.launch.page_settings import spec_of_page
from landscape_app.errors import SpecError
from landscape_app.pipeline import analyse, studies
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.study_settings import parse_study
from tests.bring.small import explored

FEW = {"seeds": 1, "step_sizes": (0.5,), "epochs": 3, "controls": False}


def spec_of(**changes):
    return parse(
        RunSpec, {"data": "blobs", "network": "mlp-small", "regime": "plain", **FEW, **changes}
    )


@pytest.mark.parametrize("controls", [True, False])
@pytest.mark.parametrize("distance", ["euclidean", "cosine"])
def test_no_run_has_more_distinct_snapshots_than_is_counted(tmp_path: Path, controls, distance):
    run = explored(tmp_path, seeds=2, step_sizes=(0.5, 1.0), epochs=3, controls=controls)
    spec = AnalysisSpec(
        distance=distance,
        k=2,
        graph_k=2,
        methods=("mds",),
        null_repeats=0,
        loss_repeats=0,
        stability=0,
    )
    analyse.run(run.folder, spec, Silent())
    found = run.result("geometry", distance=distance).arrays
    assert len(np.unique(found["representative"])) == feasibility.distinct(run.spec, distance)


@pytest.mark.parametrize(
    ("changes", "analysis", "words"),
    [
        (
            {},
            {},
            (
                r"epochs: only 5 distinct snapshots at most for k = 5, which needs 6. Use epochs=4"
                r" or more"
            ),
        ),
        (
            {"controls": True},
            {"k": 10},
            r"only 8 distinct snapshots at most for k = 10, which needs 11. Use epochs=5 or more",
        ),
        (
            {"epochs": 1, "controls": True},
            {"distance": "cosine"},
            r"only 3 distinct snapshots at most",
        ),
    ],
)
def test_too_few_are_refused_and_what_is_proposed_is_enough(changes, analysis, words):
    spec = spec_of(**changes)
    with pytest.raises(SpecError, match=words) as refusal:
        feasibility.check(spec, AnalysisSpec(**analysis))
    epochs = int(str(refusal.value).partition("epochs=")[2].split()[0])
    feasibility.check(spec.model_copy(update={"epochs": epochs}), AnalysisSpec(**analysis))
    with pytest.raises(SpecError):
        feasibility.check(spec.model_copy(update={"epochs": epochs - 1}), AnalysisSpec(**analysis))


def test_what_is_just_enough_is_analysed_to_its_end(tmp_path: Path):
    run = explored(tmp_path, **{**FEW, "epochs": 4}, analyse=True)
    assert run.result("embedding", method="phate", dims=3).arrays["coordinates"].shape == (6, 3)


def test_explore_run_study_and_the_forms_say_it_before_anything_is_made(tmp_path: Path, capsys):
    with pytest.raises(SpecError, match="distinct snapshots"):
        explored(tmp_path, **FEW, analyse=True)
    few = [
        "--data",
        "blobs",
        "--network",
        "mlp-small",
        "--seeds",
        "1",
        "--step-sizes",
        "0.5",
        "--epochs",
        "3",
        "--no-controls",
        "--runs",
    ]
    assert main(["run", *few, str(tmp_path)]) == 2
    assert "distinct snapshots" in capsys.readouterr().err
    study = {
        "networks": ["mlp-small"],
        "regimes": ["good", "plain", "poor"],
        "seeds": 2,
        "settings": {"data": "blobs", **FEW},
    }
    with pytest.raises(SpecError, match="or a lower k in the study's analysis"):
        studies.run(tmp_path, parse_study(study), session=None)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="distinct snapshots"):
        spec_of_page({"data": "blobs", **FEW})
    assert not list(tmp_path.iterdir())


def test_without_the_analysis_they_are_sampled(tmp_path: Path):
    assert explored(tmp_path, **FEW, analyse=False).finished
