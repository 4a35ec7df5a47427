"""Settings that are a name from one of the tables."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from landscape_app.errors import SpecError
from landscape_app.registries import (
    DATASETS,
    DISTANCES,
    EMBEDDINGS,
    NETWORKS,
    OBJECTIVES,
    OPTIMIZERS,
    PLANES,
    REGIMES,
    SAMPLINGS,
    SCHEDULES,
    Entry,
    find,
)
from landscape_app.settings.base import GIVEN


@dataclass(frozen=True, eq=False)  # a table has no hash
class Name:
    """Marks a setting that is a name of a table; pydantic checks the name with it.

    kind: what the table holds, for messages. also: words that are no entry. code: "npz:PATH" and
    "module:callable" are taken too; `form.from_form` refuses them from a browser.
    """

    kind: str
    table: dict[str, Entry]
    also: tuple[str, ...] = ()
    code: bool = False

    def check(self, name: str) -> str:
        """`name`; raises SpecError or UnknownNameError where there is no such entry."""
        if name in self.also or (self.code and ":" in name):
            return name
        if self.kind == "data set" and name.casefold().endswith(".npz"):
            raise SpecError(f"There is no data set called '{name}'. For a file give npz:{name}.")
        find(self.kind, self.table, name)
        return name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


DatasetName = Annotated[str, Name("data set", DATASETS, (GIVEN,), code=True)]
NetworkName = Annotated[str, Name("network", NETWORKS, (GIVEN,), code=True)]
RegimeName = Annotated[str, Name("regime", REGIMES, (GIVEN,))]
LossName = Annotated[str, Name("loss", OBJECTIVES, (GIVEN,))]
OptimizerName = Annotated[str, Name("optimizer", OPTIMIZERS, (GIVEN,))]
ScheduleName = Annotated[str, Name("schedule", SCHEDULES)]
EmbeddingName = Annotated[str, Name("embedding", EMBEDDINGS)]
DistanceName = Annotated[str, Name("distance", DISTANCES)]
SamplingName = Annotated[str, Name("kind of sampling", SAMPLINGS)]
PlaneName = Annotated[str, Name("kind of plane", PLANES)]


def name_of(field: FieldInfo) -> Name | None:
    """The table of a setting that is a name, or several names, of one; None for other settings."""
    return next((mark for mark in _marks(field.annotation, field.metadata)), None)


def _marks(annotation: Any, metadata: Iterable[Any]) -> Iterator[Name]:
    yield from (mark for mark in metadata if isinstance(mark, Name))
    for part in typing.get_args(annotation):
        yield from _marks(part, getattr(part, "__metadata__", ()))
