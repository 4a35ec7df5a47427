"""Laws of the finding: it follows the numbers, goes no further than their errors, and says what
does not differ.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from landscape_app.finding.figures import NetworkNumbers, Number, differs, share
from landscape_app.finding.key_measures import KEY_MEASURES, key_numbers
from landscape_app.finding.sentences import finding, listed

ROWS = 800


def network(label: str, loss: float, accuracy: float, **measures: Number) -> NetworkNumbers:
    """A network that fits its labels; measures: those that are not the same for all."""
    same = {
        "gap_loss": Number(loss - 0.01, 0.02),
        "gap_accuracy": share(1 - accuracy, ROWS),
        "function_return": Number(0.3, 0.02),
        "end_disagreement": Number(0.05, 0.01),
        "expected_sharpness[0.25]": Number(0.1, 0.01),
        "expected_sharpness[0.5]": Number(0.5, 0.1),
        "weight_norm": Number(20.0),
    }
    return NetworkNumbers(
        label,
        Number(0.01, 0.001),
        Number(loss, 0.02),
        Number(1.0),
        share(accuracy, ROWS),
        ROWS,
        True,
        {**same, **measures},
    )


GOOD = network("good", 0.1, 0.97, function_return=Number(0.2, 0.02), weight_norm=Number(15.0))
POOR = network("poor", 2.4, 0.35, function_return=Number(0.7, 0.03))


def test_the_larger_test_loss_is_the_worse_and_swapped_runs_swap_the_sentence() -> None:
    assert finding([GOOD, POOR]).sentences[0].startswith("poor generalizes worse than good.")
    assert finding([POOR, GOOD]).sentences == finding([GOOD, POOR]).sentences
    swapped = [replace(GOOD, label="poor"), replace(POOR, label="good")]
    assert finding(swapped).sentences[0].startswith("good generalizes worse than poor.")


def test_equal_runs_have_no_difference() -> None:
    text = finding([GOOD, replace(GOOD, label="again")])
    assert text.sentences[0].startswith("There is no difference in test loss")
    assert "generalizes worse" not in text.text
    assert all(key.label in text.sentences[-1] for key in KEY_MEASURES)
    assert not any("Different:" in reason for reason in text.reasons)


@pytest.mark.parametrize("times", [1.9, 2.1])
def test_a_difference_counts_beyond_two_standard_errors_of_it(times: float) -> None:
    apart = network("far", 0.1 + times * math.hypot(0.02, 0.02), 0.97)
    near = network("near", 0.1, 0.97)
    assert ("generalizes worse" in finding([near, apart]).text) == (times > 2)
    assert differs(near.test_loss, apart.test_loss) is (times > 2)


def test_without_a_stored_error_nobody_generalizes_worse() -> None:
    runs = [replace(run, test_loss=Number(run.test_loss.value)) for run in (GOOD, POOR)]
    text = finding(runs).sentences[0]
    assert "may be chance" in text
    assert "generalizes" not in text


def test_where_accuracy_orders_two_networks_otherwise_both_are_said() -> None:
    sure = network("sure", 0.6, 0.95)  # wrong with confidence: the larger loss, the better accuracy
    text = finding([network("unsure", 0.3, 0.90), sure])
    assert text.sentences[0].startswith("sure generalizes worse than unsure.")
    assert "But unsure has the lower test accuracy: 90.0 %, against 95.0 % of sure." in text.text
    # within two binomial standard errors nothing is said of it
    assert "But" not in finding([network("unsure", 0.3, 0.945), sure]).text


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (0.12, "poor generalizes worse than good and plain. Test loss: good 0.100, plain 0.120,"),
        (1.0, "poor generalizes worst and good best."),
        (2.38, "good generalizes better than plain and poor."),
    ],
)
def test_of_three_only_who_differs_from_all_others_is_best_or_worst(loss: float, said: str) -> None:
    plain = network("plain", loss, 0.96)
    for runs in itertools.permutations([GOOD, plain, POOR]):
        assert finding(runs).sentences[0].startswith(said)
    alike = {0.12: "good and plain do not differ", 2.38: "plain and poor do not differ"}
    assert alike.get(loss, "") in finding([GOOD, plain, POOR]).sentences[0]


def test_in_a_chain_of_neighbours_that_cannot_be_told_apart_only_the_ends_are_compared() -> None:
    chain = [network("a", 0.1, 0.9), network("b", 0.15, 0.9), network("c", 0.2, 0.9)]
    assert finding(chain).sentences[0].startswith("c generalizes worse than a. Test loss:")


def test_a_network_that_does_not_fit_its_labels_is_named() -> None:
    short = replace(POOR, interpolates=False, train_accuracy=Number(0.8))
    assert "poor does not fit the train labels (train accuracy: poor 80.0 %)" in (
        finding([GOOD, short]).text
    )


def test_a_run_that_diverged_is_named_and_the_others_are_compared() -> None:
    lost = replace(GOOD, label="lost", test_loss=Number(math.nan))
    text = finding([GOOD, lost, POOR]).sentences
    assert text[0] == "lost has no finite test loss and cannot be compared."
    assert text[1].startswith("poor generalizes worse than good.")
    assert finding([lost]).sentences == text[:1]


def test_one_run_has_its_own_numbers_and_no_comparison() -> None:
    assert finding([POOR]).text == (
        "poor is right on 100.0 % of the train rows and on 35.0 % of the test rows; its train loss"
        " is 0.0100 and its test loss 2.40."
    )


def test_retraining_is_spoken_of_only_where_it_differs() -> None:
    assert "brings good back to 0.20" in finding([GOOD, POOR]).text
    wide = replace(POOR, measures={**POOR.measures, "function_return": Number(0.7, 0.3)})
    assert "After a jump" not in finding([GOOD, wide]).text


def test_sharpness_is_compared_at_the_smallest_step_that_all_have() -> None:
    steps = {"expected_sharpness[0.125]": Number(9.0), **GOOD.measures}
    numbers = key_numbers([replace(GOOD, measures=steps), POOR])
    assert numbers["expected_sharpness"] == (Number(0.1, 0.01), Number(0.1, 0.01))


def test_the_reasons_hold_every_number_with_its_error() -> None:
    reasons = finding([GOOD, POOR]).reasons
    assert "good 0.100 ± 0.020, poor 2.40 ± 0.020. Different: good and poor." in reasons[0]
    assert "good 97.0 ± 0.6 %" in reasons[1]
    assert reasons[-1].endswith("good 15, poor 20. It has no standard error.")


@pytest.mark.parametrize("words", [[], ["a"], ["a", "b"], ["a", "b", "c"]])
def test_words_are_listed(words: list[str]) -> None:
    assert listed(words) == ["", "a", "a and b", "a, b and c"][len(words)]


def test_networks_tested_on_different_data_are_not_compared() -> None:
    one, two = network("A", 0.1, 0.9), network("B", 0.9, 0.5)
    apart = [replace(one, data="digits"), replace(two, data="blobs")]
    (sentence,) = finding(apart).sentences
    assert "different data" in sentence
    alike = [replace(one, data="digits"), replace(two, data="digits")]
    assert finding(alike).text == finding([one, two]).text == finding([alike[0], two]).text
