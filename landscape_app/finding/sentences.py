"""The finding of a comparison: what its numbers say in a few sentences, and the numbers behind it.

Worse means the larger test loss. A difference counts where it exceeds two standard errors. Nothing
is said about causes: the numbers of a few networks support none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from landscape_app.finding.figures import NetworkNumbers, Number, differs, same_data
from landscape_app.finding.key_measures import KEY_MEASURES, KeyMeasure, key_numbers
from landscape_app.number_text import number, percent

OTHER_DATA = (
    "These networks were tested on different data, so their losses and measures are not compared."
)
Pair = tuple[NetworkNumbers, NetworkNumbers]


@dataclass(frozen=True)
class Finding:
    """sentences: the conclusion, at most four. reasons: the numbers behind it, a line each."""

    sentences: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The conclusion as one paragraph."""
        return " ".join(self.sentences)


def finding(networks: Sequence[NetworkNumbers]) -> Finding:
    """What the numbers of `networks` say; of one network, how it does by itself."""
    measured = [network for network in networks if network.test_loss.known]
    lost = [network.label for network in networks if not network.test_loss.known]
    sentences = [f"{listed(lost)} {_have(lost)} no finite test loss and cannot be compared."]
    sentences = sentences if lost else []
    if len(measured) == 1:
        sentences.append(_alone(measured[0]))
    elif measured and not same_data(measured):
        sentences.append(OTHER_DATA)
    elif measured:
        sentences += [*_order(measured), *_around(measured), *_same(measured)]
    return Finding(tuple(sentences), _reasons(networks))


def _alone(network: NetworkNumbers) -> str:
    losses = (
        f"its train loss is {number(network.train_loss.value)} and its test loss"
        f" {number(network.test_loss.value)}"
    )
    if not network.test_accuracy.known:
        return f"{network.label}: {losses}."
    return (
        f"{network.label} is right on {percent(network.train_accuracy.value)} of the train rows and"
        f" on {percent(network.test_accuracy.value)} of the test rows; {losses}."
    )


def _order(networks: Sequence[NetworkNumbers]) -> list[str]:
    """Who generalizes worse, by test loss; where accuracy says otherwise, that too."""
    ordered = sorted(networks, key=_test_loss)
    best, worst = ordered[0], ordered[-1]
    losses = ", ".join(f"{network.label} {number(_test_loss(network))}" for network in ordered)
    apart = differs(best.test_loss, worst.test_loss)
    if apart is False:
        first = f"There is no difference in test loss beyond two standard errors: {losses}."
    elif apart is None:
        first = (
            f"{worst.label} has the largest test loss and {best.label} the smallest: {losses}. No"
            " standard error is stored, so this difference may be chance."
        )
    else:
        first = f"{_ranks(ordered)}. Test loss: {losses}{_neighbours(ordered)}."
    return [first, *_otherwise(ordered), *_untrained(ordered)]


def _ranks(ordered: Sequence[NetworkNumbers]) -> str:
    """Who is worst and who is best, each only where it differs from all others."""
    labels = [network.label for network in ordered]
    worst, best = (
        all(differs(network.test_loss, other.test_loss) for other in ordered if other != network)
        for network in (ordered[-1], ordered[0])
    )
    if len(ordered) > 2 and worst and best:
        return f"{labels[-1]} generalizes worst and {labels[0]} best"
    if worst or not best:
        others = labels[:-1] if worst else labels[:1]
        return f"{labels[-1]} generalizes worse than {listed(others)}"
    return f"{labels[0]} generalizes better than {listed(labels[1:])}"


def _test_loss(network: NetworkNumbers) -> float:
    assert network.test_loss.value is not None
    return network.test_loss.value


def _neighbours(ordered: Sequence[NetworkNumbers]) -> str:
    """Which of them cannot be told apart by test loss."""
    alike = [
        f"{first.label} and {second.label}"
        for first, second in combinations(ordered, 2)
        if differs(first.test_loss, second.test_loss) is False
    ]
    return f"; {', '.join(alike)} do not differ" if alike else ""


