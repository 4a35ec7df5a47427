"""The table of checks: what a stored run is asked, by name, each with the threshold of its figure.

`most`, `least`: the threshold (`varies`: in words, where it depends on the run); `also`: what else
must hold; `figure`: what the figure is; `group`: under which heading it stands. A check answers
with a figure and words (checks.check_subject.Outcome). Whether that passes is decided in
pipeline.verify alone.
"""

from __future__ import annotations

from landscape_app.entries import Entry

STORED, SAMPLED, NETWORK, ANALYSED = (
    "What is stored",
    "How it was sampled",
    "The network",
    "What was computed from it",
)

# Results that checks are made on: newer ones call for new answers.
MADE_ON = ("geometry", "embedding", "surface", "curvature", "significance")

_C = "landscape_app.checks."
CHECKS: dict[str, Entry] = {
    "hashes": Entry(
        _C + "hashes:check",
        "File hashes",
        "Every committed file has the SHA-256 and size that its journal line names.",
        {"group": STORED, "figure": "files", "most": 0},
    ),
    "results": Entry(
        _C + "results:check",
        "Stored results",
        "Every result is as it was written, and computed from the snapshots that the run has now.",
        {"group": STORED, "figure": "results", "most": 0},
    ),
    "data": Entry(
        _C + "data:check",
        "Data",
        "Loaded afresh, the data are those it was trained on, and the recipe left the test set as"
        " it was, byte by byte.",
        {"group": STORED, "figure": "differences", "most": 0},
    ),
    "alignment": Entry(
        _C + "alignment:check",
        "Row alignment",
        "The rows are the protocol's, each once, and each row's stored distance is that of its own"
        " weights.",
        {"group": SAMPLED, "figure": "relative error", "most": 1e-5},
    ),
    "finite": Entry(
        _C + "finite:check",
        "Snapshots finite",
        "No snapshot diverged; one that did is kept, named, and left out of the distances.",
        {"group": SAMPLED, "figure": "snapshots", "most": 0},
    ),
    "filter_norms": Entry(
        _C + "filter_norms:check",
        "Filter norms",
        "Every jump has, filter by filter, the anchor's norm times its step size; biases and norm"
        " layers stay.",
        {"group": SAMPLED, "figure": "relative error", "most": 1e-4},
    ),
    "jumps": Entry(
        _C + "jumps:check",
        "Jumps drawn again",
        "Each jump, drawn again from its seed's stream and scaled by its step size, is the stored"
        " one.",
        {"group": SAMPLED, "figure": "relative error", "most": 1e-5},
    ),
    "orthogonality": Entry(
        _C + "orthogonality:check",
        "Orthogonality",
        "Jumps of different seeds are as good as orthogonal: |cos| below 6/√d for d perturbed"
        " weights.",
        {"group": SAMPLED, "figure": "|cos|", "varies": "≤ 6/√d"},
    ),
    "anchor_loss": Entry(
        _C + "anchor_loss:check",
        "Anchor's loss",
        "Computed again from the stored weights, in float64, it is the recorded one.",
        {"group": NETWORK, "figure": "relative difference", "most": 1e-5},
    ),
    "centre": Entry(
        _C + "centre:check",
        "Centre of the surfaces",
        "The middle cell of every stored surface has the anchor's recorded losses.",
        {"group": NETWORK, "figure": "relative difference", "most": 1e-6},
    ),
    "hvp": Entry(
        _C + "hvp:check",
        "Hessian products",
        "The product that all curvature rests on is a plain double backward of the same loss, in"
        " float64.",
        {"group": NETWORK, "figure": "relative difference", "most": 1e-9},
    ),
    "spectrum": Entry(
        _C + "spectrum:check",
        "Spectrum's mass",
        "The Lanczos weights of every probe sum to 1, none is negative, and the smoothed density"
        " integrates to 1.",
        {"group": NETWORK, "figure": "|mass − 1|", "most": 1e-6},
    ),
    "interpolation": Entry(
        _C + "interpolation:check",
        "Interpolates",
        "Train accuracy on the labels given, without augmentation: only then is the anchor a"
        " minimum of all its rows.",
        {"group": NETWORK, "figure": "accuracy", "least": 0.99},
    ),
    "distances": Entry(
        _C + "distances:check",
        "Distances",
        "Pairs drawn by seed, and neighbours on a trajectory, measured again one by one in"
        " float64.",
        {"group": ANALYSED, "figure": "relative error", "most": 1e-5},
    ),
    "phate_package": Entry(
        _C + "phate_package:check",
        "PHATE potential",
        "With the paper's kernel, the stored distances and one t, our diffusion potential is that"
        " of the phate package. Up to 1,000 distinct snapshots; 1-5 s.",
        {"group": ANALYSED, "figure": "largest difference", "most": 1e-10},
    ),
    "embedding": Entry(
        _C + "embedding:check",
        "Embedding faithful",
        "The 3-D PHATE picture is of one connected graph and keeps the order of geodesic distances"
        " (DEMaP).",
        {"group": ANALYSED, "figure": "DEMaP", "least": 0.5, "also": "1 component"},
    ),
    "trustworthiness": Entry(
        _C + "trustworthiness:check",
        "Embedding trustworthy",
        "Neighbours in the 3-D PHATE picture are neighbours in truth: 1 if all are.",
        {"group": ANALYSED, "figure": "trustworthiness", "least": 0.8},
    ),
    "stability": Entry(
        _C + "stability:check",
        "Embedding stable",
        "Made again from other starts, the 3-D PHATE picture is the same: mean Procrustes"
        " disparity.",
        {"group": ANALYSED, "figure": "disparity", "most": 0.1},
    ),
    "h1_null": Entry(
        _C + "h1_null:check",
        "Loops against noise",
        "The longest loop was compared with null draws without structure; p says how often"
        " chance has one as long.",
        {"group": ANALYSED, "figure": "p", "also": "tested, ≥ 19 null draws"},
    ),
}


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
