"""The settings of the statistics of a study: what is judged, given what, and how surely."""

from __future__ import annotations

from landscape_app.settings.base import Spec, setting

GROUP = "statistics"


class StatisticsSpec(Spec):
    """How the measures of a table are compared with the generalization gap."""

    gap: str | None = setting(
        None,
        "Gap",
        "The column that measures are compared with. Empty: gap_accuracy. Without an accuracy:"
        " gap_loss.",
        group=GROUP,
    )
    controls: tuple[str, ...] | None = setting(
        None,
        "Controls",
        "Columns that partial τ controls for. Empty: weight norm, learning rate and batch size,"
        " if the table has them.",
        group=GROUP,
    )
    hyper: tuple[str, ...] | None = setting(
        None,
        "Hyper-parameters",
        "Columns that define a configuration. Empty: all columns named like a setting of a run.",
        group=GROUP,
    )
    measures: tuple[str, ...] | None = setting(
        None,
        "Measures",
        "Columns to rank. Empty: all number columns that do not use held-out labels.",
        group=GROUP,
    )
    keep: tuple[str, ...] = setting(
        (),
        "Keep",
        "Columns to rank although their names suggest held-out labels. Without this, such columns"
        " are left out.",
        group=GROUP,
    )
    interpolating: float = setting(
        0.99,
        "Interpolating",
        "Networks with a train accuracy above this value are also ranked on their own.",
        group=GROUP,
        ge=0,
        le=1,
    )
    noise: float = setting(
        0.0,
        "Noise of the gap",
        "Pairs of networks are left out of the sign errors if their gaps differ by at most this"
        " much.",
        group=GROUP,
        ge=0,
    )
    resamples: int = setting(
        1000,
        "Resamples",
        "How often the configurations are drawn again (bootstrap) for the intervals.",
        group=GROUP,
        ge=100,
        le=100_000,
    )
    level: float = setting(
        0.95, "Level", "Confidence level of the intervals.", group=GROUP, ge=0.5, le=0.999
    )
    seed: int = setting(0, "Seed", "Seed of the resamples.", group=GROUP, ge=0, le=2**31 - 1)
