"""The settings of a study: the grid of runs that it makes, and what is computed of each.

Same style as settings.py: labels, help and ranges of every field here, unknown fields refused with
a suggestion (`parse_study`).
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from landscape_app.errors import SpecError
from landscape_app.settings import (
    GIVEN,
    OBJECTS,
    AnalysisSpec,
    CurvatureSpec,
    RunSpec,
    Spec,
    StatisticsSpec,
    own_network,
    parse,
    setting,
)
from landscape_app.settings.names import NetworkName, PlaneName, RegimeName, SamplingName

AXES = ("regime", "network", "seed")  # settings of a run that a study has lists of its own for
# a study's settings in its folder: what tells one made from a grid from a mere comparison
GRID = "grid.json"
MOST = 5_000  # runs of a study
LONGEST = 64  # letters of an id


def _listed(value: Any) -> Any:
    """`3` means the seeds 0, 1, 2."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value > MOST:
        raise ValueError(f"a study has at most {MOST} runs, so it has at most as many seeds")
    return tuple(range(value))


def _switched(value: Any) -> Any:
    """`curvature = false` means none, `true` means the default settings."""
    return (CurvatureSpec() if value else None) if isinstance(value, bool) else value


class StudySpec(Spec):
    """A grid of runs: every regime with every network, every knob's value and every seed."""

    name: str = setting(
        "study",
        "Name",
        "Name of the study. The names of its runs begin with it.",
        group="grid",
        pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$",
    )
    regimes: tuple[RegimeName, ...] = setting(
        ("good", "plain", "poor"),
        "Regimes",
        "Recipes that make good and poor generalizers. With networks of your own the only regime"
        " is 'given', unless you name others.",
        group="grid",
        min_length=1,
    )
    networks: tuple[NetworkName, ...] = setting(
        ("mlp",), "Networks", "Networks, by name.", group="grid", min_length=1
    )
    seeds: Annotated[
        tuple[Annotated[int, Field(ge=0, le=2**31 - 1)], ...], BeforeValidator(_listed)
    ] = setting(
        (0, 1, 2),
        "Seeds",
        "The number of seeds, or a list of seeds. Every configuration has one run per seed.",
        group="grid",
        min_length=1,
    )
    knobs: dict[str, tuple[Any, ...]] = setting(
        {},
        "Knobs",
        "Settings that vary, each with its values. The study has every combination of them.",
        group="grid",
    )
    settings: dict[str, Any] = setting(
        {},
        "Settings",
        "Settings that all runs share. Settings not named here have their defaults.",
        group="runs",
    )
    analysis: AnalysisSpec = setting(
        AnalysisSpec(),
        "Analysis",
        "Analysis settings of all runs. All runs share one t.",
        group="runs",
    )
    surfaces: tuple[PlaneName, ...] = setting(
        ("line", "random"),
        "Linear samples",
        "Lines or planes around each anchor. Jump and retrain is compared with them.",
        group="runs",
    )
    surface_points: int = setting(
        21,
        "Points",
        "Points of a linear sample along each axis. An odd number.",
        group="runs",
        ge=3,
        le=1001,
        multiple_of=1,
    )
    samplings: tuple[SamplingName, ...] = setting(
        (),
        "Static samplings",
        "Samplings around each anchor that retrain nothing: 640 points each. Jump and retrain is"
        " compared with them.",
        group="runs",
    )
    equal_cost: bool = setting(
        False,
        "Naive sampling at equal cost",
        "Also a naive sampling of so many directions that it needs as many forward passes as jump"
        " and retrain. A gradient counts as three.",
        group="runs",
    )
    curvature: Annotated[CurvatureSpec | None, BeforeValidator(_switched)] = setting(
        CurvatureSpec(),
        "Curvature",
        "Measures of the network at each anchor. They take about 2,300 passes over the train"
        " rows. Give a table of settings, or false for none.",
        group="runs",
    )
    joint: bool = setting(
        True,
        "Joint embedding",
        "One embedding of all runs in function space. The runs must share a probe set.",
        group="runs",
    )
    statistics: StatisticsSpec = setting(
        StatisticsSpec(),
        "Statistics",
        "How the measures are compared with the gap.",
        group="statistics",
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_added(cls, values: Any) -> Any:
        # As for one run: no regime is put on a network of the person's own unasked.
        if isinstance(values, dict) and "regimes" not in values:
            shared, knobs = (
                value if isinstance(value := values.get(name), dict) else {}
                for name in ("settings", "knobs")
            )
            networks = values.get("networks")
            named = networks if isinstance(networks, (list, tuple)) else ()
            if "checkpoint" in knobs or any(
                own_network({**shared, "network": network}) for network in ("", *named)
            ):
                return {**values, "regimes": (GIVEN,)}
        return values

    @field_validator("regimes", "networks", "seeds", "surfaces", "samplings")
    @classmethod
    def _distinct(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return _once(values)

    @field_validator("surface_points")
    @classmethod
    def _odd(cls, value: int) -> int:
        if value % 2 == 0:
            raise ValueError("must be odd, so that the anchor is one of the points")
        return value

    @field_validator("knobs")
    @classmethod
    def _lists(cls, knobs: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        for name, values in knobs.items():
            if name in AXES:
                raise ValueError(f"{name} cannot be a knob: use the study's own list, {name}s")
            if not values:
                raise ValueError(f"{name} needs at least one value")
            _once(values)
        return knobs

    @cached_property
    def runs(self) -> dict[str, RunSpec]:
        """{id: settings} of every run, configuration by configuration, their seeds together. Raises
        SpecError naming the fault.
        """
        return {
            id: _run(self.settings, point) for id, point in zip(self.ids, self.points, strict=True)
        }

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the runs, in the order of `points`. The order of the knobs is in them."""
        return tuple(self._id(point) for point in self.points)

    def begins_with(self, id: str) -> bool:
        """Whether the first run is called so."""
        return bool(self.points) and self._id(self.points[0]) == id

    @cached_property
    def points(self) -> tuple[dict[str, Any], ...]:
        """The grid itself: regime, network, every knob and seed of each run, in the order of
        `runs`. Raises SpecError: they are too many.
        """
        count = math.prod(map(len, (self.regimes, self.networks, *self.knobs.values(), self.seeds)))
        if count > MOST:  # before any is made
            raise SpecError(
                f"This grid has {count} runs. A study has at most {MOST}. Leave some values out."
            )
        names = ("regime", "network", *self.knobs, "seed")
        return tuple(
            dict(zip(names, values, strict=True))
            for values in itertools.product(
                self.regimes, self.networks, *self.knobs.values(), self.seeds
            )
        )

    def _id(self, point: Mapping[str, Any]) -> str:
        """A short readable id that names only what varies. Where it would be too long or not
        unique, a hash of the point is used.
        """
        varies = {"regime": len(self.regimes), "network": len(self.networks)} | {
            name: len(values) for name, values in self.knobs.items()
        }
        words = [
            str(point[name]) if name in ("regime", "network") else f"{name}{point[name]}"
            for name, many in varies.items()
            if many > 1
        ]
        plain = "-".join([self.name, *words, f"s{point['seed']}"])
        tidy = re.sub(r"[^a-z0-9._-]+", "-", plain.lower())
        if tidy == plain and len(plain) <= LONGEST:
            return plain
        digest = hashlib.sha256(repr(sorted(point.items())).encode()).hexdigest()
        return f"{tidy[: LONGEST - 9]}-{digest[:8]}"


def parse_study(values: dict[str, Any]) -> StudySpec:
    """`values`, as a TOML file holds them, as a study, its grid checked run by run. Raises
    SpecError in one line.
    """
    nested: dict[str, type[Spec]] = {
        "analysis": AnalysisSpec,
        "curvature": CurvatureSpec,
        "statistics": StatisticsSpec,
    }
    inner = {
        name: parse(model, values[name])
        for name, model in nested.items()
        if isinstance(values.get(name), dict)
    }
    spec = parse(StudySpec, {**values, **inner})
    for name in (*spec.knobs, *spec.settings):
        if name in spec.knobs and name in spec.settings:
            raise SpecError(f"'{name}' is among both the knobs and the settings. Give it once.")
        if name in AXES:
            raise SpecError(f"settings: a study has its own list for '{name}': use {name}s.")
    if len(spec.runs) < len(spec.points):
        raise SpecError("Two runs of this grid have the same settings.")
    return spec


def _run(settings: Mapping[str, Any], point: Mapping[str, Any]) -> RunSpec:
    spec = parse(RunSpec, {**settings, **point})
    for name in OBJECTS:
        if getattr(spec, name) == GIVEN:
            raise SpecError(
                f"{name}: '{GIVEN}' is for explore(model, …) in Python; a study needs a name from"
                " the table."
            )
    return spec


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(values) > MOST:
        raise ValueError(
            f"a study has at most {MOST} runs, so a setting has at most as many values"
        )
    twice = next((value for i, value in enumerate(values) if value in values[:i]), None)
    if twice is not None:
        raise ValueError(f"{twice!r} is given twice. Give each value once")
    return values
