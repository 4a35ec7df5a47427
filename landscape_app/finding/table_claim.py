"""Claim 1, of a stored experiment: whether jump and retrain tells more of a label than the static
samplings, and more than what costs nothing (Table 1 of Horoi et al. 2022).
"""

from __future__ import annotations

from collections.abc import Mapping

from landscape_app.finding.claim_verdict import ClaimVerdict, interval, not_tested, points
from landscape_app.finding.decision import (
    ERRORS,
    HOLDS,
    SMALLEST,
    UNDECIDED,
    Word,
    of_accuracy,
    of_all,
    of_sign,
)
from landscape_app.finding.sentences import listed
from landscape_app.records.experiment import Experiment, FeatureDifference, FeatureScore

JUMPS, NAIVE, GRID, SCRAMBLED = "jump_retrain", "naive", "grid", "scrambled"
CHANCES = ("guessing", "most_frequent")
BASELINE = "baseline"
LEVEL = 0.95
# per cent of the table in the paper, by label: (mean, standard error) of each row
PAPER: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "test_loss": {
        "guessing": (20.0, 0.0),
        SCRAMBLED: (20.7, 1.1),
        GRID: (30.1, 2.7),
        NAIVE: (31.8, 4.0),
        JUMPS: (39.2, 4.3),
    },
    "weight_decay": {
        "guessing": (33.3, 0.0),
        SCRAMBLED: (38.9, 1.5),
        GRID: (51.1, 2.9),
        NAIVE: (55.7, 3.9),
        JUMPS: (58.2, 3.6),
    },
    "augmentation": {
        "guessing": (50.0, 0.0),
        SCRAMBLED: (52.7, 1.9),
        GRID: (62.3, 5.1),
        NAIVE: (67.6, 5.2),
        JUMPS: (72.1, 5.4),
    },
}
LABELS = tuple(PAPER)
TITLE = "Jump and retrain tells more than static sampling"
FREE = "It tells more than what costs nothing"


def verdicts(experiment: Experiment) -> list[ClaimVerdict]:
    """Whether jump and retrain beats naive and grid for this label, and the best baseline."""
    scores = {score.name: score for score in experiment.scores}
    return [_more_than_static(experiment, scores), _more_than_free(experiment, scores)]


def untested(label: str, why: str) -> ClaimVerdict:
    """The verdict on a label of the paper for which there is no experiment."""
    title = f"{TITLE}: {label.replace('_', ' ')}"
    return not_tested(1, f"table1[{label}]", title, why, _reported(label))


def at_chance(experiment: Experiment) -> bool | None:
    """Whether the scrambled features are at chance, between guesses as frequent as the classes and
    the most frequent class, or within three standard errors; None where they are not there.
    """
    scores = {score.name: score for score in experiment.scores}
    scrambled = scores.get(SCRAMBLED)
    chances = [scores[name].mean for name in CHANCES if name in scores]
    if scrambled is None or scrambled.own_error is None or not chances:
        return None
    reach = ERRORS * scrambled.own_error
    return min(chances) - reach <= scrambled.mean <= max(chances) + reach


def _more_than_static(experiment: Experiment, scores: Mapping[str, FeatureScore]) -> ClaimVerdict:
    name, title = f"table1[{experiment.label}]", f"{TITLE}: {_column(experiment)}"
    reported = _reported(experiment.column)
    pairs = {other: _difference(experiment, other) for other in (NAIVE, GRID)}
    missing = [_missing(experiment, other) for other, each in pairs.items() if each is None]
    if missing:
        return not_tested(1, name, title, f"{'; '.join(missing)}.", reported)
    there = [each for each in pairs.values() if each is not None]
    words = [of_accuracy(each.low, each.high, each.holm) for each in there]
    sentence = (
        f"over {_classifiers(scores)} classifiers and {_fewest(there)} networks, jump and retrain"
        f" predicts the {_label(experiment)} better than"
        f" {listed([_than(each, scores) for each in there])}."
    )
    small = [each for each in there if each.high is not None and each.high < SMALLEST]
    beside = [
        f"80 % of such studies would find a difference of {points(each.detectable)} points to"
        f" {scores[each.other].label}."
        for each in there
    ]
    word = of_all(*words)
    if small and word == HOLDS:
        beside.append("A difference is below the smallest that the paper reports, 2.5 points.")
    verdict = ClaimVerdict(1, name, title, word, sentence, tuple(beside), reported)
    return _counted(verdict, experiment)


