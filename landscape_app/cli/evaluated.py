"""What surface and sample print of the points that they evaluated around an anchor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app import number_text
from landscape_app.cli.output import say, say_json, table

if TYPE_CHECKING:
    from landscape_app.store.derived import Result


def losses(result: Result) -> dict[str, Any]:
    """The lowest and the highest finite train loss, and how many points are not finite."""
    import numpy as np

    values = result.arrays["train_loss"]
    finite = values[np.isfinite(values)]
    return {
        "lowest_train_loss": float(finite.min()) if len(finite) else None,
        "highest_train_loss": float(finite.max()) if len(finite) else None,
        "not_finite": int(values.size - len(finite)),
    }


def tell(
    id: str,
    result: Result,
    *,
    facts: Mapping[str, Any],
    shown: Mapping[str, Any],
    written: Sequence[Path],
    json: bool,
) -> None:
    """Print a result of the run `id` and the files that were written: as JSON with `facts` of its
    arrays, or `shown` as a table, a line a fact. Floats are text there, so that words and numbers
    share a column.
    """
    paths = [str(path) for path in written]
    if json:
        say_json({"id": id, **result.parameters, **result.meta, **facts, "files": paths})
        return
    say(table(["", ""], [[name, number_text.plain(value, 6)] for name, value in shown.items()]))
    for path in paths:
        say(path)
