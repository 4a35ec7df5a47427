"""A run's settings as a browser may send them."""

from __future__ import annotations

from typing import Any

from landscape_app.errors import SpecError
from landscape_app.settings.base import GIVEN, OBJECTS, parse
from landscape_app.settings.run import RunSpec


def from_form(values: dict[str, Any]) -> RunSpec:
    """The settings in `values`. Only names from the tables are taken: no path and no code. Raises
    SpecError.
    """
    spec = parse(RunSpec, values)
    for name in (*OBJECTS, "regime"):
        choice = getattr(spec, name) or ""
        if ":" in choice or choice == GIVEN:
            raise SpecError(
                f"{name}: '{choice}' is for the command line or Python; the page takes names from"
                " the table."
            )
    if spec.checkpoint is not None:
        raise SpecError("checkpoint: files are named on the command line only.")
    return spec
