"""The kinds of things that people bring, in the order of docs/bring.md; each is a module with
`TITLE`, `ABOUT` and `CASES`.
"""

from __future__ import annotations

from types import ModuleType

from tests.bring import (
    arrays,
    behaviour,
    checkpoints,
    inputs,
    jumps,
    labels,
    loaders,
    losses,
    moved,
    names,
    networks,
    optimizers,
    tables,
)

KINDS: tuple[ModuleType, ...] = (
    loaders, inputs, labels, arrays, losses, networks, behaviour, optimizers, jumps, checkpoints, names, moved, tables,
)  # fmt: skip