def _more_than_free(experiment: Experiment, scores: Mapping[str, FeatureScore]) -> ClaimVerdict:
    name, title = f"baseline[{experiment.label}]", f"{FREE}: {_column(experiment)}"
    free = [score for score in experiment.scores if score.kind == BASELINE]
    reported = "The paper has no baseline."
    if not free or JUMPS not in scores:
        return not_tested(1, name, title, "there is no baseline, or no jump and retrain.", reported)
    best = max(free, key=lambda score: score.mean)
    each = _difference(experiment, best.name)
    if each is None:
        why = f"jump and retrain and {best.words} have too few networks in common."
        return not_tested(1, name, title, why, reported)
    sentence = (
        f"the best baseline is {best.words} ({100 * best.mean:.1f} %); jump and retrain minus it is"
        f" {_numbers(each)}."
    )
    word = of_sign(each.low, each.high)
    return _counted(ClaimVerdict(1, name, title, word, sentence, (), reported), experiment)


def _counted(verdict: ClaimVerdict, experiment: Experiment) -> ClaimVerdict:
    """The verdict; nothing of a table counts whose scrambled features are not at chance."""
    if at_chance(experiment) is not False:
        return verdict
    scores = {score.name: score for score in experiment.scores}
    scrambled = scores[SCRAMBLED]
    why = (
        f"Scrambled features are not at chance ({100 * scrambled.mean:.1f} %, standard error"
        f" {100 * (scrambled.own_error or 0):.1f}), so nothing of this table counts."
    )
    word: Word = UNDECIDED
    return ClaimVerdict(
        verdict.claim,
        verdict.name,
        verdict.title,
        word,
        verdict.sentence,
        (why, *verdict.beside),
        verdict.reported,
    )


def _difference(experiment: Experiment, other: str) -> FeatureDifference | None:
    pairs = ((each.name, each.other, each) for each in experiment.differences)
    return next((each for name, than, each in pairs if (name, than) == (JUMPS, other)), None)


def _missing(experiment: Experiment, other: str) -> str:
    why = experiment.absent.get(JUMPS) or experiment.absent.get(other)
    return f"no {other} to compare with ({why or 'the two have too few networks in common'})"


def _classifiers(scores: Mapping[str, FeatureScore]) -> int:
    return len(scores[JUMPS].accuracies)


def _fewest(there: list[FeatureDifference]) -> int:
    return min(each.networks for each in there)


def _column(experiment: Experiment) -> str:
    """The label in words."""
    return experiment.column_label.replace("_", " ")


def _label(experiment: Experiment) -> str:
    return f"{_column(experiment)} ({len(experiment.classes)} classes)"


def _than(each: FeatureDifference, scores: Mapping[str, FeatureScore]) -> str:
    return f"{scores[each.other].label} by {_numbers(each)}"


def _numbers(each: FeatureDifference) -> str:
    spread = interval(each.low, each.high, LEVEL, of_points=True)
    return f"{points(each.value)} points ({spread}, p after Holm {each.holm:.3f})"


def _reported(column: str) -> str:
    """What the paper reports for this label."""
    rows = PAPER.get(column)
    if rows is None:
        return "The paper has no such label."
    of = [f"{name} {rows[key][0]:.1f} ± {rows[key][1]:.1f} %" for key, name in _ROWS]
    return f"The paper: {listed(of)}; no baseline, and no interval of a difference."


_ROWS = ((JUMPS, "jump and retrain"), (NAIVE, "naive"), (GRID, "grid"))
