"""What every check is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landscape_app.records.snapshots import Snapshots


@dataclass(frozen=True)
class Subject:
    """A run as its checks see it. Everything was read from its folder; `tensors` are the anchor's, by the store's names.

    facts: the journal's "prepared" line; embedding: the 3-D PHATE embedding's meta, None where there is none.
    """

    settings: Any  # settings.RunSpec
    facts: Mapping[str, Any]
    snapshots: Snapshots
    tensors: Mapping[str, Any]
    damaged: tuple[str, ...]
    files: int
    embedding: Mapping[str, Any] | None


@dataclass(frozen=True)
class Outcome:
    """The figure that was found, the limit it is held to in words, and whether it holds (None: the check does not apply)."""

    value: float | None
    limit: str
    passed: bool | None
    detail: str
