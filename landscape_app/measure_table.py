"""The table of measures: every number of a run that is compared with its generalization gap.

An entry says what the measure means (`help`), when it misleads, and which family it is of. Unit,
direction, source and cost stand with the function that it names. Page, command line and documents
read these texts and no others.

`needs`: a measure of the snapshots is computed in every analysis, a measure of the network by
`landscape curvature` and in a study. A measure of the diagrams is a number of the persistence
diagrams. For sublevel filtrations there is one number per filtration: the columns
sublevel[train_loss].longest, … of a study.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from landscape_app.entries import Entry

SNAPSHOTS, NETWORK, DIAGRAMS = "snapshots", "network", "diagrams"
# in the order of a page: the family of each measure
FAMILIES = {
    "scores": "Scores and weights",
    "sharpness": "Sharpness",
    "retraining": "Retraining",
    "function": "Function space",
    "cloud": "Cloud of snapshots",
    "network": "Curvature, margins, barriers",
    "topology": "Topology",
}


@dataclass(frozen=True, kw_only=True)
class MeasureEntry(Entry):
    """One line of the table of measures. family: a name in FAMILIES. misleads: when the number says
    something else than one may think, in sentences.
    """

    family: str
    misleads: str


_M = "landscape_app.analysis.measures."
_N, _D = {"needs": NETWORK}, {"needs": DIAGRAMS}
_S = {"summary": True}  # computed of a diagram's bars, in a file of its own
MEASURES: dict[str, MeasureEntry] = {
    "gap_accuracy": MeasureEntry(
        _M + "gap:gap_accuracy",
        "gap, accuracy",
        "Train minus test accuracy at the anchor.",
        family="scores",
        misleads="With few test rows its standard error is large: up to 0.018 at 797 rows.",
    ),
    "gap_loss": MeasureEntry(
        _M + "gap:gap_loss",
        "gap, loss",
        "Test minus train loss at the anchor.",
        family="scores",
        misleads="One confident mistake weighs as much as many mild ones.",
    ),
    "train_loss": MeasureEntry(
        _M + "anchor_loss:train_loss",
        "train loss",
        "Train loss at the anchor.",
        family="scores",
        misleads="Near 0 it only shows how long the training was.",
    ),
    "weight_norm": MeasureEntry(
        _M + "norms:weight_norm",
        "‖θ‖",
        "Euclidean norm of the trainable weights at the anchor. A baseline: it costs nothing, and"
        " every other measure must beat it.",
        family="scores",
        misleads="ReLU networks can be rescaled without a change of what they compute.",
    ),
    "distance_from_init": MeasureEntry(
        _M + "norms:distance_from_init",
        "‖θ − θ_init‖",
        "How far training moved the weights. A baseline, as ‖θ‖ is.",
        family="scores",
        misleads="ReLU networks can be rescaled without a change of what they compute.",
    ),
    "parameters": MeasureEntry(
        _M + "norms:parameters",
        "number of weights",
        "How many trainable weights the network has. A baseline, as ‖θ‖ is.",
        family="scores",
        misleads="Larger networks often generalize better, not worse.",
    ),
    "jump_loss": MeasureEntry(
        _M + "expected_sharpness:jump_loss",
        "loss at the jump",
        "Train loss right after the jump, before retraining: mean over the jumps.",
        family="sharpness",
        misleads="It depends on ‖θ‖: larger weights make longer jumps.",
    ),
    "expected_sharpness": MeasureEntry(
        _M + "expected_sharpness:expected_sharpness",
        "expected sharpness",
        "Mean rise of the train loss at a jump, per step size. It is finite: it does not come"
        " from the Hessian.",
        family="sharpness",
        misleads=(
            "It depends on ‖θ‖: larger weights make longer jumps. In a study, look at its"
            " partial τ."
        ),
    ),
    "return_ratio": MeasureEntry(
        _M + "retraining:return_ratio",
        "return ratio",
        "‖θ_end − θo‖ / ‖θ_jump − θo‖: mean over the jumps.",
        family="retraining",
        misleads="At small retraining rates it stays near 1 for every network.",
    ),
    "epochs_to_recover": MeasureEntry(
        _M + "retraining:epochs_to_recover",
        "epochs to recover",
        "Epochs until the train accuracy is within 0.05 of the anchor's: median over the jumps that"
        " recover.",
        family="retraining",
        misleads="Jumps that never recover are counted separately. Read both numbers.",
    ),
    "end_spread": MeasureEntry(
        _M + "retraining:end_spread",
        "endpoint spread",
        "Mean distance between the ends of different directions.",
        family="retraining",
        misleads=(
            "It is mostly the protocol: in many dimensions random directions are orthogonal,"
            " so their ends are far apart for every network."
        ),
    ),
    "trajectory_length": MeasureEntry(
        _M + "retraining:trajectory_length",
        "trajectory length",
        "Mean length of the retraining path from the jump to its end.",
        family="retraining",
        misleads="Noise of the batches adds up in it.",
    ),
    "trajectory_detour": MeasureEntry(
        _M + "bending:trajectory_detour",
        "tortuosity",
        "Length of the retraining path, divided by the straight distance from the jump to its end:"
        " mean.",
        family="retraining",
        misleads="At small retraining rates it is near 1. Movement within an epoch is not seen.",
    ),
    "trajectory_turning": MeasureEntry(
        _M + "bending:trajectory_turning",
        "turning angle",
        "Mean angle between the moves of two consecutive epochs.",
        family="retraining",
        misleads="At small retraining rates it is near 0°. Movement within an epoch is not seen.",
    ),
    "moving_away": MeasureEntry(
        _M + "outward:moving_away",
        "moving away",
        "Share of the retraining epochs that end further from the anchor than they began: mean over"
        " the jumps. By the distance of the weights, by the distance in function space, and by the"
        " angle between the weights and those of the anchor.",
        family="retraining",
        misleads="A step outward counts the same however small it is. Where nothing moves any more,"
        " noise of the batches decides it.",
    ),
    "excursion": MeasureEntry(
        _M + "outward:excursion",
        "excursion",
        "Largest distance from the anchor on the retraining path, divided by the distance of the"
        " jump: mean over the jumps. 1: never further out than the jump.",
        family="retraining",
        misleads="At small retraining rates it stays near 1 for every network.",
    ),
    "first_turn": MeasureEntry(
        _M + "outward:first_turn",
        "first turn",
        "Angle between the move of the first retraining epoch and the way back to the anchor: mean"
        " over the jumps. 0°: straight back. 180°: straight out.",
        family="retraining",
        misleads="In many dimensions two directions that have nothing to do with each other are"
        " near 90° apart. Movement within the epoch is not seen.",
    ),
    "end_disagreement": MeasureEntry(
        _M + "function:end_disagreement",
        "end disagreement",
        "Share of the probe inputs that the ends of two directions put into different classes: mean"
        " over all pairs at one step size. The probe inputs are inputs of the test set; in the"
        " part 'train inputs', of the train set. No labels are used.",
        family="function",
        misleads="Ends disagree because they make different errors (Jiang et al. 2022, arXiv"
        " 2106.13799). So it estimates the test error, not the gap, and it says little about"
        " flatness. With few directions its error is large.",
    ),
    "anchor_disagreement": MeasureEntry(
        _M + "function:anchor_disagreement",
        "end against anchor",
        "Share of the probe inputs that the end of a jump and the anchor put into different"
        " classes: mean over the jumps. The probe inputs are inputs of the test set; in the part"
        " 'train inputs', of the train set. No labels are used.",
        family="function",
        misleads="The anchor and its ends can make the same errors.",
    ),
    "jump_disagreement": MeasureEntry(
        _M + "function:jump_disagreement",
        "jump against anchor",
        "Share of the probe inputs that a jump, before retraining, and the anchor put into"
        " different classes: mean over the jumps. The probe inputs are inputs of the test set; in"
        " the part 'train inputs', of the train set. No labels are used.",
        family="function",
        misleads="It depends on ‖θ‖: larger weights make longer jumps.",
    ),
    "function_return": MeasureEntry(
        _M + "function:function_return",
        "function return",
        "Distance in function space from the end of a jump to the anchor, divided by the distance"
        " from the jump to the anchor: mean over the jumps. 0: the network computes again what it"
        " computed before.",
        family="function",
        misleads="A jump that changes little has little to return from, so it can be a large ratio"
        " of two small distances. Read the distances beside it. At small retraining rates it stays"
        " near 1.",
    ),
    "function_distance_end": MeasureEntry(
        _M + "function:function_distance_end",
        "function distance, end",
        "Distance in function space from the end of a jump to the anchor: mean over the jumps. It"
        " is between softmax outputs on the probe inputs. For a regression it is between outputs,"
        " in units of the standard deviations of their targets.",
        family="function",
        misleads="It grows with the confidence: sure networks that differ are up to √2 apart,"
        " unsure ones less.",
    ),
    "function_distance_jump": MeasureEntry(
        _M + "function:function_distance_jump",
        "function distance, jump",
        "Distance in function space from a jump, before retraining, to the anchor: mean over the"
        " jumps.",
        family="function",
        misleads="It depends on ‖θ‖: larger weights make longer jumps.",
    ),
    "mst_length_function": MeasureEntry(
        _M + "function_cloud:mst_length_function",
        "E₁ in function space",
        "Length of the minimum spanning tree. The distance is that between softmax outputs on the"
        " probe inputs, or between the scaled outputs of a regression.",
        family="function",
        misleads="It grows with the number of snapshots, and with the confidence. Compare only"
        " equal protocols.",
    ),
    "magnitude_function": MeasureEntry(
        _M + "function_cloud:magnitude_function",
        "magnitude in function space",
        "Positive magnitude: the effective number of snapshots that compute different things. The"
        " distance is that between softmax outputs on the probe inputs, or between the scaled"
        " outputs of a regression.",
        family="function",
        misleads="At a fine scale it is the number of snapshots, at a coarse scale it is 1. The"
        " scale here is √(train rows).",
    ),
    "persistence_function": MeasureEntry(
        _M + "function_cloud:persistence_function",
        "total persistence in function space",
        "Sum of the finite bars of the train loss over a graph. The graph joins each snapshot to"
        " the 20 nearest in function space, on the probe inputs.",
        family="function",
        misleads="It is a statement about the sampled snapshots and the 20 neighbours. It has the"
        " scale of the train loss.",
    ),
    "mst_length": MeasureEntry(
        _M + "cloud:mst_length",
        "E₁, weights",
        "Length of the minimum spanning tree of the snapshots' weights.",
        family="cloud",
        misleads=(
            "It depends on ‖θ‖. It grows with the number of snapshots. Compare only equal"
            " protocols."
        ),
    ),
    "mst_length_norm": MeasureEntry(
        _M + "cloud:mst_length_norm",
        "E₁ / ‖θ‖",
        "Length of the minimum spanning tree, in units of the norm of the weights. It equals the"
        " total persistence of Rips H₀.",
        family="cloud",
        misleads="It grows with the number of snapshots. Compare only equal protocols.",
    ),
    "mst_length_losses": MeasureEntry(
        _M + "cloud:mst_length_losses",
        "E₁ in ρ",
        "Length of the minimum spanning tree. The distance is ρ: the mean difference of the"
        " losses of single train examples.",
        family="cloud",
        misleads="It grows with the number of snapshots. Compare only equal protocols.",
    ),
    "magnitude_norm": MeasureEntry(
        _M + "cloud:magnitude_norm",
        "magnitude / ‖θ‖",
        "Positive magnitude: the effective number of distinct snapshots. Distances are in units"
        " of the norm of the weights.",
        family="cloud",
        misleads=(
            "At a fine scale it is the number of snapshots, at a coarse scale it is 1. The"
            " scale here is √(train rows)."
        ),
    ),
    "magnitude_losses": MeasureEntry(
        _M + "cloud:magnitude_losses",
        "magnitude in ρ",
        "Positive magnitude: the effective number of distinct snapshots. The distance is ρ, from"
        " the losses of single train examples.",
        family="cloud",
        misleads=(
            "At a fine scale it is the number of snapshots, at a coarse scale it is 1. The"
            " scale here is √(train rows)."
        ),
    ),
    "ph_dimension": MeasureEntry(
        _M + "cloud:ph_dimension",
        "PH dimension",
        "How the length of the minimum spanning tree grows with the number of snapshots:"
        " α / (1 − m), α = 1.",
        family="cloud",
        misleads=(
            "Trajectories are curves, so between weights it is near 1 for every network. It"
            " has no value if it depends on which snapshots are drawn."
        ),
    ),
    "ph_dimension_losses": MeasureEntry(
        _M + "cloud:ph_dimension_losses",
        "PH dimension in ρ",
        "PH dimension with the distance ρ, from the losses of single train examples.",
        family="cloud",
        misleads=(
            "It has no value if it depends on which snapshots are drawn. Compare only equal"
            " protocols."
        ),
    ),
    "hessian_top": MeasureEntry(
        _M + "hessian:hessian_top",
        "largest Hessian eigenvalue",
        "Largest curvature of the train loss at the anchor, over all directions. It is"
        " infinitesimal: it describes no finite step.",
        _N,
        family="network",
        misleads=(
            "A rescaling of ReLU layers changes it. It is near 0 when the loss is near 0, so"
            " for every fully trained network. In a study, its τ may have one sign over all"
            " networks and the other over those that interpolate."
        ),
    ),
    "hessian_trace": MeasureEntry(
        _M + "hessian:hessian_trace",
        "Hessian trace",
        "Sum of the Hessian eigenvalues of the train loss at the anchor. It is infinitesimal: it"
        " describes no finite step.",
        _N,
        family="network",
        misleads=(
            "A rescaling of ReLU layers changes it. It is near 0 when the loss is near 0, so"
            " for every fully trained network. In a study, its τ may have one sign over all"
            " networks and the other over those that interpolate."
        ),
    ),
    "hessian_negative": MeasureEntry(
        _M + "hessian:hessian_negative",
        "negative curvature",
        "Share of directions with negative curvature of the train loss, beyond the width of the"
        " smoothed density.",
        _N,
        family="network",
        misleads=(
            "Curvature that is nearer to 0 than the width does not count, so a rescaling of"
            " ReLU layers changes it."
        ),
    ),
    "gradient_norm": MeasureEntry(
        _M + "gradient:gradient_norm",
        "gradient norm",
        "Norm of the gradient of the train loss at the anchor. 0: a stationary point.",
        _N,
        family="network",
        misleads="It mostly shows how training ended.",
    ),
    "sam_sharpness": MeasureEntry(
        _M + "worst_direction:sam_sharpness",
        "worst-direction sharpness",
        "Rise of the train loss after one gradient-ascent step of fixed length. It is finite: it"
        " does not come from the Hessian.",
        _N,
        family="sharpness",
        misleads=(
            "It depends on ‖θ‖, as every step of fixed length does. It is not the Hessian: a"
            " flat floor with steep walls is flat for the Hessian and sharp here."
        ),
    ),
    "asam_sharpness": MeasureEntry(
        _M + "worst_direction:asam_sharpness",
        "adaptive sharpness",
        "Rise of the train loss after one step that moves every weight in proportion to its size."
        " A rescaling of the weights does not change it. It is finite.",
        _N,
        family="sharpness",
        misleads=(
            "It is not the Hessian: a flat floor with steep walls is flat for the Hessian and"
            " sharp here. One step of ascent need not find the worst point."
        ),
    ),
    "margin_10": MeasureEntry(
        _M + "margins:margin_10",
        "10 % margin",
        "The output of the right label minus the largest other output: the 10 % quantile over the"
        " train rows.",
        _N,
        family="network",
        misleads="It grows with the outputs, so long training alone makes it large.",
    ),
    "confidence": MeasureEntry(
        _M + "margins:confidence",
        "confidence",
        "Mean softmax probability of the predicted class over the train rows.",
        _N,
        family="network",
        misleads="It grows with the outputs, so long training alone makes it large.",
    ),
    "path_norm": MeasureEntry(
        _M + "path_norm:path_norm",
        "path norm",
        "Square root of a sum over all paths through the network. Each path adds the product of"
        " its squared weights. For chains of layers with ReLU.",
        _N,
        family="scores",
        misleads="It has no value for other networks than chains of layers with ReLU.",
    ),
    "pac_bayes_sigma": MeasureEntry(
        _M + "noise:pac_bayes_sigma",
        "PAC-Bayes σ",
        "Standard deviation of the Gaussian weight noise that lowers the accuracy by the chosen"
        " drop, on average.",
        _N,
        family="sharpness",
        misleads="It depends on the scale of the weights and on the chosen drop of the accuracy.",
    ),
    "pac_bayes_sigma_magnitude": MeasureEntry(
        _M + "noise:pac_bayes_sigma_magnitude",
        "PAC-Bayes σ, magnitude-aware",
        "PAC-Bayes σ with noise in proportion to the size of each weight.",
        _N,
        family="sharpness",
        misleads="It depends on the chosen drop of the accuracy.",
    ),
    "barrier_to_anchor": MeasureEntry(
        _M + "barriers:barrier_to_anchor",
        "barrier, end to anchor",
        "Highest train loss on the straight line from the end of a trajectory to the anchor,"
        " minus the higher loss of the two.",
        _N,
        family="network",
        misleads="A curved path may go around. Nothing is known between the evaluated points.",
    ),
    "barrier_between_ends": MeasureEntry(
        _M + "barriers:barrier_between_ends",
        "barrier between ends",
        "Highest train loss on the straight line between the ends of two trajectories, minus the"
        " higher loss of the two.",
        _N,
        family="network",
        misleads="A curved path may go around. Nothing is known between the evaluated points.",
    ),
    "barrier_persistence": MeasureEntry(
        _M + "barriers:barrier_persistence",
        "merge-tree persistence",
        "Sum of the finite bars of a merge tree. Its points are the anchor and the ends of"
        " trajectories, joined by straight lines.",
        _N,
        family="network",
        misleads="A curved path may go around. Nothing is known between the evaluated points.",
    ),
    "sublevel.total_persistence": MeasureEntry(
        _M + "topology:total_persistence",
        "total persistence",
        "Sum of the lengths of the finite bars of a loss.",
        _D,
        family="topology",
        misleads=(
            "It depends on k of the graph and on t. Compare at equal settings only. Its"
            " p-value compares with the permuted changes, so losses that fall in the same way"
            " along every trajectory count as smooth."
        ),
    ),
    "sublevel.squared_persistence": MeasureEntry(
        _M + "topology:squared_persistence",
        "total persistence, α = 2",
        "Sum of the squared lengths of the finite bars of a loss.",
        _D,
        family="topology",
        misleads=(
            "The longest bars decide it. It depends on k of the graph and on t. Compare at"
            " equal settings only."
        ),
    ),
    "sublevel.bars": MeasureEntry(
        _M + "topology:bars",
        "bars",
        "Number of finite bars of a loss, of a length above 0.",
        _D,
        family="topology",
        misleads=(
            "A short bar of noise counts as much as a long bar. It depends on k of the graph"
            " and on t. Compare at equal settings only."
        ),
    ),
    "sublevel.longest": MeasureEntry(
        _M + "topology:longest",
        "longest bar",
        "Length of the longest finite bar of a loss.",
        _D,
        family="topology",
        misleads=(
            "One bar says little about the others. It depends on k of the graph and on t."
            " Compare at equal settings only."
        ),
    ),
    "sublevel.entropy": MeasureEntry(
        _M + "topology:entropy",
        "persistent entropy",
        "1: all bars have the same length. 0: there is one bar.",
        _D,
        family="topology",
        misleads=(
            "It does not change when all bars grow by the same factor. It depends on k of the"
            " graph and on t. Compare at equal settings only."
        ),
    ),
    "sublevel.smad": MeasureEntry(
        _M + "topology:smad",
        "SMAD",
        "Mean rise from a minimum of the sample to the loss at which it merges with another"
        " minimum.",
        _D,
        family="topology",
        misleads="It depends on k of the graph and on t. Compare at equal settings only.",
    ),
    "sublevel.total_over_barriers": MeasureEntry(
        _M + "topology:total_over_barriers",
        "total over barriers",
        "Sum of the climbs of the 20 longest bars. A climb: how far the train loss rises above"
        " both minima of a bar, on the straight line between them.",
        _D,
        family="topology",
        misleads="A curved path may go around. Nothing is known between the 21 points of a line.",
    ),
    "published_d0": MeasureEntry(
        _M + "published:published_d0",
        "total persistence D0, as published",
        "The paper's statistic: the sum of the squared bars of the loss over its sample. Bars that"
        " never die end at the greatest loss. Sample: the jumps, epochs 0-39. Graph: the 20"
        " neighbours by the potential distance of PHATE as published.",
        family="topology",
        misleads="It is mostly the squared range of the loss: read that number and the share beside"
        " it. The test loss uses the labels that it should predict.",
    ),
    "published_d1": MeasureEntry(
        _M + "published:published_d1",
        "total persistence D1, as published",
        "Sum of squares over the loops of the same graph: each is born at the last edge that closes"
        " it, and ends at the greatest loss.",
        family="topology",
        misleads="A loop of a bare graph never dies. How many there are is a constant of the graph,"
        " so the number is the range of the loss again.",
    ),
    "published_share": MeasureEntry(
        _M + "published:published_share",
        "share of D0 that never dies",
        "How much of the total persistence D0, as published, is bars that never die.",
        family="topology",
        misleads="A graph in one piece has one such bar: the range of the loss.",
    ),
    "loss_range": MeasureEntry(
        _M + "published:loss_range",
        "loss range, squared",
        "The greatest loss of the paper's sample less the least, squared. The total persistence D0,"
        " as published, is this number where the graph is connected and has no finite bars.",
        family="topology",
        misleads="The worst jump decides it. It depends on ‖θ‖: larger weights make longer jumps.",
    ),
    "rips[h0].total_persistence": MeasureEntry(
        _M + "topology:rips_h0",
        "Rips H₀, total persistence",
        "Length of the minimum spanning tree, in the distance of the analysis.",
        _D,
        family="topology",
        misleads=(
            "It depends on the scale of the weights. It grows with the number of snapshots."
            " Compare only equal protocols."
        ),
    ),
    "rips[h1].total_persistence": MeasureEntry(
        _M + "topology:rips_h1",
        "Rips H₁, total persistence",
        "Sum of the lengths of the finite bars of loops, over all snapshots.",
        _D,
        family="topology",
        misleads=(
            "Noise has loops too, and this sum is not tested. It depends on the scale of the"
            " weights."
        ),
    ),
    "rips[h1].longest": MeasureEntry(
        _M + "topology:rips_h1_longest",
        "Rips H₁, longest bar",
        "The longest bar of a loop, over all snapshots.",
        _D,
        family="topology",
        misleads=(
            "Noise has loops too. The p-value belongs to another loop, found in fewer"
            " snapshots. It depends on the scale of the weights."
        ),
    ),
    "rips[h1].p": MeasureEntry(
        _M + "topology:rips_h1_p",
        "Rips H₁, p against chance",
        "How often a null draw has a loop at least as long as the longest tested loop. There are"
        " two kinds of null draws: noise with the same steps, and the same steps in another"
        " order. The larger p counts. The test uses up to 320 snapshots, with at least 10 moves"
        " of each trajectory.",
        _D,
        family="topology",
        misleads=(
            "It belongs to the longest loop of the tested snapshots, not to the longest of"
            " all. A large p does not show that there is no loop."
        ),
    ),
}


def of(needs: str) -> list[str]:
    """Names of the measures with these `needs`."""
    return [
        name for name, entry in MEASURES.items() if entry.settings.get("needs", SNAPSHOTS) == needs
    ]


def entry_of(name: str) -> MeasureEntry | None:
    """The entry of a number by the name that a run or a study stores: expected_sharpness[0.5],
    sublevel[train_loss].longest; None where the table has none.
    """
    return MEASURES.get(name) or MEASURES.get(re.sub(r"\[[^]]*\]", "", name))
