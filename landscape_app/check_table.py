"""The table of checks of a stored run, each with the threshold of its figure.

`figure`: what the figure is. `most`, `least`: its threshold. `varies`: the threshold in words,
where it depends on the run. `also`: what else must be true. `group`: the heading under which the
check stands. `note`: where it does not pass, the network is so, and nothing is damaged. A check
gives a figure and words (checks.check_subject.Outcome). Only pipeline.verify decides whether that
passes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from landscape_app.entries import Entry

CheckVerdict = bool | Literal["note"] | None
STORED, SAMPLED, NETWORK, ANALYSED = (
    "What is stored",
    "How it was sampled",
    "The network",
    "What was computed from it",
)

# Results that checks use. When one of them is newer than the checks, the checks are made again.
MADE_ON = ("geometry", "embedding", "surface", "curvature", "significance")

_C = "landscape_app.checks."
CHECKS: dict[str, Entry] = {
    "hashes": Entry(
        _C + "stored:hashes",
        "File hashes",
        "Every committed file has the SHA-256 and size that its journal line names.",
        {"group": STORED, "figure": "files", "most": 0},
    ),
    "results": Entry(
        _C + "stored:results",
        "Stored results",
        "Every result is unchanged since it was written. It was computed from the snapshots that"
        " the run has now.",
        {"group": STORED, "figure": "results", "most": 0},
    ),
    "data": Entry(
        _C + "stored:data",
        "Data",
        "The data are loaded again. They equal the training's data byte by byte. The recipe did"
        " not change the test set.",
        {"group": STORED, "figure": "differences", "most": 0},
    ),
    "alignment": Entry(
        _C + "rows:alignment",
        "Row alignment",
        "The rows are those of the protocol, each once. The stored distance of each row is"
        " computed again from its weights.",
        {"group": SAMPLED, "figure": "relative error", "most": 1e-5},
    ),
    "finite": Entry(
        _C + "rows:finite",
        "Snapshots finite",
        "No snapshot diverged. A diverged snapshot is kept and named, but has no distances.",
        {"group": SAMPLED, "figure": "snapshots", "most": 0},
    ),
    "filter_norms": Entry(
        _C + "jumps:filter_norms",
        "Filter norms",
        "In every jump each filter has the anchor's norm times the step size. Biases and norm"
        " layers do not move.",
        {"group": SAMPLED, "figure": "relative error", "most": 1e-4},
    ),
    "jumps": Entry(
        _C + "jumps:jumps",
        "Jumps drawn again",
        "Each jump is drawn again from its seed and scaled by its step size. It equals the stored"
        " jump.",
        {"group": SAMPLED, "figure": "relative error", "most": 1e-5},
    ),
    "orthogonality": Entry(
        _C + "jumps:orthogonality",
        "Orthogonality",
        "Jumps of different seeds are almost orthogonal: |cos| is below 6/√d for d perturbed"
        " weights.",
        {"group": SAMPLED, "figure": "|cos|", "varies": "≤ 6/√d"},
    ),
    "anchor_loss": Entry(
        _C + "anchor:anchor_loss",
        "Anchor's loss",
        "The loss is computed again from the stored weights in float64. It equals the recorded"
        " loss.",
        {"group": NETWORK, "figure": "relative difference", "most": 1e-5},
    ),
    "centre": Entry(
        _C + "anchor:centre",
        "Centre of the surfaces",
        "The middle cell of every stored surface has the recorded losses of the anchor.",
        {"group": NETWORK, "figure": "relative difference", "most": 1e-6},
    ),
    "hvp": Entry(
        _C + "curvature:hvp",
        "Hessian products",
        "All curvature numbers use one Hessian-vector product. It equals a plain double backward"
        " pass of the same loss in float64.",
        {"group": NETWORK, "figure": "relative difference", "most": 1e-9},
    ),
    "spectrum": Entry(
        _C + "curvature:spectrum",
        "Spectrum's mass",
        "The Lanczos weights of every probe sum to 1 and none is negative. The smoothed density"
        " integrates to 1.",
        {"group": NETWORK, "figure": "|mass − 1|", "most": 1e-6},
    ),
    "interpolation": Entry(
        _C + "anchor:interpolation",
        "Interpolates",
        "Train accuracy on the given labels, without augmentation. The anchor is a minimum of all"
        " train rows only if this is high.",
        {"group": NETWORK, "figure": "accuracy", "least": 0.99, "note": True},
    ),
    "distances": Entry(
        _C + "distances:check",
        "Distances",
        "The distances of random pairs, and of neighbours on a trajectory, are computed again in"
        " float64.",
        {"group": ANALYSED, "figure": "relative error", "most": 1e-5},
    ),
    "phate_package": Entry(
        _C + "phate_package:check",
        "PHATE potential",
        "Our diffusion potential equals that of the phate package, with the paper's kernel, the"
        " stored distances and one t. For up to 1,000 distinct snapshots. Takes 1-5 s.",
        {"group": ANALYSED, "figure": "largest difference", "most": 1e-10},
    ),
    "embedding": Entry(
        _C + "embedding:embedding",
        "Embedding faithful",
        "The graph of the 3-D PHATE picture is connected. The picture keeps the order of the"
        " geodesic distances (DEMaP).",
        {"group": ANALYSED, "figure": "DEMaP", "least": 0.5, "also": "1 component"},
    ),
    "trustworthiness": Entry(
        _C + "embedding:trustworthiness",
        "Embedding trustworthy",
        "Neighbours in the 3-D PHATE picture are true neighbours. 1: all are.",
        {"group": ANALYSED, "figure": "trustworthiness", "least": 0.8},
    ),
    "stability": Entry(
        _C + "embedding:stability",
        "Embedding stable",
        "The 3-D PHATE picture is computed again from other random starts. It stays the same: the"
        " mean Procrustes disparity is small.",
        {"group": ANALYSED, "figure": "disparity", "most": 0.1},
    ),
    "h1_null": Entry(
        _C + "h1_null:check",
        "Loops against noise",
        "The longest loop is compared with null draws, which have no structure. The p-value says"
        " how often a null draw has a loop as long.",
        {"group": ANALYSED, "figure": "p", "also": "tested, ≥ 19 null draws"},
    ),
}


def fits(accuracy: float) -> bool | None:
    """Whether a train accuracy passes the check "interpolation"; None where there is none (NaN)."""
    return None if math.isnan(accuracy) else accuracy >= CHECKS["interpolation"].settings["least"]


def verdict(check: Mapping[str, object]) -> CheckVerdict:
    """What a stored answer of a check says: passed, failed, a note, or neither (None)."""
    passed, name = check.get("passed"), check.get("name")
    if passed is False and isinstance(name, str) and name in CHECKS:
        return "note" if CHECKS[name].settings.get("note") else False
    return passed if isinstance(passed, bool) else None


def threshold(entry: Entry, most: float | None = None) -> str:
    """The threshold in words: ≤ 1e-5; ≥ 0.5, 1 component. most: the run's own, where it depends on
    the run.
    """
    if most is None and "varies" in entry.settings:
        return str(entry.settings["varies"])
    limits = {
        "≤": most if most is not None else entry.settings.get("most"),
        "≥": entry.settings.get("least"),
    }
    words = [
        "= 0" if limit == 0 else f"{sign} {limit:.3g}".replace("e-0", "e-")
        for sign, limit in limits.items()
        if limit is not None
    ]
    return ", ".join([*words, *([str(entry.settings["also"])] if "also" in entry.settings else [])])
