"""Settings that are a name from one of the tables."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

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
    SCHEDULES,
    Entry,
    find,
)
from landscape_app.settings.base import GIVEN


def _named(kind: str, table: dict[str, Entry], also: tuple[str, ...] = ()) -> AfterValidator:
    """A validator: the name is in the table, or one of `also`; data and networks may be
    "npz:PATH" or "module:callable" too, which `form.from_form` refuses from a browser.
    """

    def check(name: str) -> str:
        if name in also or (kind in ("data set", "network") and ":" in name):
            return name
        if kind == "data set" and name.casefold().endswith(".npz"):
            raise SpecError(f"There is no data set called '{name}'. For a file give npz:{name}.")
        find(kind, table, name)
        return name

    return AfterValidator(check)


DatasetName = Annotated[str, _named("data set", DATASETS, (GIVEN,))]
NetworkName = Annotated[str, _named("network", NETWORKS, (GIVEN,))]
RegimeName = Annotated[str, _named("regime", REGIMES, (GIVEN,))]
LossName = Annotated[str, _named("loss", OBJECTIVES, (GIVEN,))]
OptimizerName = Annotated[str, _named("optimizer", OPTIMIZERS, (GIVEN,))]
ScheduleName = Annotated[str, _named("schedule", SCHEDULES)]
EmbeddingName = Annotated[str, _named("embedding", EMBEDDINGS)]
DistanceName = Annotated[str, _named("distance", DISTANCES)]
PlaneName = Annotated[str, _named("kind of plane", PLANES)]
