"""What the user permits on this machine travels with a task to another one, which has another key.

What a run names is permitted there for this work alone. A run that begins there is signed there, so
it is signed here again when its task has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from landscape_app.store import signature, sources
from landscape_app.store.run import RunFolder


@dataclass
class Permissions:
    """Of runs in the folder `runs`. sent: {run: the fingerprint of what it names} where it is
    permitted.
    """

    runs: Path
    sent: dict[str, str] = field(default_factory=dict)

    def of(self, ids: Sequence[str]) -> list[str]:
        """The fingerprints that permit what the runs `ids` name, as far as the user does."""
        for id in ids:
            permission = sources.permission(RunFolder.open(self.runs, id))
            if permission is not None:
                self.sent[id] = permission
        return [self.sent[id] for id in ids if id in self.sent]

    def renew(self, ids: Sequence[str]) -> None:
        """Sign again those of the runs `ids` that were permitted before they were begun, and still
        name the same.
        """
        for id in ids:
            run = RunFolder.open(self.runs, id)
            before = self.sent.get(id)
            if before is not None and before == signature.fingerprint(run.spec):
                sources.trust(run)
