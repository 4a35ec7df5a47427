"""Laws of the forecast of a study: runs of equal shape pay for one plan, networks in a batch for
less, and workers share the tasks.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from landscape_app.forecast import jobs
from landscape_app.forecast.studies import of_study
from landscape_app.study_settings import parse_study
from tests.forecast.test_jobs import PACE


def study_of(**changes):
    return parse_study({"name": "s", "regimes": ["plain"], "seeds": 4, "surfaces": [], **changes})


def forecast(study, pace=PACE, **more):
    return of_study(study, dict.fromkeys(study.runs, pace), **more).by_name


def test_only_the_first_of_each_shape_is_planned():
    one, two = forecast(study_of()), forecast(study_of(knobs={"batch": [64, 128]}, seeds=2))
    planned = PACE.preparing - (PACE.build + 0.15)
    assert two["runs"].seconds - one["runs"].seconds == pytest.approx(planned, abs=0.3)
    spec = next(iter(study_of().runs.values()))
    alone = sum(jobs.of_run(spec, PACE).seconds for _ in range(4))
    imports = jobs.in_process(jobs.of_run(spec, PACE), PACE).seconds - alone / 4
    assert alone + imports - one["runs"].seconds == pytest.approx(3 * planned, abs=1e-6)


def test_networks_in_a_batch_take_their_own_time_to_train():
    spec, quick = study_of(), replace(PACE, together=PACE.epoch / 4)
    epochs = sum(run.train_epochs for run in spec.runs.values())
    saved = forecast(spec)["runs"].seconds - forecast(spec, quick)["runs"].seconds
    assert saved == pytest.approx(epochs * PACE.epoch * 3 / 4)


@pytest.mark.parametrize("name", ["runs", "curvature", "knees", "analysis"])
def test_workers_share_the_tasks(name):
    spec = study_of(joint=False)
    pace = replace(PACE, workers=1)
    times = [forecast(spec, pace, workers=workers)[name].seconds for workers in (1, 2, 4)]
    assert times[0] > times[1] > times[2] > times[0] / 4 - 1e-9
    assert forecast(spec, pace, workers=3)[name].seconds == pytest.approx(times[1])  # two rounds


def test_the_joint_embedding_goes_on_beside_the_analyses():
    names = ("analysis", "joint embedding")
    times = {
        workers: [forecast(study_of(), workers=workers)[name].seconds for name in names]
        for workers in (1, 2, 1000)
    }
    without = forecast(study_of(joint=False), workers=2)["analysis"].seconds
    assert without < sum(times[2]) < without + times[1][1], "it fills what is idle otherwise"
    assert sum(times[1]) / 2 <= sum(times[2]), "two workers do no more than twice the work"
    # with a worker for each task all wait for its longest method
    assert times[1][1] / 2 <= sum(times[1000]) <= times[1][1] + times[1][0]
