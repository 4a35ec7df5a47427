"""What all settings share: their base class, one field, and how values are checked."""

from __future__ import annotations

import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from landscape_app.errors import SpecError, UnknownNameError, hint

# The word for an object that `explore` got in Python: a folder alone cannot build it again. As a
# regime: nothing is added to the network's own training.
GIVEN = "given"
# settings that `explore` may get as objects
OBJECTS = ("data", "network", "loss", "optimizer", "train_optimizer")
# other words for a choice
SYNONYMS = {
    "gpu": "cuda",
    "nvidia": "cuda",
    "processor": "cpu",
    "bf16": "bfloat16",
    "fp32": "float32",
    "float": "float32",
    "full": "float32",
}


class Spec(BaseModel):
    """Base of all settings: frozen, unknown fields refused, numbers finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


S = TypeVar("S", bound=Spec)


def setting(
    default: Any, label: str, help: str, *, group: str, unit: str = "", **limits: Any
) -> Any:
    """A pydantic field that also carries what a form and a flag need to show it."""
    return Field(
        default,
        title=label,
        description=help,
        json_schema_extra={"unit": unit, "group": group},
        **limits,
    )


def parse(model: type[S], values: dict[str, Any]) -> S:
    """`values` as a `model`. Raises SpecError in one line: the field, what was given, what is
    allowed.
    """
    fields = model.model_fields
    for name in values:
        if name not in fields:
            raise SpecError(
                f"There is no setting called '{name}'.{hint(name, fields)} Choose from:"
                f" {', '.join(fields)}."
            )
    try:
        return model.model_validate(values)
    except UnknownNameError as error:
        raise SpecError(str(error)) from error
    except ValidationError as error:
        raise SpecError(_first_fault(model, error)) from error


def _first_fault(model: type[Spec], error: ValidationError) -> str:
    fault = error.errors()[0]
    path = ".".join(str(part) for part in fault["loc"])
    field = model.model_fields.get(str(fault["loc"][0])) if fault["loc"] else None
    name = (
        f"{path} ({field.title})" if field is not None and field.title else path or "The settings"
    )
    given = fault.get("input")
    shown, suggestion = "" if isinstance(given, dict) else f", not {given!r}", ""
    if fault["type"] == "literal_error" and field is not None and isinstance(given, str):
        choices = [str(choice) for choice in typing.get_args(field.annotation)]
        meant = SYNONYMS.get(given.casefold())
        suggestion = f" Did you mean '{meant}'?" if meant in choices else hint(given, choices)
    return f"{name}: {fault['msg'].removeprefix('Value error, ')}{shown}.{suggestion}"
