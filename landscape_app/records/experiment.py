"""The result of the experiment of Table 1: how well features of networks predict a label.

The pipeline computes it, the study's folder stores it (result "experiment"), the command line and
the page read it. `model_dump()` gives what is stored, `model_validate()` reads it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from landscape_app.records.stored_types import Count, Known, Number, Text, Title
from landscape_app.settings import RunSpec

Reasons = dict[Title, Text]
EARLIER = ("where that is least (", "in the cheapest network (")  # how 0.2 said it, and how we do


class ExperimentRecord(BaseModel):
    """A record that is frozen and strict, and accepts fields that a later version adds."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class FeatureScore(ExperimentRecord):
    """The accuracies of the classifiers on one set of features, in shares.

    kind: "sampling", "scrambled", "baseline" or "chance". features: how many; what: "losses",
    "answers" or "". mean, error: over classifiers, as the paper prints them. own_error: of a
    scrambled set, the standard error over scramblings. networks: that have these features.
    """

    name: Title
    label: Title
    kind: Title
    what: Text
    features: Count
    networks: Count
    mean: Number
    error: Number
    own_error: Known = None
    accuracies: dict[Title, Number]
    dropped: Count = 0
    left_out: Reasons = {}

    @property
    def words(self) -> str:
        """The label as a person reads it: settings after a colon by their titles."""
        label = self.label.replace(*EARLIER)
        head, colon, names = label.partition(": ")
        return head + colon + ", ".join(map(_title, names.split(", ")))


class FeatureDifference(ExperimentRecord):
    """The accuracy of set `name` less that of set `other`, on the networks that have both. low,
    high: 95 % interval over configurations. p: two-sided, by swaps; holm: after Holm's correction
    over the table. detectable: the difference that would be found with a power of 80 %.
    """

    name: Title
    other: Title
    networks: Count
    value: Number
    low: Known
    high: Known
    p: Number
    smallest_p: Number
    holm: Number
    detectable: Number


class Experiment(ExperimentRecord):
    """One label. classes: {class: networks}. absent: {set of features: why it is not there}."""

    label: Title
    column: Title
    column_label: Title
    classes: dict[Title, Count]
    networks: Count
    configurations: Count
    left_out: Reasons
    absent: Reasons
    scores: list[FeatureScore]
    differences: list[FeatureDifference]


def _title(name: str) -> str:
    field = RunSpec.model_fields.get(name)
    return str(field.title).lower() if field is not None and field.title else name
