"""Whether a run is intact: which stored checks failed, and what was damaged since.

The outcome of the checks holds for the files as they were then. If a file has changed since, the
checks are outdated, and the file is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from landscape_app import check_table
from landscape_app.errors import LandscapeError
from landscape_app.store import commands, damage, derived, usable_results
from landscape_app.store.damage import Damage
from landscape_app.store.inventory import Inventory
from landscape_app.store.run import RunFolder

NAMED = 3  # checks named in one sentence
# in the meta of stored checks: the stamps of the files that they found as they were written
FILES = "files"
REMEMBERED = 500  # runs whose results need not be looked at again while no file changes

_results: dict[Path, tuple[str, tuple[str, ...]]] = {}


@dataclass(frozen=True)
class Verdict:
    """`failed`: names of the checks that failed when the run was last checked. `damage`: what is
    damaged now, empty if nothing is.
    """

    failed: tuple[str, ...]
    damage: Damage

    @property
    def sound(self) -> bool:
        """Whether no check failed and nothing is damaged."""
        return not self.failed and not self.damage


def read(folder: Path, inventory: Inventory | None = None) -> Verdict:
    """The verdict on the run in `folder`, as quick as a list needs it (see damage.quick). A journal
    that cannot be read is reported elsewhere. inventory: of the run, if the caller has it.
    """
    try:
        return _quick(inventory or RunFolder.open(folder.parent, folder.name).inventory())
    except (LandscapeError, OSError):
        return Verdict(failed(folder), damage.NOTHING)


def _quick(inventory: Inventory) -> Verdict:
    checks = inventory.results.find("checks")
    meta: Mapping[str, object] = {} if checks is None else checks.meta
    files = damage.quick(inventory, _stamps(meta.get(FILES)))
    sound = not files and not inventory.missing
    return Verdict(_failed(meta), damage.NOTHING if sound else damage.located(inventory, files))


def opened(inventory: Inventory) -> Verdict:
    """The verdict on one run that the user opens. Hashes its files and results, except those that
    have not changed since their last hash.
    """
    checks = inventory.results.find("checks")
    damaged = damage.thorough(inventory)
    return Verdict(
        _failed({} if checks is None else checks.meta),
        replace(damaged, results=damaged_results(inventory.path)),
    )


def damaged_results(folder: Path) -> tuple[str, ...]:
    """The names of the stored results that cannot be used, each once."""
    mark, entry = damage.mark(folder), _results.get(folder)
    if entry is None or entry[0] != mark:
        if len(_results) >= REMEMBERED:
            _results.clear()
        entry = _results[folder] = (
            mark,
            tuple(sorted({place.rpartition("-")[0] for place in usable_results.faults(folder)})),
        )
    return entry[1]


def failed(folder: Path) -> tuple[str, ...]:
    """Names of the checks that failed when the run in `folder` was last checked; empty if it never
    was.
    """
    newest = derived.find(folder, "checks")
    return _failed({} if newest is None else newest.meta)


def clause(folder: Path) -> str:
    """', but 2 checks failed: A, B (landscape verify ID)', or nothing. It follows the word
    "finished".
    """
    names = failed(folder)
    return (
        f", but {words(names)} ({commands.line('verify', folder.name, folder.parent)})"
        if names
        else ""
    )


def words(names: tuple[str, ...]) -> str:
    """'2 checks failed: A, B'."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{short(names)}: {', '.join(names[:NAMED])}{more}"


def short(names: tuple[str, ...]) -> str:
    """'2 checks failed'."""
    return f"{len(names)} check{'' if len(names) == 1 else 's'} failed"


def _failed(meta: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        str(check.get("label", check.get("name")))
        for check in _listed(meta.get("checks"))
        if check_table.verdict(check) is False
    )


def _stamps(stored: object) -> dict[str, damage.Stamp]:
    """The stamps that the checks recorded. The folder may come from someone else."""
    listed = stored.items() if isinstance(stored, dict) else ()
    return {
        str(name): tuple(stamp)
        for name, stamp in listed
        if isinstance(stamp, list) and len(stamp) == 3
    }


def _listed(stored: object) -> list[dict[str, object]]:
    """The stored checks. The folder may come from someone else."""
    return (
        [check for check in stored if isinstance(check, dict)] if isinstance(stored, list) else []
    )
