"""From the controls of the form to settings and back, and the same run as a command."""

from __future__ import annotations

import shlex
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landscape_app.dashboard.common.form_parts import TABLES, value_type
from landscape_app.dashboard.launch.page_settings import APART, spec_of_page
from landscape_app.errors import LandscapeError
from landscape_app.registries import REGIMES
from landscape_app.settings import NO_RECIPE, PRESETS, RunSpec, differences, parse

YES, NO, EMPTY = "yes", "no", ""
# several regimes make several runs
FIELDS = tuple(name for name in RunSpec.model_fields if name != "regime" and name not in APART)


@dataclass(frozen=True)
class RunForm:
    """A spec for each regime, or the faults ({field: words}; "" for the form as a whole)."""

    specs: tuple[RunSpec, ...]
    faults: Mapping[str, str]
    changed: Mapping[str, tuple[Any, Any]]  # {field: (here, in the preset)}


def read(values: Mapping[str, Any], regimes: Sequence[str], preset: str) -> RunForm:
    """The form's values ({field: the control's value}) as specs, or every fault."""
    given = settings(values)
    faults: dict[str, str] = {}
    for name, value in given.items():
        if (words := _fault(name, value)) is not None:
            faults[name] = words
    if not regimes:
        faults[""] = "Tick at least one regime."
    if faults:
        return RunForm((), faults, {})
    try:
        specs = tuple(spec_of_page({**given, "regime": regime}) for regime in regimes)
    except LandscapeError as error:
        return RunForm((), dict([_placed(str(error))]), {})
    return RunForm(specs, {}, differences(specs[0], preset if preset in PRESETS else "quick"))


def settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """{setting: value}: fields left empty that may be empty (the regime's, all) are left out."""
    given = {name: meant(name, values[name]) for name in FIELDS if name in values}
    return {
        name: value
        for name, value in given.items()
        if value is not None or RunSpec.model_fields[name].default is not None
    }


def _fault(name: str, value: Any) -> str | None:
    try:
        parse(RunSpec, {name: value})
    except LandscapeError as error:
        text = str(error)
        return text.removeprefix(f"{name} ({RunSpec.model_fields[name].title}): ").removeprefix(
            f"{name}: "
        )
    return None


def _placed(text: str) -> tuple[str, str]:
    """(field, words) of a fault; the field is "" where the fault names none."""
    name, colon, words = text.removeprefix("The settings: ").partition(": ")
    return (name, words) if colon and name in FIELDS else ("", text)


def of_preset(preset: str) -> dict[str, Any]:
    """{field: the control's value} of a preset; recipe fields are empty: the regime's."""
    values = {name: RunSpec.model_fields[name].default for name in FIELDS} | PRESETS.get(preset, {})
    return {name: shown(name, values[name]) for name in FIELDS}


def of_spec(spec: RunSpec) -> dict[str, Any]:
    """{field: the control's value} of a run; what its regime says anyway is left empty."""
    recipe = REGIMES[spec.regime].settings if spec.regime in REGIMES else NO_RECIPE
    values = {name: getattr(spec, name) for name in FIELDS}
    for name, value in recipe.items():
        if values.get(name) == value:
            values[name] = None
    values |= {name: RunSpec.model_fields[name].default for name in foreign(spec) if name in values}
    return {name: shown(name, value) for name, value in values.items()}


def foreign(spec: RunSpec) -> list[str]:
    """Fields whose value is in no table: own files, objects and code, which no browser names."""
    named = [
        name
        for name, table in TABLES.items()
        if getattr(spec, name) is not None and getattr(spec, name) not in table
    ]
    return named + [name for name in APART if getattr(spec, name) is not None]


def command(spec: RunSpec) -> list[str]:
    """The command line that makes the same run: each flag that is not the default."""
    plain = parse(RunSpec, {"regime": spec.regime})
    words = ["landscape run", f"--regime {spec.regime}"]
    for name in FIELDS:
        value = getattr(spec, name)
        if value == getattr(plain, name):
            continue
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{flag[2:]}")
        elif isinstance(value, tuple):
            words.append(" ".join([flag, *(f"{number:g}" for number in value)]))
        else:
            words.append(
                f"{flag} {value:g}"
                if isinstance(value, float)
                else f"{flag} {shlex.quote(str(value))}"
            )
    return words


def shown(name: str, setting: Any) -> Any:
    """A setting's value in its control's form."""
    kind, _ = value_type(RunSpec.model_fields[name])
    if kind is bool:
        return EMPTY if setting is None else YES if setting else NO
    if typing.get_origin(kind) is tuple:
        return [f"{number:g}" for number in setting]
    return EMPTY if setting is None else setting


def meant(name: str, value: Any) -> Any:
    """A control's value in the setting's form; else as it is, for the validation to name."""
    kind, _ = value_type(RunSpec.model_fields[name])
    if value is None or value == EMPTY:
        return None
    if kind is bool:
        return {YES: True, NO: False}.get(value, value) if isinstance(value, str) else value
    if typing.get_origin(kind) is tuple:
        return tuple(_number(text) for text in value) if isinstance(value, list) else value
    return _number(value) if kind in (int, float) else value


def _number(text: Any) -> Any:
    try:
        return float(text) if isinstance(text, str) else text
    except ValueError:
        return text
