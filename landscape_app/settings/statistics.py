"""The settings of the statistics of a study: what is judged, given what, and how surely."""

from __future__ import annotations

from landscape_app.settings.base import Spec, setting

GROUP = "statistics"


class StatisticsSpec(Spec):
    """How the measures of a table are compared with the generalization gap."""

    gap: str | None = setting(
        None,
        "Gap",
        "The column to be predicted. Empty: gap_accuracy, or gap_loss where there is no accuracy.",
        group=GROUP,
    )
    controls: tuple[str, ...] | None = setting(
        None,
        "Controls",
        "Columns that partial τ is given. Empty: weight norm, learning rate and batch size, where"
        " there are such columns.",
        group=GROUP,
    )
    hyper: tuple[str, ...] | None = setting(
        None,
        "Hyper-parameters",
        "Columns that make a configuration. Empty: those called as a setting of a run.",
        group=GROUP,
    )
    measures: tuple[str, ...] | None = setting(
        None,
        "Measures",
        "Columns to be judged. Empty: all numbers that do not use held-out labels.",
        group=GROUP,
    )
    keep: tuple[str, ...] = setting(
        (),
        "Keep",
        "Columns to judge even though their names say that they use held-out labels, which are else"
        " left out.",
        group=GROUP,
    )
    interpolating: float = setting(
        0.99,
        "Interpolating",
        "Networks of a train accuracy above this one are also looked at alone.",
        group=GROUP,
        ge=0,
        le=1,
    )
    noise: float = setting(
        0.0,
        "Noise of the gap",
        "Pairs whose gaps differ by no more are not judged in sign errors.",
        group=GROUP,
        ge=0,
    )
    resamples: int = setting(
        1000,
        "Resamples",
        "Of the configurations, for the intervals.",
        group=GROUP,
        ge=100,
        le=100_000,
    )
    level: float = setting(0.95, "Level", "Of the intervals.", group=GROUP, ge=0.5, le=0.999)
    seed: int = setting(0, "Seed", "Of the resamples.", group=GROUP, ge=0, le=2**31 - 1)
