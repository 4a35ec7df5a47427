"""A run and a study as a browser may ask for them: names from the tables, numbers within limits, no
file and no code of this machine.

Imports neither Dash nor torch: the launching process reads it too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from landscape_app import feasibility
from landscape_app.errors import SpecError, UnknownNameError
from landscape_app.registries import DATASETS, NETWORKS, REGIMES, SAMPLINGS, Entry, find
from landscape_app.settings import AnalysisSpec, RunSpec, from_form
from landscape_app.settings.names import name_of
from landscape_app.store import folder
from landscape_app.study_settings import StudySpec, parse_study

# of one study from the page; fewer than three have no statistics
MOST_NETWORKS, FEWEST_NETWORKS = 60, 3
MOST_SEEDS, MOST_KNOBS, MOST_VALUES = 10, 2, 6
# Numbers of a run that a study may vary from the page …
KNOBS = (
    "train_rate",
    "train_batch",
    "train_epochs",
    "train_rows",
    "weight_decay",
    "label_corruption",
    "momentum",
    "width",
    "depth",
    "dropout",
)
# … and those that all its runs share: how long each is trained and how densely sampled
EFFORT = ("train_epochs", "seeds", "epochs")
KEYS = ("name", "data", "regimes", "networks", "seeds", "knobs", "effort", "samplings")


def study_of_page(values: Any) -> StudySpec:
    """The study that the form's values ask for. Raises SpecError, UnknownNameError."""
    if not isinstance(values, Mapping):
        raise SpecError("A study needs its settings.")
    for name in values:
        if name not in KEYS:
            raise UnknownNameError("setting of a study here", str(name), KEYS)
    knobs = _knobs(values.get("knobs") or {})
    grid = {
        "name": values.get("name", "study"),
        "regimes": _names(values, "regimes", "regime", REGIMES),
        "networks": _names(values, "networks", "network", NETWORKS),
        "seeds": _seeds(values.get("seeds", 2)),
        "knobs": knobs,
    }
    _check_size(_networks_of(grid["regimes"], grid["networks"], knobs, grid["seeds"]))
    data = str(values.get("data", "digits"))
    find("data set", DATASETS, data)
    effort = _effort(values.get("effort") or {})
    settings = {name: value for name, value in effort.items() if name not in knobs}
    samplings = values.get("samplings")
    if samplings:
        grid["samplings"] = _names(values, "samplings", "static sampling", SAMPLINGS)
    spec = parse_study({**grid, "settings": {"data": data, **settings}})
    for run in spec.runs.values():  # whose settings are within their ranges now
        feasibility.check(run, spec.analysis, otherwise="or choose another effort")
    return spec


def _check_size(count: int) -> None:
    if not FEWEST_NETWORKS <= count <= MOST_NETWORKS:
        few = count < FEWEST_NETWORKS
        raise SpecError(
            f"This grid has {count} runs. A study from the page has {FEWEST_NETWORKS} to"
            f" {MOST_NETWORKS}."
            f" {'Add regimes, values or seeds.' if few else 'The command line takes more.'}"
        )


def _networks_of(
    regimes: list[str], networks: list[str], knobs: Mapping[str, list[Any]], seeds: int
) -> int:
    """How many runs the grid has."""
    return len(regimes) * len(networks) * seeds * math.prod(map(len, knobs.values()))


def _names(values: Mapping[str, Any], key: str, kind: str, table: Mapping[str, Entry]) -> list[str]:
    given = values.get(key)
    if not isinstance(given, list) or not 1 <= len(given) <= len(table):
        raise SpecError(f"Choose at least one {kind}.")
    for name in given:
        find(kind, table, str(name))
    return [str(name) for name in given]


def _seeds(value: Any) -> int:
    if not _whole(value) or not 1 <= value <= MOST_SEEDS:
        raise SpecError(
            f"Seeds: how many of each configuration, 1 to {MOST_SEEDS}, not {_shown(value)}."
        )
    return int(value)


def _knobs(given: Any) -> dict[str, list[Any]]:
    if not isinstance(given, Mapping) or len(given) > MOST_KNOBS:
        raise SpecError(f"A study from the page has at most {MOST_KNOBS} knobs.")
    for name, values in given.items():
        if name not in KNOBS:
            raise UnknownNameError("knob", str(name), KNOBS)
        title = RunSpec.model_fields[name].title
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
            raise SpecError(f"{title}: give one to {MOST_VALUES} values.")
        wrong = next((value for value in values if not _number(value)), None)
        if wrong is not None or None in values:
            raise SpecError(f"{title}: {_shown(wrong)} is no number.")
    return {str(name): list(values) for name, values in given.items()}


def _effort(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise SpecError("Shared settings must be numbers, by name.")
    for name, value in given.items():
        if name not in EFFORT:
            raise UnknownNameError("setting that all runs share", str(name), EFFORT)
        if not _number(value):
            raise SpecError(f"{RunSpec.model_fields[name].title}: {_shown(value)} is no number.")
    return dict(given)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return repr(value)[:40]


def spec_of_page(values: Mapping[str, Any]) -> RunSpec:
    """`values` as a run's settings. Raises SpecError, UnknownNameError."""
    for field, choice in NAMED.items():
        given = values.get(field, RunSpec.model_fields[field].default)
        if given is not None:
            find(choice.kind, choice.table, str(given))
    for name in APART:
        if values.get(name) is not None:
            raise SpecError(
                f"{name} ({RunSpec.model_fields[name].title}): only for the command line and"
                " Python. A browser cannot name files."
            )
    spec = from_form(dict(values))
    feasibility.check(spec, AnalysisSpec(), otherwise="because every run from the page is analysed")
    return spec


def names_of_page(runs: Path, name: str, regimes: Sequence[str]) -> list[str]:
    """The names of the runs of these regimes that a person calls `name`: the name itself, or with
    several regimes NAME-REGIME each. None where `name` is empty. Raises SpecError where it can be
    no name, or is taken in the folder `runs`.
    """
    if not name:
        return []
    ids = [name] if len(regimes) == 1 else [f"{name}-{regime}" for regime in regimes]
    for id in ids:
        if not folder.is_id(id):
            raise SpecError(
                f"A run cannot be called '{id}': use small letters, digits, '.', '-' and '_', at"
                f" most {folder.LONGEST_ID}."
            )
        if folder.taken(runs, id):
            raise SpecError(f"The name '{id}' is already used. Choose another name.")
    return ids


# the settings that are a name of a table
NAMED = {field: name for field, info in RunSpec.model_fields.items() if (name := name_of(info))}


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


# Text that no table checks names a file or code: it is no business of a browser's. A new setting of
# this kind is shut out by itself. The layout is that of a file's axes: data by name have theirs.
APART = tuple(
    name
    for name, field in RunSpec.model_fields.items()
    if name not in NAMED
    and (name == "layout" or str in (field.annotation, *map(_bare, get_args(field.annotation))))
)
