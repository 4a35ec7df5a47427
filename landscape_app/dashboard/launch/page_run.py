"""The settings of a run as a browser may ask for them: names from the tables, no file and no code
of this machine.

Imports neither Dash nor torch: the launching process reads it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

from landscape_app import feasibility
from landscape_app.errors import SpecError
from landscape_app.registries import find
from landscape_app.settings import AnalysisSpec, RunSpec, from_form
from landscape_app.settings.names import name_of


def spec_of_page(values: Mapping[str, Any]) -> RunSpec:
    """`values` as a run's settings; names must be those of the tables: no file and no code of this
    machine is named from a browser.
    """
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
