"""The command gc: remove from a runs folder what nothing reads any more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.store.archive import told


def gc(
    *,
    runs: Runs = Path("runs"),
    yes: Annotated[bool, Parameter(help="Remove them.", negative="")] = False,
    json: Json = False,
) -> None:
    """List what nothing reads any more in a runs folder: what crashes have left, and results of
    other versions of the analyses that were computed again since. With --yes it is removed.

    No sample is touched. A result that is the only one of its kind stays, whatever its version.
    Runs that a job works on are left alone.
    """
    from landscape_app.store import garbage

    listed = garbage.garbage(runs)
    if yes:
        garbage.remove(listed, runs)
    if json:
        say_json(
            {"removed": yes, "files": [{**vars(left), "path": str(left.path)} for left in listed]}
        )
        return
    if not listed:
        say(f"Nothing to remove in {runs}.")
        return
    counts, sizes = Counter(left.kind for left in listed), Counter[str]()
    for left in listed:
        sizes[left.kind] += left.bytes
    say(table(("what", "how many", "size"), [(k, n, told(sizes[k])) for k, n in counts.items()]))
    whole = told(sum(sizes.values()))
    say(f"{whole} removed." if yes else f"{whole} in all. To remove them, add --yes.")
