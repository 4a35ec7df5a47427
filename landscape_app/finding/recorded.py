"""The numbers of a network as its run has recorded them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from landscape_app.check_table import CHECKS
from landscape_app.finding.figures import NetworkNumbers, Number, numbers_of, share


def network_numbers(
    label: str,
    columns: Mapping[str, np.ndarray],
    facts: Mapping[str, Any],
    measures: Iterable[Mapping[str, Any]],
) -> NetworkNumbers:
    """The numbers of the network called `label`.

    columns: of the run's snapshots, each (n,). facts: RunFolder.facts(). measures: the stored lines
    of the result "measures", none where there is no such result. Without the anchor's snapshot all
    numbers are missing.
    """
    anchors = np.flatnonzero(columns["trajectory"] < 0)
    if len(anchors) != 1:
        return NetworkNumbers(label)
    scores = {name: float(columns[name][anchors[0]]) for name in SCORES}
    rule = facts.get("accuracy") or {}
    entries = rule.get("name") == "label_accuracy"  # its entries are no independent rows
    rows = 0 if entries else int(rule.get("test_rows") or facts.get("test_rows") or 0)
    fits = scores["train_accuracy"] >= CHECKS["interpolation"].settings["least"]
    return NetworkNumbers(
        label,
        train_loss=_loss("train_loss", scores, facts),
        test_loss=_loss("test_loss", scores, facts),
        train_accuracy=Number(scores["train_accuracy"]),
        test_accuracy=share(scores["test_accuracy"], rows),
        test_rows=rows,
        interpolates=None if math.isnan(scores["train_accuracy"]) else fits,
        measures=numbers_of(measures),
        data=str(facts.get("probe_hash") or ""),  # of the data before a regime changes them
    )


SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def _loss(name: str, scores: Mapping[str, float], facts: Mapping[str, Any]) -> Number:
    return Number(scores[name], facts.get(f"{name}_error"))
