"""One control per field of the settings: which one, and how its value becomes the setting's and
back.
"""

from __future__ import annotations

import types
import typing
from typing import Any, Literal

import annotated_types
import dash_mantine_components as dmc
from pydantic.fields import FieldInfo

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.launching import APART, NAMED
from landscape_app.registries import Entry
from landscape_app.settings import RunSpec

TABLES: dict[str, dict[str, Entry]] = {
    name: table for name, (_, table) in NAMED.items() if name != "regime"
}
FITS = 22  # characters that a control has room for
YES, NO, EMPTY = "yes", "no", ""
# several regimes make several runs
FIELDS = tuple(name for name in RunSpec.model_fields if name != "regime" and name not in APART)


def extra(field: FieldInfo, key: str) -> str:
    """What `settings.setting` kept beside a field: its unit, its group."""
    return (
        str(field.json_schema_extra.get(key, ""))
        if isinstance(field.json_schema_extra, dict)
        else ""
    )


def parts(field: FieldInfo) -> tuple[Any, bool]:
    """(the type without None, whether it may be empty)."""
    kind = field.annotation
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        inner = [one for one in typing.get_args(kind) if one is not type(None)]
        return inner[0], True
    return kind, False


def left_empty(field: FieldInfo) -> str:
    """What a field means when it is left empty, from its help: "Empty: the regime's." says "the
    regime's".
    """
    _, found, said = (field.description or "").partition("Empty: ")
    short = said.split(".")[0] if found else ""
    return short if len(short) <= FITS else "by the rule below"


def explained(name: str, value: Any) -> str:
    """The help under a field: of the entry that is chosen where there is a table, else the
    setting's own with its range.
    """
    if name in TABLES and value in TABLES[name]:
        return TABLES[name][value].help
    field = RunSpec.model_fields[name]
    text = field.description or ""
    if (said := left_empty(field)) and f"Empty: {said}" in text:
        text = text.partition("Empty: ")[0].strip()  # the empty control says it
    return f"{text} ({range_})" if (range_ := limits(name)) else text


def control(name: str, given: Any) -> Any:
    """The control of the setting `name`, showing `given` (in the control's form)."""
    field = RunSpec.model_fields[name]
    kind, empty = parts(field)
    common = {"id": ids.field(name), "value": given, "size": "xs", **{"aria-label": field.title}}
    if name in TABLES:
        data = [{"value": key, "label": entry.label} for key, entry in TABLES[name].items()]
        return dmc.Select(
            data=data,
            allowDeselect=empty,
            clearable=empty,
            placeholder=left_empty(field),
            checkIconPosition="right",
            **common,
        )
    if typing.get_origin(kind) is Literal:
        return dmc.SegmentedControl(data=list(typing.get_args(kind)), fullWidth=True, **common)
    if kind is bool:
        choices = [{"value": EMPTY, "label": left_empty(field)}] if empty else []
        return dmc.SegmentedControl(
            data=[*choices, {"value": YES, "label": "yes"}, {"value": NO, "label": "no"}],
            fullWidth=True,
            **common,
        )
    if typing.get_origin(kind) is tuple:
        return dmc.TagsInput(acceptValueOnBlur=True, splitChars=[",", " ", ";"], **common)
    whole = kind is int
    return dmc.NumberInput(
        allowDecimal=not whole,
        clampBehavior="none",
        step=1 if whole else 0.1,
        hideControls=not whole,
        debounce=250,
        placeholder=left_empty(field) if empty else "",
        rightSection=extra(field, "unit") or None,
        rightSectionWidth=70 if extra(field, "unit") else None,
        **common,
    )


def shown(name: str, setting: Any) -> Any:
    """A setting's value in its control's form."""
    kind, _ = parts(RunSpec.model_fields[name])
    if kind is bool:
        return EMPTY if setting is None else YES if setting else NO
    if typing.get_origin(kind) is tuple:
        return [f"{one:g}" for one in setting]
    return EMPTY if setting is None else setting


def meant(name: str, value: Any) -> Any:
    """A control's value in the setting's form; what cannot be one is left as it is, for the
    validation to name.
    """
    kind, _ = parts(RunSpec.model_fields[name])
    if value is None or value == EMPTY:
        return None
    if kind is bool:
        return {YES: True, NO: False}.get(value, value) if isinstance(value, str) else value
    if typing.get_origin(kind) is tuple:
        return tuple(_number(one) for one in value) if isinstance(value, list) else value
    return _number(value) if kind in (int, float) else value


def _number(text: Any) -> Any:
    try:
        return float(text) if isinstance(text, str) else text
    except ValueError:
        return text


def limits(name: str) -> str:
    """The range of a number in words: 1 to 64; empty where there is none."""
    low = high = ""
    for rule in RunSpec.model_fields[name].metadata:
        if isinstance(rule, annotated_types.Ge):
            low = f"{rule.ge:,}"
        elif isinstance(rule, annotated_types.Gt):
            low = f"above {rule.gt:,}"
        elif isinstance(rule, annotated_types.Le):
            high = f"{rule.le:,}"
        elif isinstance(rule, annotated_types.Lt):
            high = f"below {rule.lt:,}"
    if high.replace(",", "").isdigit() and int(high.replace(",", "")) > 100_000:
        high = ""  # a bound of the format rather than of sense
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}" if high else ""
