"""The table of measures: every number of a run that is compared with its generalization gap.

Unit, direction, source and cost stand with the function that an entry names. `needs`: a measure of
the snapshots is computed in every analysis, a measure of the network by `landscape curvature` and
in a study. A measure of the diagrams is a number of the persistence diagrams. For sublevel
filtrations there is one number per filtration: the columns sublevel[train_loss].longest, … of a
study.
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
        "Mean rise of the train loss at a jump, per step size. It is finite: it does not come"
        " from the Hessian.",
    ),
    "return_ratio": Entry(
        _M + "retraining:return_ratio",
        "return ratio",
        "‖θ_end − θo‖ / ‖θ_jump − θo‖: mean over the jumps.",
    ),
    "epochs_to_recover": Entry(
        _M + "retraining:epochs_to_recover",
        "epochs to recover",
        "Epochs until the train accuracy is within 0.05 of the anchor's: median over the jumps.",
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
        "Length of the retraining path, divided by the straight distance from the jump to its end:"
        " mean.",
    ),
    "trajectory_turning": Entry(
        _M + "bending:trajectory_turning",
        "turning angle",
        "Mean angle between the moves of two consecutive epochs.",
    ),
    "mst_length": Entry(
        _M + "cloud:mst_length",
        "E₁, weights",
        "Length of the minimum spanning tree of the snapshots' weights.",
    ),
    "mst_length_norm": Entry(
        _M + "cloud:mst_length_norm",
        "E₁ / ‖θ‖",
        "Length of the minimum spanning tree, in units of the norm of the weights. It equals the"
        " total persistence of Rips H₀.",
    ),
    "mst_length_losses": Entry(
        _M + "cloud:mst_length_losses",
        "E₁ in ρ",
        "Length of the minimum spanning tree. The distance is ρ: the mean difference of the"
        " losses of single train examples.",
    ),
    "magnitude_norm": Entry(
        _M + "cloud:magnitude_norm",
        "magnitude / ‖θ‖",
        "Positive magnitude: the effective number of distinct snapshots. Distances are in units"
        " of the norm of the weights.",
    ),
    "magnitude_losses": Entry(
        _M + "cloud:magnitude_losses",
        "magnitude in ρ",
        "Positive magnitude: the effective number of distinct snapshots. The distance is ρ, from"
        " the losses of single train examples.",
    ),
    "ph_dimension": Entry(
        _M + "cloud:ph_dimension",
        "PH dimension",
        "How the length of the minimum spanning tree grows with the number of snapshots:"
        " α / (1 − m), α = 1.",
    ),
    "ph_dimension_losses": Entry(
        _M + "cloud:ph_dimension_losses",
        "PH dimension in ρ",
        "PH dimension with the distance ρ, from the losses of single train examples.",
    ),
    "hessian_top": Entry(
        _M + "hessian:hessian_top",
        "largest Hessian eigenvalue",
        "Largest curvature of the train loss at the anchor, over all directions. It is"
        " infinitesimal: it describes no finite step.",
        _N,
    ),
    "hessian_trace": Entry(
        _M + "hessian:hessian_trace",
        "Hessian trace",
        "Sum of the Hessian eigenvalues of the train loss at the anchor. It is infinitesimal: it"
        " describes no finite step.",
        _N,
    ),
    "hessian_negative": Entry(
        _M + "hessian:hessian_negative",
        "negative curvature",
        "Share of directions with negative curvature of the train loss, beyond the width of the"
        " smoothed density.",
        _N,
    ),
    "gradient_norm": Entry(
        _M + "gradient:gradient_norm",
        "gradient norm",
        "Norm of the gradient of the train loss at the anchor. 0: a stationary point.",
        _N,
    ),
    "sam_sharpness": Entry(
        _M + "worst_direction:sam_sharpness",
        "worst-direction sharpness",
        "Rise of the train loss after one gradient-ascent step of fixed length. It is finite: it"
        " does not come from the Hessian.",
        _N,
    ),
    "asam_sharpness": Entry(
        _M + "worst_direction:asam_sharpness",
        "adaptive sharpness",
        "Rise of the train loss after one step that moves every weight in proportion to its size."
        " A rescaling of the weights does not change it. It is finite.",
        _N,
    ),
    "margin_10": Entry(
        _M + "margins:margin_10",
        "10 % margin",
        "The output of the right label minus the largest other output: the 10 % quantile over the"
        " train rows.",
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
        "Square root of a sum over all paths through the network. Each path adds the product of"
        " its squared weights. For chains of layers with ReLU.",
        _N,
    ),
    "pac_bayes_sigma": Entry(
        _M + "noise:pac_bayes_sigma",
        "PAC-Bayes σ",
        "Standard deviation of the Gaussian weight noise that lowers the accuracy by the chosen"
        " drop, on average.",
        _N,
    ),
    "pac_bayes_sigma_magnitude": Entry(
        _M + "noise:pac_bayes_sigma_magnitude",
        "PAC-Bayes σ, magnitude-aware",
        "PAC-Bayes σ with noise in proportion to the size of each weight.",
        _N,
    ),
    "barrier_to_anchor": Entry(
        _M + "barriers:barrier_to_anchor",
        "barrier, end to anchor",
        "Highest train loss on the straight line from the end of a trajectory to the anchor,"
        " minus the higher loss of the two.",
        _N,
    ),
    "barrier_between_ends": Entry(
        _M + "barriers:barrier_between_ends",
        "barrier between ends",
        "Highest train loss on the straight line between the ends of two trajectories, minus the"
        " higher loss of the two.",
        _N,
    ),
    "barrier_persistence": Entry(
        _M + "barriers:barrier_persistence",
        "merge-tree persistence",
        "Sum of the finite bars of a merge tree. Its points are the anchor and the ends of"
        " trajectories, joined by straight lines.",
        _N,
    ),
    "sublevel.total_persistence": Entry(
        _M + "topology:total_persistence",
        "total persistence",
        "Sum of the lengths of the finite bars of a loss.",
        _D,
    ),
    "sublevel.squared_persistence": Entry(
        _M + "topology:squared_persistence",
        "total persistence, α = 2",
        "Sum of the squared lengths of the finite bars of a loss.",
        _D,
    ),
    "sublevel.bars": Entry(
        _M + "topology:bars", "bars", "Number of finite bars of a loss, of a length above 0.", _D
    ),
    "sublevel.longest": Entry(
        _M + "topology:longest", "longest bar", "Length of the longest finite bar of a loss.", _D
    ),
    "sublevel.entropy": Entry(
        _M + "topology:entropy",
        "persistent entropy",
        "1: all bars have the same length. 0: there is one bar.",
        _D,
    ),
    "sublevel.smad": Entry(
        _M + "topology:smad",
        "SMAD",
        "Mean rise from a minimum of the sample to the loss at which it merges with another"
        " minimum.",
        _D,
    ),
    "sublevel.total_over_barriers": Entry(
        _M + "topology:total_over_barriers",
        "total over barriers",
        "Sum of the climbs of the 20 longest bars. A climb: how far the train loss rises above"
        " both minima of a bar, on the straight line between them.",
        _D,
    ),
    "rips[h0].total_persistence": Entry(
        _M + "topology:rips_h0",
        "Rips H₀, total persistence",
        "Length of the minimum spanning tree, in the distance of the analysis.",
        _D,
    ),
    "rips[h1].total_persistence": Entry(
        _M + "topology:rips_h1",
        "Rips H₁, total persistence",
        "Sum of the lengths of the finite bars of loops, over all snapshots. Noise has loops too."
        " This sum is not tested.",
        _D,
    ),
    "rips[h1].longest": Entry(
        _M + "topology:rips_h1_longest",
        "Rips H₁, longest bar",
        "The longest bar of a loop, over all snapshots. Noise has loops too. The p-value belongs"
        " to another loop, found in fewer snapshots.",
        _D,
    ),
    "rips[h1].p": Entry(
        _M + "topology:rips_h1_p",
        "Rips H₁, p against chance",
        "How often a null draw has a loop at least as long as the longest tested loop. There are"
        " two kinds of null draws: noise with the same steps, and the same steps in another"
        " order. The larger p counts. The test uses up to 320 snapshots, with at least 10 moves"
        " of each trajectory.",
        _D,
    ),
}


def of(needs: str) -> list[str]:
    """Names of the measures with these `needs`."""
    return [
        name for name, entry in MEASURES.items() if entry.settings.get("needs", SNAPSHOTS) == needs
    ]
