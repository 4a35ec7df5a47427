"""The types of the facts of a stored result, by its name. Readers can rely on them.

A folder may come from someone else, and anyone can compute a checksum. Therefore a result with
words or parameters of other types is ignored when it is read, in one place, and counts as not
computed. Fields that are not listed here are only printed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from landscape_app.records.claims import ClaimReport
from landscape_app.records.experiment import Experiment
from landscape_app.records.stored_types import LOOSE, Count, Known, Named, Number, Text
from landscape_app.records.study_report import StudyReport
from landscape_app.records.study_table import TableMeta

Row = Annotated[int, Field(ge=0, le=2**53)]  # canonical id of a snapshot
Time = Annotated[int, Field(ge=1, le=10_000)]  # of a diffusion
Rows = Annotated[list[Row], Field(max_length=10_000_000)]


@with_config(LOOSE)
class Parameters(TypedDict, total=False):
    """The parameters of a result, where several results share their names."""

    t: Time | None
    asked: Time | None
    method: Named
    dims: Annotated[int, Field(ge=1, le=3)]
    distance: Named
    filtration: Named
    diagram: Named
    kind: Named
    kernel: Named | None
    k: Count
    k_cross: Count
    decay: Number
    graph_k: Count
    quantile: Number
    dimension: Count
    repeats: Count
    loss_repeats: Count
    seed: Count
    label: Named
    run: Named
    loss: Named
    points: Annotated[int, Field(ge=1, le=100_000)]
    extent: Number
    interpolating: Number
    directions: Count
    step_sizes: list[Number]
    lattice: Annotated[list[Count], Field(min_length=1, max_length=8)]


@with_config(LOOSE)
class MeasureFacts(TypedDict):
    """One measure."""

    name: Named
    label: Named
    value: Known
    help: NotRequired[Text]
    unit: NotRequired[Named | None]
    direction: NotRequired[Text | None]
    worse: NotRequired[Text | None]
    error: NotRequired[Known]
    source: NotRequired[Text | None]
    cost: NotRequired[Text | None]
    detail: NotRequired[Text | None]


@with_config(LOOSE)
class MeasuresMeta(TypedDict):
    """Results "measures" and "curvature"."""

    measures: list[MeasureFacts]


@with_config(LOOSE)
class CheckFacts(TypedDict):
    """The outcome of one check."""

    name: NotRequired[Named]
    passed: NotRequired[bool | None]
    label: NotRequired[Named]
    value: NotRequired[Known]
    limit: NotRequired[Text | None]
    detail: NotRequired[Text | None]
    on: NotRequired[Text | None]


@with_config(LOOSE)
class ChecksMeta(TypedDict):
    """Result "checks"."""

    checks: list[CheckFacts]


@with_config(LOOSE)
class EmbeddingMeta(TypedDict, total=False):
    """Result "embedding", and what a joint embedding shares with it."""

    t: Time | None
    knee: Time | None
    components: Count | None
    k: Count | None
    k_cross: Count | None
    decay: Known
    kernel: Named | None
    space: Named | None
    explained: list[Number] | None
    demap: Known
    trustworthiness: Known
    stress: Known
    step_over_spread: Known
    stability: Known
    stability_asked: Count
    stability_misfit: Known
    stability_note: Text | None


@with_config(LOOSE)
class PaperMeta(TypedDict):
    """Result "paper" of a study. absent: {label of Table 1: why it has no experiment}."""

    absent: dict[Named, Text]


@with_config(LOOSE)
class PaperEmbeddingMeta(EmbeddingMeta, total=False):
    """Results "paper_embedding" of a study and "cloud" of a run. anchor: where its star stands."""

    anchor: Annotated[list[Number], Field(min_length=2, max_length=2)]


@with_config(LOOSE)
class PaperDiagramMeta(TypedDict):
    """Result "paper_diagram" of a study: the paper's total, and what it is made of."""

    total: Number
    share: Known
    range: Number
    components: Count
    bars: Count


@with_config(LOOSE)
class RunEmbeddingMeta(EmbeddingMeta, total=False):
    """Which snapshots of a run have no place in its embedding."""

    excluded: Rows
    excluded_because: dict[Named, Rows]


@with_config(LOOSE)
class JointMeta(EmbeddingMeta):
    """Result "joint", of several runs."""

    runs: list[Named]
    refused: NotRequired[Text | None]
    thinned: NotRequired[Count | None]
    excluded: NotRequired[dict[Named, Rows]]
    excluded_because: NotRequired[dict[Named, dict[Named, Rows]]]


@with_config(LOOSE)
class GeometryMeta(TypedDict, total=False):
    """Result "geometry"."""

    excluded: Rows
    excluded_because: dict[Named, Rows]


@with_config(LOOSE)
class DiffusionMeta(TypedDict):
    """Result "diffusion"."""

    knee: Time
    components: NotRequired[Count | None]


@with_config(LOOSE)
class BarsMeta(TypedDict, total=False):
    """Results "sublevel", "profile" and "climbs"."""

    bars: Count
    essential: Count
    censored: Count
    leaves: Count
    entropy: Known
    smad: Known
    longest: Known
    total_persistence: Known
    squared_persistence: Known
    total_over_barriers: Known
    label: Named
    absent: Text
    left_out: Text
    excluded: Rows
    checked: Count
    not_finite: Count


@with_config(LOOSE)
class RipsMeta(TypedDict):
    """Result "rips"."""

    threshold: Number
    unit: NotRequired[Named]
    note: NotRequired[Text]
    bars_h1: NotRequired[Count]
    censored_h1: NotRequired[Count]
    longest_h1: NotRequired[Known]
    total_persistence_h0: NotRequired[Known]
    total_persistence_h1: NotRequired[Known]
    bars_h2: NotRequired[Count]
    points_h2: NotRequired[Count]


