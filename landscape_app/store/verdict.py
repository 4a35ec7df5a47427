"""What the stored checks of a run say where it is called finished: which of them failed, in a part of a sentence."""

from __future__ import annotations

from pathlib import Path

from landscape_app.store import derived

NAMED = 3  # checks named in one sentence


def failed(folder: Path) -> tuple[str, ...]:
    """What the checks are called that failed when the run in `folder` was last checked; none where it was not."""
    newest = derived.find(folder, "checks")
    found = [] if newest is None else newest.meta.get("checks")
    return tuple(str(one.get("label", one.get("name"))) for one in _listed(found) if one.get("passed") is False)


def clause(folder: Path) -> str:
    """', but 2 checks failed: A, B (landscape verify ID)', or nothing: what comes after the word finished."""
    names = failed(folder)
    return f", but {words(names)} (landscape verify {folder.name})" if names else ""


def words(names: tuple[str, ...]) -> str:
    """'2 checks failed: A, B'."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{short(names)}: {', '.join(names[:NAMED])}{more}"


def short(names: tuple[str, ...]) -> str:
    """'2 checks failed'."""
    return f"{len(names)} check{'' if len(names) == 1 else 's'} failed"


def _listed(found: object) -> list[dict[str, object]]:
    """The checks, of a folder that may be a stranger's."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
