"""The six measures that a comparison shows first, and which way of each is the worse one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from landscape_app.finding.figures import NetworkNumbers, Number

SMALLEST_STEP = re.compile(r"expected_sharpness\[(?P<step>.+)\]")


@dataclass(frozen=True)
class KeyMeasure:
    """name: of a measure in the table, or "test_accuracy". label: in a sentence. worse: "higher" or
    "lower". error: where its standard error comes from, in words; "" where it has none.
    """

    name: str
    label: str
    worse: str
    error: str
    percent: bool = False


KEY_MEASURES = (
    KeyMeasure("test_accuracy", "test accuracy", "lower", "binomial, over the test rows", True),
    KeyMeasure("gap_loss", "gap in loss", "higher", "over the train and the test rows"),
    KeyMeasure("function_return", "function return", "higher", "over the direction seeds"),
    KeyMeasure(
        "end_disagreement",
        "end disagreement",
        "higher",
        "by jackknife over the direction seeds",
        True,
    ),
    KeyMeasure("expected_sharpness", "expected sharpness", "higher", "over the direction seeds"),
    KeyMeasure("weight_norm", "‖θ‖", "higher", ""),
)


def smallest_step(networks: Iterable[NetworkNumbers]) -> str:
    """The name of expected sharpness at the smallest step size that all networks have; that of its
    mean over the step sizes where they have none in common.
    """
    steps = [
        {match["step"] for name in network.measures if (match := SMALLEST_STEP.fullmatch(name))}
        for network in networks
    ]
    common = set.intersection(*steps) if steps else set()
    return f"expected_sharpness[{min(common, key=float)}]" if common else "expected_sharpness"


def key_numbers(networks: Iterable[NetworkNumbers]) -> dict[str, tuple[Number, ...]]:
    """{name of the key measure: its number of each network}."""
    networks = list(networks)
    sharpness = smallest_step(networks)
    return {
        key.name: tuple(
            network.number(sharpness if key.name == "expected_sharpness" else key.name)
            for network in networks
        )
        for key in KEY_MEASURES
    }
