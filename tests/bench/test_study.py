"""Laws of the benchmark of a study: it counts the networks of a real study, its phases are those of
the study, and the processor time is that of all its processes.
"""

from __future__ import annotations

import pytest

from landscape_app.bench import study
from landscape_app.forecast import crew_size

pytestmark = pytest.mark.slow

TINY = {
    "networks": ["mlp-small"],
    "surfaces": [],
    "analysis": {"methods": ["phate", "pca"], "null_repeats": 0, "loss_repeats": 9, "stability": 0},
    "settings": {
        **{"data": "blobs", "train_epochs": 4, "epochs": 4, "seeds": 2, "step_sizes": [0.5]},
    },
}


@pytest.mark.parametrize("alone", [pytest.param(False, marks=pytest.mark.exhaustive), True])
def test_it_counts_the_networks_of_an_hour(monkeypatch, alone):
    monkeypatch.setattr(crew_size, "cores", lambda: 2)
    monkeypatch.setattr(crew_size, "GPUS", ())
    monkeypatch.setattr(crew_size, "free_memory", lambda: 2**40)
    told = study.measure(networks=4, curvature=False, alone=alone, more=TINY)
    assert told["problems"] == {}
    assert told["workers"] == (1 if alone else 2)
    assert [phase["name"] for phase in told["phases"]] == [
        *("runs", "knees", "analysis", "joint embedding", "statistics")
    ]
    assert told["networks_per_hour"] == pytest.approx(3600 * 4 / told["seconds"], rel=0.01)
    seconds = [phase["seconds"] for phase in told["phases"]]
    assert 0 < sum(seconds) <= told["seconds"] + 0.1
    spent = sum(phase["processor"] for phase in told["phases"])
    # the packages alone take more than a second, in a process that has not imported them yet
    least = 0.1 if alone else 1.0
    assert least < spent <= told["processor"] + 0.5
    assert told["phases"][0]["processor"] > least


def test_the_study_has_as_many_networks_as_were_asked_for():
    for networks in (3, 4, 8, 9):
        assert len(study.study_of(networks, {}).runs) == networks
