"""The inventory of a run at one moment: which files are committed, and which of these are
intact.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.settings import RunSpec
from landscape_app.store import committed_files, coverage, missing_lines, sample_digest
from landscape_app.store.derived import StoredResults
from landscape_app.store.journal import Line


@dataclass(frozen=True, eq=False)
class Inventory:
    """The run in the folder `path`, sampled as `spec` says. `lines`: of its journal, read once.

    Answers from the lines need no access to the disk. `places`, and everything that uses it, hashes
    the files at its first use. `results` lists the stored results at its first use. Both keep their
    first answer; for a newer one, take a new inventory.
    """

    path: Path
    spec: RunSpec
    lines: tuple[Line, ...]

    @cached_property
    def committed(self) -> tuple[Line, ...]:
        """The newest line (kind, file, sha256, bytes and facts) of every committed file, oldest
        first.
        """
        return tuple(committed_files.newest(self.lines))

    def of(self, kind: str) -> list[Line]:
        """The committed lines of that kind: init, base, anchor, chunk or path."""
        return [line for line in self.committed if line["kind"] == kind]

    @cached_property
    def finished(self) -> bool:
        """Whether the journal says that every snapshot is committed."""
        return any(line["kind"] == "finished" for line in self.lines)

    @cached_property
    def prepared(self) -> dict[str, Any] | None:
        """The facts of the newest "prepared" line; None if there is none yet."""
        for line in reversed(self.lines):
            if line["kind"] == "prepared":
                return {key: value for key, value in line.items() if key != "kind"}
        return None

    @property
    def facts(self) -> dict[str, Any]:
        """What the journal says of the run's beginning and of its anchor, as one mapping."""
        anchor = self.of("anchor")
        return {**(self.prepared or {}), **(anchor[-1] if anchor else {})}

    @cached_property
    def analysed_too(self) -> bool:
        """Whether the user asked for an analysis of the run."""
        for line in reversed(self.lines):
            if line["kind"] == "asked":
                return bool(line.get("analyse", True))
        return True

    @cached_property
    def digest(self) -> str:
        """A hash of everything that is sampled. A result stores the digest of its run, and is stale
        when the digest has changed.
        """
        return sample_digest.digest(self.lines)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The kinds of journal line that are lost, in the order in which they are written."""
        return missing_lines.missing_kinds(self.spec, self.lines, self.committed)

    @cached_property
    def rows(self) -> np.ndarray:
        """(snapshots of the whole run,) bool: which canonical ids are committed."""
        return coverage.covered(self.spec, self.committed)

    def rows_without(self, files: Collection[str]) -> np.ndarray:
        """As `rows`, without the snapshots in the committed `files`."""
        left = frozenset(files)
        remaining = [line for line in self.committed if line["file"] not in left]
        return coverage.covered(self.spec, remaining)

    @cached_property
    def places(self) -> dict[str, Path]:
        """{file name: path that has its bytes} of the committed files, without files whose bytes
        are lost.
        """
        return committed_files.places(self.path, self.committed)

    @cached_property
    def damaged(self) -> tuple[str, ...]:
        """Committed files that are missing or whose bytes differ from their line."""
        names = (str(line["file"]) for line in self.committed)
        return tuple(name for name in names if name not in self.places)

    @property
    def complete(self) -> bool:
        """Whether a resumed run would have nothing to do: every snapshot is committed and
        intact.
        """
        return self.finished and not self.damaged and not set(self.missing) - {"prepared"}

    @cached_property
    def results(self) -> StoredResults:
        """The stored results, as listed at the first use."""
        return StoredResults(self.path)
