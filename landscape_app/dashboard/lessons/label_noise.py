"""Lesson: what a network learns when a growing share of its labels is random."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from landscape_app.dashboard.lessons.lesson import Choice, Lesson, Prediction, share
from landscape_app.finding.figures import NetworkNumbers, Number, differs
from landscape_app.finding.sentences import listed, with_error
from landscape_app.number_text import percent

CHANCE = 0.1  # of ten digits
ENDS = "end_disagreement"

QUESTION = (
    "A network learns 500 handwritten digits. Before that, a share of the 500 labels is replaced:"
    " each of them is drawn again at random, from 0 to 9. Five networks are trained, with 0, 25,"
    " 50, 75 and 100 % of the labels drawn again. Nothing else differs.",
    "What do the five networks answer on 797 digits that they have never seen?",
)
PREDICTIONS = (
    Prediction(
        "test_accuracy",
        "Test accuracy",
        "On what share of the new digits is the network right?",
        (
            Choice(
                "It hardly falls: the network sees the digits behind the noise.",
                (0.97, 0.95, 0.93, 0.91, 0.89),
            ),
            Choice(
                "It stays high until half of the labels are random, and then it drops.",
                (0.97, 0.96, 0.9, 0.4, 0.1),
            ),
            Choice(
                "It falls in a straight line, down to one in ten.", (0.97, 0.75, 0.54, 0.32, 0.1)
            ),
            Choice("It drops with the first random labels.", (0.97, 0.3, 0.15, 0.1, 0.1)),
        ),
    ),
    Prediction(
        "gap_accuracy",
        "Gap in accuracy",
        "How much more often is it right on its own train rows, random labels included, than on"
        " new digits?",
        (
            Choice(
                "The gap stays small: nobody can learn random labels.",
                (0.03, 0.03, 0.03, 0.03, 0.03),
            ),
            Choice(
                "It grows at first, and is gone when all labels are random.",
                (0.03, 0.2, 0.35, 0.2, 0.0),
            ),
            Choice(
                "It grows in a straight line, up to nine in ten.", (0.03, 0.25, 0.46, 0.68, 0.9)
            ),
            Choice(
                "It is large with the first random labels, and then stays.",
                (0.03, 0.65, 0.7, 0.7, 0.7),
            ),
        ),
    ),
    Prediction(
        ENDS,
        "Disagreement of the ends",
        "Each network is pushed far away from its minimum, in six random directions, and trained"
        " again on the same rows. On what share of the new digits do two of the results give"
        " different answers?",
        (
            Choice(
                "Almost none: training leads back to the same answers.",
                (0.03, 0.04, 0.05, 0.06, 0.07),
            ),
            Choice("It grows in a straight line.", (0.03, 0.25, 0.45, 0.65, 0.85)),
            Choice("It grows fast at first, and then slowly.", (0.03, 0.5, 0.7, 0.8, 0.85)),
            Choice(
                "It falls: random labels leave only one way to fit them.",
                (0.3, 0.2, 0.12, 0.06, 0.03),
            ),
        ),
    ),
)


def why(networks: Sequence[NetworkNumbers]) -> list[str]:
    """What the five networks say, each sentence only where their numbers support it."""
    paragraphs = [_fit(networks), _tested(networks), _gap(networks), _ends(networks), LIMITS]
    return [paragraph for paragraph in paragraphs if paragraph]


LIMITS = (
    "What this does not show: there is one network for each share, from one seed. The errors (±,"
    " one standard error) are of the test rows and of the directions, and not of another training."
    " Another network, or other data, may do otherwise."
)


def _fit(networks: Sequence[NetworkNumbers]) -> str:
    """Whether the labels were learned, on which the rest depends."""
    unfit = [network for network in networks if network.interpolates is not True]
    if unfit:
        values = listed([f"{each.label}: {percent(each.train_accuracy.value)}" for each in unfit])
        return (
            f"Not every network fits its train labels. Train accuracy: {values}. A network that is"
            " not done learning has a smaller gap, so the gaps do not compare."
        )
    low = min(network.train_accuracy.value or 0.0 for network in networks)
    return (
        f"Every network fits its train labels, the random ones too: the lowest train accuracy is"
        f" {percent(low)}. A random label says nothing about its digit. Such a row can only be"
        " learned by heart, and the train rows do not tell the five networks apart."
    )


def _tested(networks: Sequence[NetworkNumbers]) -> str:
    """The new digits, and whether the last network is better than a guess."""
    first, last = (network.test_accuracy for network in (networks[0], networks[-1]))
    values = [with_error(number, in_percent=True) for number in (first, last)]
    if not differs(first, last):
        return f"On new digits, no difference is seen: {values[0]} against {values[1]}."
    guess = differs(last, Number(CHANCE, 0.0))
    against = (
        "That cannot be told from a guess, one in ten."
        if guess is False
        else "A guess is right on one in ten."
        if guess
        else ""
    )
    return (
        f"New digits do. Test accuracy is {values[0]} without random labels, and {values[1]} where"
        f" all are random. {against}"
    ).strip()


def _gap(networks: Sequence[NetworkNumbers]) -> str:
    """From which share to which the gap grows."""
    gaps = [(network.label, share(network, "gap_accuracy")) for network in networks]
    steps = list(pairwise(gaps))
    up = [differs(a, b) and (b.value or 0.0) > (a.value or 0.0) for (_, a), (_, b) in steps]
    ends = [with_error(gaps[at][1], in_percent=True) for at in (0, -1)]
    if all(up):
        return f"The gap grows with every step, from {ends[0]} to {ends[1]}.{_by_heart(networks)}"
    flat = [f"{a} and {b}" for ((a, _), (b, _)), grows in zip(steps, up, strict=True) if not grows]
    return (
        f"The gap goes from {ends[0]} to {ends[1]}. It does not grow beyond two standard errors"
        f" between {listed(flat)}."
    )


def _by_heart(networks: Sequence[NetworkNumbers]) -> str:
    if not all(network.interpolates for network in networks):
        return ""
    return " What is learned by heart is of no use on other rows."


def _ends(networks: Sequence[NetworkNumbers]) -> str:
    """The disagreement, and whether it orders the networks as their test errors do."""
    ends = [network.number(ENDS) for network in networks]
    if not all(number.known for number in ends):
        return ""
    first, last = (with_error(number, in_percent=True) for number in (ends[0], ends[-1]))
    words = (
        f"Two retrainings disagree on {first} of the new digits without random labels, and on"
        f" {last} where all are random."
    )
    if not differs(ends[0], ends[-1]):
        return f"{words} That is no difference beyond two standard errors."
    same = all(_ordered_alike(first, second) for first, second in combinations(networks, 2))
    how = (
        "It uses no label, and orders the five networks as their test errors do."
        if same
        else "It uses no label. It does not order all five networks as their test errors do."
    )
    return (
        f"{words} {how} Where retrainings from one network answer differently, at most one of"
        " them is right."
    )


def _ordered_alike(first: NetworkNumbers, second: NetworkNumbers) -> bool:
    """Whether the one of lower test accuracy has the higher disagreement."""
    accuracy = (first.test_accuracy.value or 0.0) - (second.test_accuracy.value or 0.0)
    ends = (first.number(ENDS).value or 0.0) - (second.number(ENDS).value or 0.0)
    return accuracy * ends < 0


def _label(value: float) -> str:
    return f"{100 * value:.0f} % random"


LESSON = Lesson(
    title="Label noise from 0 to 1",
    question=QUESTION,
    knob="label_corruption",
    values=(0.0, 0.25, 0.5, 0.75, 1.0),
    axis="labels drawn at random",
    label=_label,
    settings={
        "data": "digits",
        "network": "mlp",
        "train_rows": 500,
        "train_epochs": 150,
        "seeds": 6,
        "step_sizes": [1.0],
        "epochs": 10,
    },
    predictions=PREDICTIONS,
    explored=(0.0, 0.5, 1.0),
    seconds=40.0,
    why=why,
)
