"""The kinds of things that people bring, in the order of docs/bring.md; each is a module with `TITLE`, `ABOUT` and `CASES`."""

from __future__ import annotations

from types import ModuleType

from tests.bring import arrays, checkpoints, loaders, tables

KINDS: tuple[ModuleType, ...] = (loaders, arrays, checkpoints, tables)