@with_config(LOOSE)
class NullTestFacts(TypedDict, total=False):
    """The test of the sublevel bars, or of the longest loop, against a null model."""

    p: Known
    p_high: Known
    side: Named | None
    note: Text | None
    words: Text | None
    thinning: Text | None
    points: Count | None
    repeats: Count | None
    smallest_p: Known
    observed: Known
    null_low: Known
    null_median: Known
    null_high: Known
    statistic: Named | None


def _whole(test: NullTestFacts) -> NullTestFacts:
    """A loop with a p-value must have all fields that belong to it."""
    needed = ("words", "repeats", "observed") + (
        ("points", "smallest_p") if test.get("thinning") else ()
    )
    if test.get("p_high") is not None and (
        lacking := [name for name in needed if test.get(name) is None]
    ):
        raise ValueError(f"a p without {lacking[0]}")
    return test


@with_config(LOOSE)
class NullVerdictFacts(TypedDict, total=False):
    """The verdict on one loss at several scales."""

    of: list[Named]
    side: Named | None
    note: Text | None


@with_config(LOOSE)
class SignificanceMeta(TypedDict, total=False):
    """Result "significance"."""

    sublevel: dict[Named, NullTestFacts] | None
    verdict: NullVerdictFacts | None
    rips_h1: Annotated[NullTestFacts, AfterValidator(_whole)] | None


@with_config(LOOSE)
class LoopsMeta(TypedDict):
    """Result "loops": the test of the longest loop alone."""

    rips_h1: Annotated[NullTestFacts, AfterValidator(_whole)]


@with_config(LOOSE)
class FunctionSpaceMeta(TypedDict):
    """Result "function_space". refused: why the run has none; unembedded: why no picture of it."""

    distance: Named
    refused: Text | None
    unembedded: Text | None


@with_config(LOOSE)
class TriangulationMeta(TypedDict, total=False):
    """Result "triangulation"."""

    label: Named
    filtration_label: Named
    excluded: Rows


@with_config(LOOSE)
class TrainingPathMeta(TypedDict):
    """Result "training_path". recorded: of a loop of the user's own."""

    recorded: bool


@with_config(LOOSE)
class CentreFacts(TypedDict):
    """The centre of a surface, compared with the anchor's record."""

    train_loss: Known
    recorded_train_loss: NotRequired[Known]
    train_loss_apart: NotRequired[Known]


@with_config(LOOSE)
class SurfaceMeta(TypedDict):
    """Result "surface"."""

    label: Named
    labels: Annotated[list[Named], Field(min_length=1, max_length=2)]
    unit: Text
    jump_length: Annotated[float, Field(allow_inf_nan=False, gt=0)]
    residual_share: NotRequired[Known]
    batchnorm: NotRequired[Text | None]
    centre: NotRequired[CentreFacts]
    excluded: NotRequired[Rows]
    points_per_second: NotRequired[Known]


@with_config(LOOSE)
class SamplingMeta(TypedDict):
    """Result "sampling": points around the anchor that are not retrained."""

    label: Named
    unit: Text
    line: Annotated[int, Field(ge=1, le=100_000)]
    classes: Count
    way: NotRequired[Text]
    batchnorm: NotRequired[Text | None]
    unsplit: NotRequired[Text]
    target_scale: NotRequired[list[Annotated[float, Field(gt=0, allow_inf_nan=False)]]]
    points_per_second: NotRequired[Known]
    seconds: NotRequired[Known]


@with_config(LOOSE)
class SharedTimeMeta(TypedDict):
    """Result "shared": the diffusion time of a study's runs."""

    t: Time
    knees: NotRequired[dict[Named, Time]]


@with_config(LOOSE)
class DiagramDistancesMeta(TypedDict):
    """Result "diagram_distances"."""

    runs: list[Named]
    missing: list[Named]
    left_out: NotRequired[list[Known]]


METAS: Mapping[str, Any] = {
    "checks": ChecksMeta,
    "claims": ClaimReport,
    "climbs": BarsMeta,
    "curvature": MeasuresMeta,
    "diagram_distances": DiagramDistancesMeta,
    "cloud": PaperEmbeddingMeta,
    "diffusion": DiffusionMeta,
    "embedding": RunEmbeddingMeta,
    "experiment": Experiment,
    "function_space": FunctionSpaceMeta,
    "geometry": GeometryMeta,
    "joint": JointMeta,
    "loops": LoopsMeta,
    "measures": MeasuresMeta,
    "paper": PaperMeta,
    "paper_diagram": PaperDiagramMeta,
    "paper_embedding": PaperEmbeddingMeta,
    "profile": BarsMeta,
    "rips": RipsMeta,
    "sampling": SamplingMeta,
    "shared": SharedTimeMeta,
    "significance": SignificanceMeta,
    "statistics": StudyReport,
    "sublevel": BarsMeta,
    "surface": SurfaceMeta,
    "table": TableMeta,
    "training_path": TrainingPathMeta,
    "triangulation": TriangulationMeta,
}


def fault(name: str, parameters: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    """Why a result called `name` is not valid: 'measures.0.value should be a valid number'; empty
    if it is.
    """
    for kind, values in ((Parameters, parameters), (METAS.get(name), meta)):
        try:
            if kind is not None:
                _adapter(kind).validate_python(values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            return f"{'.'.join(map(str, first['loc']))} – {first['msg']}"
    return ""


def finite(value: Any) -> Any:
    """`value` with None for every number that is not finite, also inside dicts and lists. Results
    are stored and read in this form.
    """
    if isinstance(value, dict):
        return {key: finite(held) for key, held in value.items()}
    if isinstance(value, list):
        return [finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
