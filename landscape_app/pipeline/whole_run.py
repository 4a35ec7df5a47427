"""All that the job of one run does: its samples, the path of its training, its analysis."""

from __future__ import annotations

from landscape_app.pipeline import analyse
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.training_path import training_path
from landscape_app.records.progress import Progress
from landscape_app.settings import AnalysisSpec
from landscape_app.store import path_states
from landscape_app.store.run import RunFolder


def finish(run: RunFolder, progress: Progress) -> None:
    """Sample `run` (whose lock is held) to its end, and analyse it where that is asked for. Raises
    as `execute`, and AnalysisError.
    """
    execute(run, progress)
    if path_states.recorded(run.inventory()):
        training_path(run, progress)
    if run.analysed_too:
        analyse.run(run, AnalysisSpec(), progress)
        climbs(run, progress)
