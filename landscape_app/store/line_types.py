"""The types of the lines of a journal, by kind. Readers can rely on them.

A line with a right checksum was written by a program, or by a person. If its fields do not fit its
kind, the run cannot be read. Such a line is not skipped like a damaged one: otherwise a file would
count as never committed, or the run as never prepared. A line of an unknown kind is kept and
ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

Count = Annotated[int, Field(ge=0, le=2**53)]
# out of the protocol's range it is left out where snapshots are read
Epoch = Annotated[int, Field(ge=-(2**31), le=2**31)]
Spread = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(max_length=2**16)]
LOOSE = ConfigDict(strict=True, extra="allow")


@with_config(LOOSE)
class SettingsFacts(TypedDict):
    """The settings that a run was begun with (store/settings_record.py)."""

    sha256: Hash
    values: dict[str, Any]


@with_config(LOOSE)
class TensorFacts(TypedDict):
    """The place of a trainable tensor among the weights."""

    key: Text
    shape: list[Count]
    start: Count
    stop: Count


@with_config(LOOSE)
class PlanFacts(TypedDict, total=False):
    """As records/plan.py stores it."""

    engine: Text
    bundles: list[list[Count]]
    workers: Count
    devices: Annotated[list[Text], Field(min_length=1)]
    rows: Count
    chunk_epochs: Annotated[int, Field(ge=1, le=2**31)]
    rate: float
    candidates: list[dict[str, Any]]
    why: Text
    training: Text


@with_config(LOOSE)
class ForecastFacts(TypedDict, total=False):
    """Of the seconds of each phase, memory and disk that a run takes."""

    seconds: dict[str, float]


@with_config(LOOSE)
class AccuracyFacts(TypedDict, total=False):
    """What the accuracy of a run is a share of."""

    name: Text
    rule: Text
    test_rows: Count


@with_config(LOOSE)
class PreparedLine(TypedDict, total=False):
    """What a run was begun with, and how it is computed (pipeline/prepare.py)."""

    settings: SettingsFacts
    parameters: Count
    tensors: list[TensorFacts]
    buffers: list[dict[str, Any]]
    data_hash: Text
    reading: Text
    probe_hash: Text | None
    loss_hash: Text | None
    train_rows: Count
    test_rows: Count
    classes: Count
    outputs: Count
    target_scale: list[Spread] | None
    task: Text
    loss: Text
    loss_unsplit: Text | None
    accuracy: AccuracyFacts | None
    probe_rows: Count
    train_probe_rows: Count
    loss_rows: Count
    plan: PlanFacts
    forecast: ForecastFacts
    pace: dict[str, Any]
    shape: Text
    versions: dict[str, Text]
    identity: dict[str, Any] | None
    sources: dict[str, dict[str, Any]]


@with_config(LOOSE)
class MigratedLine(TypedDict):
    """A run of an older schema was brought to a later one."""

    schema: Count
    settings: SettingsFacts


@with_config(LOOSE)
class AskedLine(TypedDict):
    """What is to be done after a run is sampled."""

    analyse: bool


@with_config(LOOSE)
class FileLine(TypedDict):
    """A committed file."""

    file: Annotated[str, Field(pattern=r"^(chunks/)?[a-z0-9][a-z0-9_-]*\.safetensors$")]
    sha256: Hash
    bytes: Count


@with_config(LOOSE)
class OutsideFacts(TypedDict, total=False):
    """Scores on the test rows outside the probe (training/outside_probe.py)."""

    rows: Count
    test_loss: float | None
    test_loss_error: float | None
    test_accuracy: float | None


@with_config(LOOSE)
class AnchorLine(FileLine):
    """The trained network."""

    seconds: NotRequired[float]
    weight_norm: NotRequired[float]
    distance_from_init: NotRequired[float]
    train_loss_error: NotRequired[float]
    test_loss_error: NotRequired[float]
    outside_probe: NotRequired[OutsideFacts]


@with_config(LOOSE)
class TrainingLine(FileLine):
    """Epochs of the training."""

    first: Epoch
    last: Epoch


@with_config(LOOSE)
class ChunkLine(TrainingLine):
    """Epochs of a bundle's retraining."""

    bundle: Count
    trajectories: list[Epoch]


@with_config(LOOSE)
class PathLine(FileLine):
    """A state of the training that was recorded."""

    step: Count
    epoch: NotRequired[float]


@with_config(LOOSE)
class PathAgainLine(TypedDict):
    """A recording goes on after this step; states after it that were recorded before do not
    count.
    """

    step: Count


KINDS: Mapping[str, Any] = {
    "prepared": PreparedLine,
    "migrated": MigratedLine,
    "asked": AskedLine,
    "init": FileLine,
    "base": TrainingLine,
    "anchor": AnchorLine,
    "chunk": ChunkLine,
    "path": PathLine,
    "path_again": PathAgainLine,
}


def fault(line: Mapping[str, Any]) -> str:
    """Why the fields of a line do not fit its kind: 'chunk: trajectories.0 should be a valid
    integer'; empty if they do.
    """
    kind = line["kind"]
    if kind not in KINDS:
        return ""
    try:
        _adapter(kind).validate_python(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return f"{kind}: {'.'.join(map(str, first['loc']))} – {first['msg']}"
    return ""


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])
