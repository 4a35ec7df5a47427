"""The table of measures: every number of a run that is held against its gap, by name.

Unit, direction, source and cost stand with the function that an entry names, in a file of its
family. `needs`: a measure of the snapshots is computed in every analysis; one of the network by
`landscape curvature` and in a study; one of the diagrams is a number of theirs, for a filtration by
a loss one per filtration: the columns sublevel[train_loss].longest, … of a study.
"""

from __future__ import annotations

from landscape_app.entries import Entry

SNAPSHOTS, NETWORK, DIAGRAMS = "snapshots", "network", "diagrams"

_M = "landscape_app.analysis.measures."
_N, _D = {"needs": NETWORK}, {"needs": DIAGRAMS}
_S = {"summary": True}  # computed of a diagram's bars, in a file of its own
MEASURES: dict[str, Entry] = {
    "gap_accuracy": Entry(
        _M + "gap:gap_accuracy", "gap, accuracy", "Train minus test accuracy at the anchor."
    ),
    "gap_loss": Entry(_M + "gap:gap_loss", "gap, loss", "Test minus train loss at the anchor."),
    "train_loss": Entry(_M + "anchor_loss:train_loss", "train loss", "Train loss at the anchor."),
    "weight_norm": Entry(
        _M + "norms:weight_norm", "‖θ‖", "Euclidean norm of the trainable weights at the anchor."
    ),
    "distance_from_init": Entry(
        _M + "norms:distance_from_init", "‖θ − θ_init‖", "How far training moved the weights."
    ),
    "expected_sharpness": Entry(
        _M + "expected_sharpness:expected_sharpness",
        "expected sharpness",
        "Mean rise of the train loss at a jump, per step size. Finite: another quantity than the"
        " Hessian's.",
    ),
    "return_ratio": Entry(
        _M + "retraining:return_ratio",
        "return ratio",
        "‖θ_end − θo‖ / ‖θ_jump − θo‖, mean over the jumps.",
    ),
    "epochs_to_recover": Entry(
        _M + "retraining:epochs_to_recover",
        "epochs to recover",
        "Epochs until the train accuracy is within 0.05 of the anchor's, median.",
    ),
    "end_spread": Entry(
        _M + "retraining:end_spread",
        "endpoint spread",
        "Mean distance between the ends of different directions.",
    ),
    "trajectory_length": Entry(
        _M + "retraining:trajectory_length",
        "trajectory length",
        "Mean length of the retraining path from the jump to its end.",
    ),
    "trajectory_detour": Entry(
        _M + "bending:trajectory_detour",
        "tortuosity",
        "Length of the retraining path over the straight way from the jump to its end, mean.",
    ),
    "trajectory_turning": Entry(
        _M + "bending:trajectory_turning",
        "turning angle",
        "Mean angle between the moves of two epochs that follow each other.",
    ),
    "mst_length": Entry(
        _M + "cloud:mst_length",
        "E₁, weights",
        "Length of the minimum spanning tree of the snapshots' weights.",
    ),
    "mst_length_norm": Entry(
        _M + "cloud:mst_length_norm",
        "E₁ / ‖θ‖",
        "The same in units of the weights' norm: total persistence of Rips H₀.",
    ),
    "mst_length_losses": Entry(
        _M + "cloud:mst_length_losses",
        "E₁ in ρ",
        "Length of the minimum spanning tree by the losses of single train examples.",
    ),
    "magnitude_norm": Entry(
        _M + "cloud:magnitude_norm",
        "magnitude / ‖θ‖",
        "Positive magnitude: how many places the snapshots are, in units of the weights' norm.",
    ),
    "magnitude_losses": Entry(
        _M + "cloud:magnitude_losses",
        "magnitude in ρ",
        "Positive magnitude: how many places they are, by the losses of single train examples.",
    ),
    "ph_dimension": Entry(
        _M + "cloud:ph_dimension",
        "PH dimension",
        "How the tree through the weights grows with the number of snapshots: α / (1 − m), α = 1.",
    ),
    "ph_dimension_losses": Entry(
        _M + "cloud:ph_dimension_losses",
        "PH dimension in ρ",
        "The same by the losses of single train examples.",
    ),
    "hessian_top": Entry(
        _M + "hessian:hessian_top",
        "largest Hessian eigenvalue",
        "Curvature of the train loss in its steepest direction, at the anchor. Infinitesimal.",
        _N,
    ),
    "hessian_trace": Entry(
        _M + "hessian:hessian_trace",
        "Hessian trace",
        "Sum of the curvatures of the train loss in all directions, at the anchor. Infinitesimal.",
        _N,
    ),
    "hessian_negative": Entry(
        _M + "hessian:hessian_negative",
        "negative curvature",
        "Share of directions along which the train loss curves down by more than the density's"
        " width.",
        _N,
    ),
    "gradient_norm": Entry(
        _M + "gradient:gradient_norm",
        "gradient norm",
        "Length of the train loss' gradient at the anchor: how far from a stationary point it is.",
        _N,
    ),
    "sam_sharpness": Entry(
        _M + "worst_direction:sam_sharpness",
        "worst-direction sharpness",
        "Rise of the train loss at one gradient-ascent step of fixed length. Finite: another"
        " quantity than the Hessian's.",
        _N,
    ),
    "asam_sharpness": Entry(
        _M + "worst_direction:asam_sharpness",
        "adaptive sharpness",
        "The same with every weight's move measured against its size, so rescaling changes nothing."
        " Finite.",
        _N,
    ),
    "margin_10": Entry(
        _M + "margins:margin_10",
        "10 % margin",
        "Label's output less the largest other: the value that a tenth of the train rows are"
        " below.",
        _N,
    ),
    "confidence": Entry(
        _M + "margins:confidence",
        "confidence",
        "Mean softmax probability of the predicted class over the train rows.",
        _N,
    ),
    "path_norm": Entry(
        _M + "path_norm:path_norm",
        "path norm",
        "√ of the sum over all paths of the product of squared weights; for chains of layers with"
        " ReLU.",
        _N,
    ),
    "pac_bayes_sigma": Entry(
        _M + "noise:pac_bayes_sigma",
        "PAC-Bayes σ",
        "Standard deviation of Gaussian weight noise that costs the stated drop on average.",
        _N,
    ),
    "pac_bayes_sigma_magnitude": Entry(
        _M + "noise:pac_bayes_sigma_magnitude",
        "PAC-Bayes σ, magnitude-aware",
        "The same with noise in proportion to each weight's size.",
        _N,
    ),
    "barrier_to_anchor": Entry(
        _M + "barriers:barrier_to_anchor",
        "barrier, end to anchor",
        "Highest train loss on the straight line from where a jump ends to the anchor, above both.",
        _N,
    ),
    "barrier_between_ends": Entry(
        _M + "barriers:barrier_between_ends",
        "barrier between ends",
        "Highest train loss on the straight line between two ends of jumps, above both.",
        _N,
    ),
    "barrier_persistence": Entry(
        _M + "barriers:barrier_persistence",
        "merge-tree persistence",
        "Sum of the finite bars of the merge tree of ends and anchor under straight lines.",
        _N,
    ),
    "sublevel.total_persistence": Entry(
        _M + "topology:total_persistence",
        "total persistence",
        "Σ of the finite bars of a loss.",
        _D,
    ),
    "sublevel.squared_persistence": Entry(
        _M + "topology:squared_persistence",
        "total persistence, α = 2",
        "Σ of the squares of the finite bars of a loss.",
        _D,
    ),
    "sublevel.bars": Entry(
        _M + "topology:bars", "bars", "Finite bars of a loss, of a length above 0.", _D
    ),
    "sublevel.longest": Entry(
        _M + "topology:longest", "longest bar", "Length of the longest finite bar of a loss.", _D
    ),
    "sublevel.entropy": Entry(
        _M + "topology:entropy",
        "persistent entropy",
        "1: all bars are as long; 0: one bar holds it all.",
        _D,
    ),
    "sublevel.smad": Entry(
        _M + "topology:smad",
        "SMAD",
        "Mean rise from a minimum of the sample to where it is first joined to another.",
        _D,
    ),
    "sublevel.total_over_barriers": Entry(
        _M + "topology:total_over_barriers",
        "total over barriers",
        "Σ of the climbs of the 20 longest bars: how far the train loss rises above both minima of"
        " a bar on the straight line between.",
        _D,
    ),
    "rips[h0].total_persistence": Entry(
        _M + "topology:rips_h0",
        "Rips H₀, total persistence",
        "Length of the minimum spanning tree in the analysis' distance.",
        _D,
    ),
    "rips[h1].total_persistence": Entry(
        _M + "topology:rips_h1",
        "Rips H₁, total persistence",
        "Σ of the finite bars of loops of all snapshots. Noise has loops too, and this sum is not"
        " tested.",
        _D,
    ),
    "rips[h1].longest": Entry(
        _M + "topology:rips_h1_longest",
        "Rips H₁, longest bar",
        "The largest loop of all snapshots. Noise has loops too: the p is of another, of fewer"
        " snapshots.",
        _D,
    ),
    "rips[h1].p": Entry(
        _M + "topology:rips_h1_p",
        "Rips H₁, p against chance",
        "How often a loop as long as the longest tested one comes of noise with the same steps, or"
        " of the same steps in another order: the larger p. Tested are up to 320 snapshots, at"
        " least 10 moves of each trajectory.",
        _D,
    ),
}


def of(needs: str) -> list[str]:
    """Names of the measures that need that."""
    return [
        name for name, entry in MEASURES.items() if entry.settings.get("needs", SNAPSHOTS) == needs
    ]
