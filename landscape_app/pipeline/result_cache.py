"""Current results are reused; others are computed and stored. Analyses that cannot be computed are
reported at the end.
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
    """The derived results in the `folder` of a run or study that were computed from `inputs` (a
    digest).
    """

    folder: Path
    inputs: str
    refused: list[AnalysisError] = field(default_factory=list)

    def result(
        self,
        name: str,
        parameters: Mapping[str, Any],
        compute: Callable[[], tuple[Mapping[str, np.ndarray], Mapping[str, Any]]],
    ) -> derived.Result:
        """The stored result of exactly these parameters, inputs and code version; otherwise it is
        computed and stored now.
        """
        current = derived.current(self.folder, name, parameters, self.inputs)
        return current or derived.write(self.folder, name, parameters, *compute(), self.inputs)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A block for one analysis. If it has no meaning for these snapshots, the others are still
        computed.
        """
        try:
            yield
        except AnalysisError as error:
            if str(error) not in map(str, self.refused):  # what all others rest on is told once
                log.warning("%s", error)
            self.refused.append(error)

    def close(self) -> None:
        """Raise the first AnalysisError of the blocks, after everything else is stored."""
        if self.refused:
            raise self.refused[0]
