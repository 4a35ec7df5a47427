"""One line of a table, and how a name is looked up in one."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landscape_app.errors import UnknownNameError


@dataclass(frozen=True)
class Entry:
    """One line of a table: where the thing is, what it is called on the page, one sentence about
    it, and its constants.

    facts: what the program must know about it without importing it (its seconds, what it needs);
    they are never passed to it.
    """

    target: str
    label: str
    help: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def load(self) -> Any:
        """Import and return what `target` names."""
        return load(self.target)


def load(target: str) -> Any:
    """Import and return what `target`, "module:name" of this package, names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def find(kind: str, table: Mapping[str, Entry], name: str) -> Entry:
    """The entry called `name`; raises UnknownNameError with a suggestion."""
    if name not in table:
        raise UnknownNameError(kind, name, table)
    return table[name]
