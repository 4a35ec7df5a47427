"""A task that a Dask cluster has, and the progress that it tells.

A scheduler gives a task to another worker where it loses one. The second attempt counts again what
the first one has committed, so only what exceeds what is told already is told.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from landscape_app.pipeline.crew import Task
from landscape_app.records.progress import Progress, skip

log = logging.getLogger("landscape")


@dataclass(eq=False)
class Flight:
    """key: by which its words are known. begun: whether a worker has it. counted: steps of its
    present attempt in the present phase. told: those that the job knows of.
    """

    task: Task
    key: str
    future: Future[Any]
    begun: bool = False
    attempt: str = ""
    counted: int = 0
    told: int = 0

    def hear(self, message: Mapping[str, Any], progress: Progress) -> None:
        """Do what a message of the task's worker says."""
        if message["attempt"] != self.attempt:
            self.attempt, self.begun, self.counted = message["attempt"], True, 0
        for words in message["words"]:
            if "log" in words:
                level, text = words["log"]
                log.log(level, "%s", text)
            elif "phase" in words:
                self.counted = self.told = 0
                progress.phase(*words["phase"])
            else:
                self.counted += words.get("advance", 0) + words.get("skip", 0)
                self._tell("skip" in words, progress)

    def count(self, steps: int, progress: Progress) -> None:
        """Count all `steps` of the attempt that has ended: some words may still be on their way."""
        self.counted = steps
        self._tell(False, progress)

    def _tell(self, skipped: bool, progress: Progress) -> None:
        new, self.told = self.counted - self.told, max(self.told, self.counted)
        if new > 0:
            skip(progress, new) if skipped else progress.advance(new)
