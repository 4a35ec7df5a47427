"""Claims 2 to 4, of the stored numbers of a study: whether the return, the total persistence and
the end disagreement follow what they are said to follow.
"""

from __future__ import annotations

from landscape_app.finding.claim_verdict import ClaimVerdict, interval, not_tested, signed
from landscape_app.finding.decision import DOES_NOT, Word, of_all, of_sign, of_tau
from landscape_app.records.claims import (
    ALL,
    DISAGREEMENT,
    INTERPOLATING,
    RETURNS,
    SHARPNESS,
    TEST_LOSS,
    TOTALS,
    ClaimReport,
    ClaimTau,
    TauDifference,
)

PICTURES = (
    "The paper says of its pictures: around good optima trajectories return at once, around others"
    " they first move out or change direction. It has no coefficient."
)
SCATTER = (
    "The paper: total persistence and test loss of 108 networks “may be related”; no coefficient."
    " Each printed total equals the squared range of the loss within 1 %."
)
OURS = "Not in the paper. Our pilot of 64 networks: τ 0.77 with the test loss; sharpness 0.37."
CELLS = "Not in the paper. Our pilot: 0.56 to 0.60 inside cells; expected sharpness 0.66."
SAME = 1 - 1e-9  # |τ| of two that rank alike
REDUCED = "The claim is reduced to: the range of the loss follows the test loss."
AT_MOST = "The claim is at most: it predicts across label noise and data size."


def verdicts(report: ClaimReport) -> list[ClaimVerdict]:
    """Every verdict of claims 2 to 4, in their order."""
    persistence = [
        verdict
        for name, (loss, loss_range) in TOTALS.items()
        for verdict in _persistence(report, name, loss, loss_range)
    ]
    returned = [_returns(report, name, space) for name, space in RETURNS.items()]
    return [*returned, *persistence, _follows(report), _beats(report), _in_cells(report)]


def _returns(report: ClaimReport, name: str, space: str) -> ClaimVerdict:
    title = f"Around good optima trajectories return, around others they do not: {space}"
    tau = report.tau(name, report.gap, ALL)
    if tau is None or tau.tau is None:
        return not_tested(2, name, title, _why(tau), PICTURES)
    sentence = f"{_tau(report, tau)}; above 0 means that a larger gap returns less."
    word = of_tau(tau.low, tau.high)
    return ClaimVerdict(2, name, title, word, sentence, _interpolating(report, tau), PICTURES)


def _persistence(report: ClaimReport, name: str, loss: str, loss_range: str) -> list[ClaimVerdict]:
    """Whether the total follows the test loss, and whether it is more than its twin."""
    title = f"Total persistence on the {loss} loss follows the test loss"
    more = f"It is homology that follows, not a range: {loss} loss"
    tau, beside = report.tau(name, TEST_LOSS, ALL), report.tau(loss_range, TEST_LOSS, ALL)
    if tau is None or tau.tau is None:
        return [
            not_tested(3, name, title, _why(tau), SCATTER),
            not_tested(3, f"{name}.twin", more, _why(tau), SCATTER),
        ]
    range_words = (
        ()
        if beside is None or beside.tau is None
        else (f"The squared range of the {loss} loss: {_tau(report, beside)}.",)
    )
    follows = ClaimVerdict(
        3,
        name,
        title,
        of_tau(tau.low, tau.high),
        f"{_tau(report, tau)}.",
        (*range_words, *_interpolating(report, tau)),
        SCATTER,
    )
    return [follows, _given_twin(report, tau, 3, f"{name}.twin", more, reduced=REDUCED)]


def _given_twin(
    report: ClaimReport, tau: ClaimTau, claim: int, name: str, title: str, *, reduced: str
) -> ClaimVerdict:
    if tau.twin is not None and tau.partial is None and abs(tau.twin_tau or 0.0) >= SAME:
        sentence = f"it ranks the networks exactly as {tau.twin_label} does, so it is nothing else."
        return ClaimVerdict(claim, name, title, DOES_NOT, sentence, (reduced,), SCATTER)
    if tau.twin is None or tau.partial is None:
        why = f"{tau.label} has no twin, or too few networks for a partial τ."
        return not_tested(claim, name, title, why, SCATTER)
    word = of_tau(tau.partial_low, tau.partial_high)
    spread = interval(tau.partial_low, tau.partial_high, report.level)
    sentence = (
        f"given {tau.twin_label}, which it follows most closely, its partial τ with the"
        f" {tau.target_label} is {signed(tau.partial)} ({spread})."
    )
    low, high = tau.partial_low, tau.partial_high
    contains = low is None or high is None or low <= 0
    return ClaimVerdict(claim, name, title, word, sentence, (reduced,) if contains else (), SCATTER)


