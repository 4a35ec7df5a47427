"""The table of measures: every number that is held against the gap, by name."""

from __future__ import annotations

from landscape_app.entries import Entry

_M = "landscape_app.analysis.measures."
MEASURES: dict[str, Entry] = {
    "gap_accuracy": Entry(_M + "gap:gap_accuracy", "gap, accuracy", "Train minus test accuracy at the anchor."),
    "gap_loss": Entry(_M + "gap:gap_loss", "gap, loss", "Test minus train loss at the anchor."),
    "train_loss": Entry(_M + "anchor_loss:train_loss", "train loss", "Train loss at the anchor."),
    "weight_norm": Entry(_M + "norms:weight_norm", "‖θ‖", "Euclidean norm of the trainable weights at the anchor."),
    "distance_from_init": Entry(_M + "norms:distance_from_init", "‖θ − θ_init‖", "How far training moved the weights."),
    "expected_sharpness": Entry(
        _M + "expected_sharpness:expected_sharpness", "expected sharpness", "Mean rise of the train loss at a jump, per step size."
    ),
    "return_ratio": Entry(_M + "retraining:return_ratio", "return ratio", "‖θ_end − θo‖ / ‖θ_jump − θo‖, mean over the jumps."),
    "epochs_to_recover": Entry(
        _M + "retraining:epochs_to_recover", "epochs to recover", "Epochs until the train accuracy is within 0.05 of the anchor's, median."
    ),
    "end_spread": Entry(_M + "retraining:end_spread", "spread of end points", "Mean distance between the ends of different directions."),
    "trajectory_length": Entry(
        _M + "retraining:trajectory_length", "trajectory length", "Mean length of the retraining path from the jump to its end."
    ),
}
