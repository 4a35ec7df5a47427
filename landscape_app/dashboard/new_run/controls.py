"""One control per field of the settings: which control, and how its value becomes the setting's and
back.
"""

from __future__ import annotations

import typing
from typing import Any, Literal

import dash_mantine_components as dmc
from pydantic.fields import FieldInfo

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.controls import entry_options, options
from landscape_app.dashboard.common.setting_fields import TABLES, extra, left_empty, parts
from landscape_app.dashboard.launch.page_run import APART
from landscape_app.settings import RunSpec

YES, NO, EMPTY = "yes", "no", ""
# several regimes make several runs
FIELDS = tuple(name for name in RunSpec.model_fields if name != "regime" and name not in APART)


def control(name: str, given: Any) -> Any:
    """The control of the setting `name`, showing `given` (in the control's form)."""
    field = RunSpec.model_fields[name]
    kind, empty = parts(field)
    common = {"id": ids.field(name), "value": given, "size": "xs", **{"aria-label": field.title}}
    if name in TABLES:
        return dmc.Select(
            data=entry_options(TABLES[name]),
            allowDeselect=empty,
            clearable=empty,
            placeholder=left_empty(field),
            checkIconPosition="right",
            **common,
        )
    if typing.get_origin(kind) is Literal:
        return dmc.SegmentedControl(data=list(typing.get_args(kind)), fullWidth=True, **common)
    if kind is bool:
        words = {EMPTY: left_empty(field)} if empty else {}
        data = options({**words, YES: "yes", NO: "no"})
        return dmc.SegmentedControl(data=data, fullWidth=True, **common)
    if typing.get_origin(kind) is tuple:
        return dmc.TagsInput(acceptValueOnBlur=True, splitChars=[",", " ", ";"], **common)
    return _number_input(field, whole=kind is int, empty=empty, **common)


def _number_input(field: FieldInfo, *, whole: bool, empty: bool, **common: Any) -> Any:
    unit = extra(field, "unit")
    return dmc.NumberInput(
        allowDecimal=not whole,
        clampBehavior="none",
        step=1 if whole else 0.1,
        hideControls=not whole,
        debounce=250,
        placeholder=left_empty(field) if empty else "",
        rightSection=unit or None,
        rightSectionWidth=70 if unit else None,
        **common,
    )


def shown(name: str, setting: Any) -> Any:
    """A setting's value in its control's form."""
    kind, _ = parts(RunSpec.model_fields[name])
    if kind is bool:
        return EMPTY if setting is None else YES if setting else NO
    if typing.get_origin(kind) is tuple:
        return [f"{number:g}" for number in setting]
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
        return tuple(_number(text) for text in value) if isinstance(value, list) else value
    return _number(value) if kind in (int, float) else value


def _number(text: Any) -> Any:
    try:
        return float(text) if isinstance(text, str) else text
    except ValueError:
        return text
