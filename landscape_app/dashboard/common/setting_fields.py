"""What a form says about a setting: its type, its unit, its range, its help."""

from __future__ import annotations

import types
import typing
from typing import Any

import annotated_types
from pydantic.fields import FieldInfo

from landscape_app.dashboard.launch.page_run import NAMED
from landscape_app.registries import Entry
from landscape_app.settings import RunSpec

TABLES: dict[str, dict[str, Entry]] = {
    field: name.table for field, name in NAMED.items() if field != "regime"
}


FITS = 22  # characters that a control has room for


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
        inner = [part for part in typing.get_args(kind) if part is not type(None)]
        return inner[0], True
    return kind, False


def left_empty(field: FieldInfo) -> str:
    """What a field means when it is left empty, from its help: "Empty: the regime's." says "the
    regime's".
    """
    _, _, words = (field.description or "").partition("Empty: ")
    short = words.split(".")[0]
    return short if len(short) <= FITS else "by the rule below"


def explained(name: str, value: Any) -> str:
    """The help under a field: of the entry that is chosen where there is a table, else the
    setting's own with its range.
    """
    if name in TABLES and value in TABLES[name]:
        return TABLES[name][value].help
    field = RunSpec.model_fields[name]
    text = field.description or ""
    if (empty := left_empty(field)) and f"Empty: {empty}" in text:
        text = text.partition("Empty: ")[0].strip()  # the empty control says it
    return f"{text} ({range_})" if (range_ := limits(name)) else text


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