def _otherwise(ordered: Sequence[NetworkNumbers]) -> list[str]:
    """The pairs that accuracy, or the gap in accuracy, orders the other way round."""
    contrary = []
    for better, worse in combinations(ordered, 2):
        accuracies = better.test_accuracy, worse.test_accuracy
        gaps = worse.number("gap_accuracy"), better.number("gap_accuracy")
        for name, (low, high) in (("test accuracy", accuracies), ("gap in accuracy", gaps)):
            if differs(low, high) and (low.value or 0.0) < (high.value or 0.0):
                here, there = (better, worse) if name == "test accuracy" else (worse, better)
                word = "lower" if name == "test accuracy" else "smaller"
                contrary.append(
                    f"But {here.label} has the {word} {name}: {percent(low.value)}, against"
                    f" {percent(high.value)} of {there.label}."
                )
    return contrary


def _untrained(networks: Iterable[NetworkNumbers]) -> list[str]:
    """The networks that do not fit their train labels: of them a gap says less."""
    several = [network for network in networks if network.interpolates is False]
    if not several:
        return []
    accuracies = [
        f"{network.label} {percent(network.train_accuracy.value)}"
        for network in several
        if network.train_accuracy.known
    ]
    shares = f" (train accuracy: {', '.join(accuracies)})" if accuracies else ""
    labels = [network.label for network in several]
    verb = "does" if len(several) == 1 else "do"
    return [f"{listed(labels)} {verb} not fit the train labels{shares}, so the gap says less."]


def _around(networks: Sequence[NetworkNumbers]) -> list[str]:
    """Where retraining ends, in function space."""
    back = [network for network in networks if network.number("function_return").known]
    if len(back) < 2:
        return []
    ordered = sorted(back, key=lambda network: network.number("function_return").value or 0.0)
    near, far = ordered[0], ordered[-1]
    values = [network.number("function_return") for network in (near, far)]
    if not differs(*values):
        return []
    return [
        f"After a jump, retraining brings {near.label} back to {number(values[0].value, 2)} of the"
        f" jump's distance from the minimum in function space, and {far.label} to"
        f" {number(values[1].value, 2)}."
    ]


def _same(networks: Sequence[NetworkNumbers]) -> list[str]:
    """The key measures in which no two networks differ."""
    alike = [
        key.label
        for key, numbers in _keyed(networks)
        if all(_differ(key, pair) is False for pair in combinations(numbers, 2))
    ]
    whom = "The two" if len(networks) == 2 else "They"
    return [f"{whom} do not differ in {listed(alike)}."] if alike else []


def _differ(key: KeyMeasure, pair: tuple[Number, Number]) -> bool | None:
    return differs(*pair, exact=not key.error)


def _keyed(
    networks: Sequence[NetworkNumbers],
) -> list[tuple[KeyMeasure, tuple[Number, ...]]]:
    numbers = key_numbers(networks)
    return [(key, numbers[key.name]) for key in KEY_MEASURES]


def _reasons(networks: Sequence[NetworkNumbers]) -> tuple[str, ...]:
    """A line for the test loss and for each key measure: values, errors and what differs."""
    losses = tuple(network.test_loss for network in networks)
    first = KeyMeasure("test_loss", "test loss", "higher", "over the test rows")
    return tuple(
        _reason(key, numbers, networks)
        for key, numbers in [(first, losses), *_keyed(networks)]
        if any(value.known for value in numbers)
    )


def _reason(key: KeyMeasure, numbers: Sequence[Number], networks: Sequence[NetworkNumbers]) -> str:
    values = ", ".join(
        f"{network.label} {with_error(value, in_percent=key.percent)}"
        for network, value in zip(networks, numbers, strict=True)
    )
    apart = [
        f"{first.label} and {second.label}"
        for (first, value), (second, other) in combinations(zip(networks, numbers, strict=True), 2)
        if key.error and _differ(key, (value, other))
    ]
    verdict = f" Different: {'; '.join(apart)}." if apart else ""
    error = f" Standard error: {key.error}." if key.error else " It has no standard error."
    return (
        f"{key.label[:1].upper()}{key.label[1:]} ({key.worse} = worse): {values}.{verdict}{error}"
    )


def with_error(value: Number, *, in_percent: bool = False) -> str:
    """0.123 ± 0.01; a share as 96.2 ± 0.7 %."""
    if in_percent and value.known and value.value is not None:
        if value.error is None:
            return percent(value.value)
        return f"{100 * value.value:.1f} ± {100 * value.error:.1f} %".replace("-", "−")
    error = "" if value.error is None or not value.known else f" ± {number(value.error, 2)}"
    return f"{number(value.value)}{error}"


def listed(words: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _have(labels: Sequence[str]) -> str:
    return "has" if len(labels) == 1 else "have"
