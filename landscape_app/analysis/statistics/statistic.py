"""The statistics of a measure over a study, one line each: what a report's numbers are called, mean
and come from.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statistic:
    """label: the column's head. help: one sentence. source: where it is defined."""

    label: str
    help: str
    source: str


_JIANG = "Jiang et al. 2020, arXiv 1912.02178"
_DZIUGAITE = "Dziugaite et al. 2020, arXiv 2010.11924"
_BOOTSTRAP = "Davison & Hinkley 1997, §3.8"

STATISTICS: dict[str, Statistic] = {
    "rank": Statistic(
        "rank",
        "By the size of τ to two decimals: of τ outside the probe where every network has one."
        " Among equals a baseline first; last what fewer than 80 % of the networks have.",
        "",
    ),
    "networks": Statistic(
        "networks",
        "With a finite gap and a finite value of the measure; the others are named in left_out.",
        "",
    ),
    "tau": Statistic("τ", "Kendall's τ_b between the measure and the gap.", "Kendall 1945"),
    "tau_low": Statistic(
        "τ from",
        "Lower end of its bootstrap interval over configurations, each with all its seeds.",
        _BOOTSTRAP,
    ),
    "tau_high": Statistic("τ to", "Upper end of its interval.", _BOOTSTRAP),
    "outside": Statistic(
        "τ outside the probe",
        "Kendall's τ_b between the measure and the gap on the test rows outside the probe, which no"
        " measure of function space reads. Where every network has one, it decides.",
        "Kendall 1945",
    ),
    "outside_low": Statistic("τ outside from", "Lower end of its interval.", _BOOTSTRAP),
    "outside_high": Statistic("τ outside to", "Upper end of its interval.", _BOOTSTRAP),
    "rho": Statistic("ρ", "Spearman's ρ between the measure and the gap.", "Spearman 1904"),
    "rho_low": Statistic("ρ from", "Lower end of its interval.", _BOOTSTRAP),
    "rho_high": Statistic("ρ to", "Upper end of its interval.", _BOOTSTRAP),
    "p": Statistic(
        "p",
        "Two-sided, of no τ between the configurations' means: seeds of one configuration are no"
        " independent evidence.",
        "",
    ),
    "q": Statistic(
        "q",
        "p with the false discovery rate controlled over all measures.",
        "Benjamini & Hochberg 1995",
    ),
    "granulated": Statistic(
        "granulated τ",
        "Mean over the hyper-parameters of τ within the settings of the others.",
        _JIANG,
    ),
    "partial": Statistic(
        "partial τ",
        "τ between what the ranks of all controls leave of the measure's ranks and of the gap's.",
        "",
    ),
    "partial_low": Statistic("partial τ from", "Lower end of its interval.", _BOOTSTRAP),
    "partial_high": Statistic("partial τ to", "Upper end of its interval.", _BOOTSTRAP),
    "twin_tau": Statistic(
        "τ with its twin",
        "Kendall's τ_b between the measure and its twin, the trivial quantity that it follows most"
        " closely: norm, distance from initialisation, train loss, range of the loss, loss at the"
        " jump, number of weights, or a hyper-parameter.",
        "Kendall 1945",
    ),
    "twin_partial": Statistic(
        "τ given its twin",
        "Partial τ between the measure and the gap given its twin alone. If its interval contains"
        " 0, the measure may be its twin under another name.",
        "",
    ),
    "twin_partial_low": Statistic(
        "τ given its twin, from", "Lower end of its interval.", _BOOTSTRAP
    ),
    "twin_partial_high": Statistic(
        "τ given its twin, to", "Upper end of its interval.", _BOOTSTRAP
    ),
    "partial_rho": Statistic(
        "partial ρ",
        "Pearson's coefficient between what the ranks of all controls leave: Spearman's ρ given the"
        " controls.",
        "Conover 1999, §5.4",
    ),
    "partial_rho_low": Statistic("partial ρ from", "Lower end of its interval.", _BOOTSTRAP),
    "partial_rho_high": Statistic("partial ρ to", "Upper end of its interval.", _BOOTSTRAP),
    "sign_error": Statistic(
        "sign error",
        "How often the measure misjudges which of two networks that differ in one knob generalizes"
        " worse: mean.",
        _DZIUGAITE,
    ),
    "sign_error_90": Statistic(
        "sign error, 90 %",
        "The 90th percentile of the environments (pairs of configurations).",
        _DZIUGAITE,
    ),
    "sign_error_worst": Statistic(
        "sign error, worst",
        "In the worst environment: ½ is a coin, 1 always wrong (as for a measure that falls where"
        " the gap grows).",
        _DZIUGAITE,
    ),
    "environments": Statistic(
        "environments",
        "Pairs of configurations that differ in one hyper-parameter and whose gaps differ.",
        "",
    ),
    "over_baseline": Statistic(
        "over the baseline", "Size of τ less that of the best baseline's on the same networks.", ""
    ),
    "over_baseline_low": Statistic(
        "over the baseline, from", "Lower end of its interval, from the same resamples.", _BOOTSTRAP
    ),
    "over_baseline_high": Statistic(
        "over the baseline, to", "Upper end of its interval.", _BOOTSTRAP
    ),
    "over_linear": Statistic(
        "over linear sampling",
        "Size of τ less that of the best mean rise on a random line or plane.",
        "",
    ),
    "over_linear_low": Statistic(
        "over linear sampling, from",
        "Lower end of its interval, from the same resamples.",
        _BOOTSTRAP,
    ),
    "over_linear_high": Statistic(
        "over linear sampling, to", "Upper end of its interval.", _BOOTSTRAP
    ),
}