def _follows(report: ClaimReport) -> ClaimVerdict:
    title = "What retrained networks answer follows the gap"
    tau = report.tau(DISAGREEMENT, report.gap, ALL)
    if tau is None or tau.tau is None:
        return not_tested(4, DISAGREEMENT, title, _why(tau), OURS)
    given: Word = of_tau(tau.partial_low, tau.partial_high)
    spread = interval(tau.partial_low, tau.partial_high, report.level)
    sentence = (
        f"{_tau(report, tau)}; given {tau.twin_label or 'no twin'}, which it follows most closely,"
        f" its partial τ is {signed(tau.partial)} ({spread})."
    )
    word = of_all(of_tau(tau.low, tau.high), given)
    return ClaimVerdict(4, DISAGREEMENT, title, word, sentence, _interpolating(report, tau), OURS)


def _beats(report: ClaimReport) -> ClaimVerdict:
    name, title = f"{DISAGREEMENT}.over", "It beats the expected sharpness"
    each = report.difference(DISAGREEMENT, SHARPNESS, ALL)
    if each is None or each.value is None:
        return not_tested(4, name, title, _why(each), OURS)
    word = of_sign(each.value_low, each.value_high)
    return ClaimVerdict(4, name, title, word, f"{_apart(report, each)}.", (), OURS)


def _in_cells(report: ClaimReport) -> ClaimVerdict:
    name, title = f"{DISAGREEMENT}.cells", "It beats the expected sharpness inside cells"
    each = report.difference(DISAGREEMENT, SHARPNESS, ALL, in_cells=True)
    if each is None or each.value is None:
        return not_tested(4, name, title, _why(each), CELLS)
    spread = interval(each.tau_low, each.tau_high, report.level)
    sentence = (
        f"inside {each.cells} cells of {' and '.join(report.cell_of)}, means over cells:"
        f" {_apart(report, each)}."
    )
    own = f"Inside cells the end disagreement's mean τ has the {spread}."
    beside = (own, AT_MOST) if each.value < 0 else (own,)
    return ClaimVerdict(
        4, name, title, of_sign(each.value_low, each.value_high), sentence, beside, CELLS
    )


def _apart(report: ClaimReport, each: TauDifference) -> str:
    spread = interval(each.value_low, each.value_high, report.level)
    return (
        f"τ of the {each.label} is {signed(each.tau)}, that of the {each.other_label}"
        f" {signed(each.other_tau)} in {each.networks} networks; the difference of their sizes is"
        f" {signed(each.value)} ({spread})"
    )


def _tau(report: ClaimReport, tau: ClaimTau) -> str:
    spread = interval(tau.low, tau.high, report.level)
    return (
        f"τ of the {tau.label} with the {tau.target_label} is {signed(tau.tau)} ({spread}) in"
        f" {tau.networks} networks of {tau.configurations} configurations"
    )


def _interpolating(report: ClaimReport, tau: ClaimTau) -> tuple[str, ...]:
    """The same τ in the networks that interpolate; first of all where its sign is another."""
    inside = report.tau(tau.name, tau.target, INTERPOLATING)
    if inside is None or inside.tau is None or tau.tau is None:
        why = "" if inside is None else f" ({inside.absent})"
        return (f"No τ in the networks that interpolate{why}.",)
    spread = interval(inside.low, inside.high, report.level)
    verb = "disagree in sign" if inside.tau * tau.tau < 0 else "agree in sign"
    return (
        f"The {inside.networks} networks that interpolate {verb}: τ {signed(inside.tau)}"
        f" ({spread}).",
    )


def _why(missing: ClaimTau | TauDifference | None) -> str:
    return f"{missing.absent if missing is not None and missing.absent else 'it has no τ'}."
