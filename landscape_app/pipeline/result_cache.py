"""Results that are present and current are reused; others are computed and stored. What cannot be
computed is said at the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import AnalysisError
from landscape_app.store import derived

log = logging.getLogger("landscape")


@dataclass(frozen=True)
class ResultCache:
    """The derived results of a run's or study's `folder` that come from `inputs` (a digest)."""

    folder: Path
    inputs: str
    refused: list[AnalysisError] = field(default_factory=list)

    def result(
        self,
        name: str,
        parameters: Mapping[str, Any],
        compute: Callable[[], tuple[Mapping[str, np.ndarray], Mapping[str, Any]]],
    ) -> derived.Result:
        """The stored result of exactly these parameters and inputs and this code version, or the
        one computed now.
        """
        current = derived.current(self.folder, name, parameters, self.inputs)
        return current or derived.write(self.folder, name, parameters, *compute(), self.inputs)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """An analysis that has no meaning for these snapshots does not keep the others from being
        done.
        """
        try:
            yield
        except AnalysisError as error:
            if str(error) not in map(str, self.refused):  # what all others rest on is told once
                log.warning("%s", error)
            self.refused.append(error)

    def close(self) -> None:
        """Raises the first AnalysisError that was met, once everything else is stored."""
        if self.refused:
            raise self.refused[0]
