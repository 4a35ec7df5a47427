"""Which columns use held-out labels, told by their names: ranked, they would be no measure but a
look at the answer.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


SETS = _listed(
    "test tst tests testing val valid validation validate eval evaluation evaluate dev devel"
    " development holdout heldout oof ood unseen"
)
SCORES = _listed(
    "accuracy accuracies acc loss losses error errors err risk score scores nll nlls ce xent"
    " crossentropy mse rmse mae r2 f1 fscore auc auroc roc ap map iou dice bleu rouge ppl"
    " perplexity precision recall top metric metrics performance perf set data split"
)
GAPS = _listed(
    "gap overfit overfitting overfitted generalization generalisation generalize generalise"
    " generalizes generalises"
)
OTHER_GAPS = _listed("spectral eigen eigenvalue duality energy band optimality")  # use no labels
# std_dev is no development set.
DEVIATION = _listed("std standard st abs absolute mean max median rel relative stat")
PHRASES = tuple(  # words in a row
    tuple(phrase.split())
    for phrase in (
        "hold out",
        "held out",
        "hold outs",
        "out of sample",
        "out of domain",
        "out of distribution",
        "out of fold",
        "cross validated",
    )
)
SHORT = ("gen", "cv", "xval", "oos")  # held-out sets only before or after a score
# … only before or after one of FEW, in a name without a word of TRAIN
SHORTER = ("te", "ho", "v", "t")
FEW = _listed("accuracy acc loss losses error err nll")
# of which rows?
BARE = _listed("accuracy accuracies acc accs error errors err misclassification misclassified")
ADORNS = _listed(  # words beside one of BARE that do not say it either
    "best final last mean average avg median max min balanced weighted macro micro classification"
    " class overall total rate model network percent pct top k at std zero one"
)
TRAIN = ("train", "training", "trn", "tr")
_SCORE = "|".join(sorted(SCORES, key=len, reverse=True))
_SET = "|".join(sorted(SETS | {*SHORT} - {"gen", "cv"}, key=len, reverse=True))
_JOINED = re.compile(
    rf"(?:gen|cv|{_SET})(?:{_SCORE}|gap)[0-9]*|(?:{_SCORE})[0-9]*(?:{_SET})"
    rf"|(?:train|tr|{_SET})(?:{_SET})"
)
_FEW = "|".join(sorted(FEW, key=len, reverse=True))
_SHORTER = re.compile(rf"(?:te|ho|v|t)(?:{_FEW})|(?:{_FEW})(?:te|ho|v)")
_ADORN, _PLAIN = "|".join(sorted(ADORNS)), "|".join(sorted(BARE))
_BARE = re.compile(rf"(?:{_ADORN}|[0-9])*(?:top[0-9]+|{_PLAIN})(?:{_ADORN}|{_PLAIN}|[0-9])*")
# TESTacc, ACCtest: capitals before small letters, which are two words and not TES Tacc.
_UPPER_SET = "|".join([_SET.upper(), *(word.upper() for word in (*TRAIN, *SHORTER))])
_CAPITALS = re.compile(
    rf"(?<![A-Za-z])((?:{_UPPER_SET})(?=(?:{_SCORE}|gap)(?![a-z]))"
    rf"|(?:{_SCORE.upper()})[0-9]*(?=(?:{_SET})(?![a-z])))"
)


def words(name: str) -> list[str]:
    """The words of a column's name in small letters: ValAcc@5, val-acc.5 and VAL ACC 5 are all val,
    acc, 5.
    """
    text = _CAPITALS.sub(r"\1 ", unicodedata.normalize("NFKC", name))
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[^\W_]+", text.casefold())


def uses_held_out_labels(name: str, among: Iterable[str] = ()) -> str:
    """Why the column called `name` seems to use held-out labels, "" where it does not; `among`: the
    names of all columns.

    A score without the name of its rows counts as held out where a score of that name of the train
    rows stands beside it.
    """
    parts = words(name)
    letters = [part.rstrip("0123456789") or part for part in parts]
    if _of_a_held_out_set(parts, letters) or _of_a_gap(letters):
        return "it uses held-out labels, so it cannot be used to predict the gap"
    joined = "".join(letters)
    if _BARE.fullmatch("".join(parts)):
        return (
            "its name does not say which rows it uses. If these are held-out rows, it cannot be"
            " used to predict the gap"
        )
    if joined in SCORES:
        twin = next((other for other in among if _of_train(other) == joined), None)
        return (
            f"it has the twin {twin}, so it probably uses held-out rows and cannot be used to"
            " predict the gap"
            if twin
            else ""
        )
    return ""


def _of_a_held_out_set(parts: list[str], letters: list[str]) -> bool:
    for i, word in enumerate(letters):
        deviates = word == "dev" and i > 0 and letters[i - 1] in DEVIATION
        if word in SETS and not deviates:
            return True
        if word in SHORT and {*letters[i - 1 : i], *letters[i + 1 : i + 2]} & {*SCORES, "gap"}:
            return True
    if _of_an_abbreviated_set(letters):
        return True
    phrases = (
        phrase
        for phrase in PHRASES
        for i in range(len(letters))
        if tuple(letters[i : i + len(phrase)]) == phrase
    )
    return next(phrases, None) is not None or any(_JOINED.fullmatch(part) for part in parts)


def _of_an_abbreviated_set(letters: list[str]) -> bool:
    """te_acc, loss_v, vacc: t and v alone, or beside other words, are no sets."""
    if {*letters} & {*TRAIN}:
        return False
    beside = any({*pair} & {*SHORTER} and {*pair} & FEW for pair in itertools.pairwise(letters))
    return beside or any(_SHORTER.fullmatch(word) for word in letters)


def _of_a_gap(letters: list[str]) -> bool:
    return any(
        word in GAPS and not (word == "gap" and i > 0 and letters[i - 1] in OTHER_GAPS)
        for i, word in enumerate(letters)
    )


def _of_train(name: str) -> str | None:
    """What a column is of the train rows: loss of train_loss; None where it does not say that it is
    of them.
    """
    letters = [part.rstrip("0123456789") or part for part in words(name)]
    rest = [word for word in letters if word not in TRAIN]
    return "".join(rest) if len(rest) < len(letters) else None
