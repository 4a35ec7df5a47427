"""The log of a study says which run a line is about, whoever makes the runs."""

from __future__ import annotations

import logging

import pytest

from landscape_app.jobs.session import session
from landscape_app.pipeline import studies, study_runs
from landscape_app.pipeline.lone_crew import Alone
from landscape_app.pipeline.workers import Workers
from landscape_app.records import log_names
from tests.pipeline.tiny_study import IDS, spec


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_lines_about_a_run_of_a_study_have_its_name(tmp_path, caplog, workers):
    planned = spec(samplings=["naive"])
    folder = studies.open_study(tmp_path, planned)
    crew = Alone(tmp_path, "tiny", session)
    with caplog.at_level("INFO", "landscape"), session(folder.path) as progress:
        with Workers(tmp_path, "tiny", 2) if workers == 2 else log_names.about("") as many:
            study_runs.make(tmp_path, planned, many or crew, progress, {})
    lines = caplog.messages
    for id in IDS:
        for phase in ("sampling (", "naive sampling ("):
            assert sum(line.startswith(f"{id}: {phase}") for line in lines) == 1, lines
    named = [line for line in lines if line.startswith(tuple(f"{id}: " for id in IDS))]
    # what is left is of the study
    assert {line.split()[0] for line in lines if line not in named} <= {
        "making",
        "runs",
        "forecast",
    }
    # of each run that was planned, and none of a static sampling
    forecasts = [line for line in named if ": forecast: " in line]
    assert len(forecasts) == sum(": plan: " in line for line in named)


def test_a_name_is_said_once_and_only_about_its_run(caplog):
    log = logging.getLogger("landscape")
    with caplog.at_level("INFO", "landscape"):
        with log_names.about("mine"):
            log.info("%d of %d", 1, 2)
            log.warning("Run mine, density: no")
            with log_names.about("other"):
                log.info("done")
        log.info("over")
    assert caplog.messages == ["mine: 1 of 2", "Run mine, density: no", "other: done", "over"]
