"""The numbers by which a study decides the paper's claims on measures: how closely each follows
what it is said to follow.

The statistics write it, the study's folder stores it (result "claims"), the command line and the
page turn it into verdicts. `model_dump()` gives what is stored, `model_validate()` reads it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from landscape_app.records.stored_types import Count, Known, Number, Text, Title

# the sets of networks that a claim is looked at in, and the column that claim 3 is about
ALL, INTERPOLATING = "all", "interpolating"
TEST_LOSS = "test_loss"
# claim 2: {measure: its space}; higher = returns less
RETURNS = {"return_ratio": "in weight space", "function_return": "in function space"}
# claim 3: {measure: (its loss, the range of that loss, which may be its twin)}
TOTALS = {
    "published_d0": ("train", "loss_range"),
    f"published_d0[{TEST_LOSS}]": ("test", f"loss_range[{TEST_LOSS}]"),
}
# claim 4, and what it has to beat
DISAGREEMENT, SHARPNESS = "end_disagreement", "expected_sharpness"


class ClaimRecord(BaseModel):
    """A record that is frozen and strict, and accepts fields that a later version adds."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class ClaimTau(ClaimRecord):
    """Kendall's τ_b of the measure `name` with the column `target` in the networks `stratum`, with
    its interval over configurations. twin, twin_tau: the trivial quantity that the measure follows
    most closely, and how closely; partial: the partial τ given that one. absent: why there is no τ.
    """

    name: Title
    label: Title
    target: Title
    target_label: Title
    stratum: Title
    networks: Count
    configurations: Count
    tau: Known = None
    low: Known = None
    high: Known = None
    twin: Title | None = None
    twin_label: Title = ""
    twin_tau: Known = None
    partial: Known = None
    partial_low: Known = None
    partial_high: Known = None
    absent: Text = ""


class TauDifference(ClaimRecord):
    """|τ| with the gap of the measure `name` less that of `other`, on the networks that have both,
    with its interval. tau, other_tau: the two. in_cells: each is a mean over `cells` sets of
    networks of equal cell_of. absent: why there is none.
    """

    name: Title
    label: Title
    other: Title
    other_label: Title
    stratum: Title
    networks: Count
    in_cells: bool = False
    cells: Count = 0
    tau: Known = None
    tau_low: Known = None
    tau_high: Known = None
    other_tau: Known = None
    other_tau_low: Known = None
    other_tau_high: Known = None
    value: Known = None
    value_low: Known = None
    value_high: Known = None
    absent: Text = ""


class ClaimReport(ClaimRecord):
    """gap: the column that decides, over the test rows outside the probe where these are known
    (outside). cell_of: the settings that make a cell. taus, differences: in sets of networks.
    """

    gap: Title
    gap_label: Title
    outside: bool
    level: Number
    resamples: Count
    networks: Count
    cell_of: list[Title] = Field(default_factory=list)
    taus: list[ClaimTau]
    differences: list[TauDifference]

    def tau(self, name: str, target: str, stratum: str) -> ClaimTau | None:
        """τ of a measure with a column in a set of networks; None where it was not asked for."""
        asked = (name, target, stratum)
        taus = (tau for tau in self.taus if (tau.name, tau.target, tau.stratum) == asked)
        return next(taus, None)

    def difference(
        self, name: str, other: str, stratum: str, *, in_cells: bool = False
    ) -> TauDifference | None:
        """The difference of two measures there; None where it was not asked for."""
        asked = (name, other, stratum, in_cells)
        fitting = (
            each
            for each in self.differences
            if (each.name, each.other, each.stratum, each.in_cells) == asked
        )
        return next(fitting, None)
