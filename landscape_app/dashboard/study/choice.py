"""What a person looks at on the page Study, as the address line carries it: words that view.py
compares with what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.figures.palette import Scheme
from landscape_app.store.folder import is_id

ALL = "all"
BELOW = {"measures": "Measures", "sampling": "Jump and retrain vs linear", "networks": "Networks"}

# in the address line, in the order of the controls
DEFAULTS = {
    "id": "",
    "measure": "",
    "stratum": ALL,
    "colour": "",
    "gap": "",
    "below": "measures",
    "runs": "",
}


@dataclass(frozen=True)
class StudyChoice:
    """The study, the measure drawn against the gap, the set of networks, and what colours them; ""
    where a person has not said.

    runs: picked, to be opened in Explore. below: the table under the figures, a key of BELOW.
    """

    id: str = ""
    measure: str = ""
    stratum: str = ALL
    colour: str = ""
    gap: str = ""
    runs: tuple[str, ...] = ()
    below: str = "measures"
    scheme: Scheme = "light"


def of_query(query: Mapping[str, str], scheme: Scheme) -> StudyChoice:
    """The choice that the address line names."""
    return of_values({**query, "runs": addresses.run_ids(query)}, scheme)


def of_values(values: Mapping[str, Any], scheme: Any = "light") -> StudyChoice:
    """The choice of {a name of DEFAULTS: where its control stands}; what no control could have sent
    counts as not said.
    """
    below = values.get("below")
    return StudyChoice(
        id=_word(values.get("id")),
        measure=_word(values.get("measure")),
        stratum=_word(values.get("stratum")) or ALL,
        colour=_word(values.get("colour")),
        gap=_word(values.get("gap")),
        runs=_picked(values.get("runs")),
        below=below if isinstance(below, str) and below in BELOW else "measures",
        scheme="dark" if scheme == "dark" else "light",
    )


def replaced(query: Mapping[str, str], shown: StudyChoice) -> list[str]:
    """A sentence for each value of `query` that is not what a study with a table shows."""
    faults = [
        f"{name}: '{query[name][:40]}' is not in this study. The page shows"
        f" {getattr(shown, name) or 'none'}."
        for name in ("measure", "stratum", "colour", "gap", "below")
        if query.get(name) and query[name] != getattr(shown, name)
    ]
    left = [id for id in dict.fromkeys(addresses.run_ids(query)) if id not in shown.runs]
    named = ", ".join(id[:80] for id in left[:MOST_COMPARED])
    more = f" and {len(left) - MOST_COMPARED} more" if len(left) > MOST_COMPARED else ""
    most = f"At most {MOST_COMPARED} networks of the study can be picked."
    return faults + ([f"runs: {most} Left out: {named}{more}."] if left else [])


def _picked(runs: Any) -> tuple[str, ...]:
    """Run ids without repeats, as many as Explore shows; anything else is left out."""
    given = runs if isinstance(runs, (list, tuple)) else ()
    ids = dict.fromkeys(run for run in given if isinstance(run, str) and is_id(run))
    return tuple(ids)[:MOST_COMPARED]


def _word(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 200 else ""
