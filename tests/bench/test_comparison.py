"""Laws of a comparison: sides take turns, medians and ratios follow from the times, and what is not
run says so.
"""

from __future__ import annotations

import time

import pytest

from landscape_app.bench.comparison import Reference, TimedStep, affordable, compare


def test_sides_take_turns_and_the_ratio_is_that_of_the_medians():
    order = []

    def side(name, seconds):
        def run():
            order.append(name)
            time.sleep(seconds)
            return len(name)

        return run

    theirs = [
        Reference(name, side(name, 0.02), lambda a, b: {"apart": b - a})
        for name in ("one", "three")
    ]
    rows = compare(
        TimedStep("step", 7, side("ours", 0.005), theirs, lambda found: {"found": found}),
        repeats=3,
        patience=9,
    )
    assert order == ["ours", "one", "three"] * 3
    assert [row["agreement"] for row in rows] == [{"apart": -1}, {"apart": 1}]
    for row in rows:
        assert (row["n"], row["step"], row["repeats"], row["found"]) == (7, "step", 3, 4)
        assert row["ours_spread"][0] <= row["ours"] <= row["ours_spread"][1]
        assert row["ratio"] == pytest.approx(row["reference_seconds"] / row["ours"])
        assert row["ratio_spread"][0] <= row["ratio"] <= row["ratio_spread"][1]


def test_slow_comparisons_are_taken_once():
    rows = compare(TimedStep("step", 7, lambda: time.sleep(0.02), []), repeats=5, patience=0.01)
    assert [(row["repeats"], row["reference_seconds"]) for row in rows] == [(1, None)]


def test_reference_beyond_the_limit_is_not_run_and_says_so():
    def never():
        raise RuntimeError("it was run")

    reference = affordable("slow", never, lambda a, b: {}, n=11, limit=10)
    (row,) = compare(TimedStep("step", 11, lambda: None, [reference]), repeats=1, patience=1)
    assert (row["reference_seconds"], row["ratio"], row["note"]) == (None, None, "not run: n > 10")
    assert affordable("slow", never, lambda a, b: {}, n=10, limit=10).run is never


def test_what_libraries_print_and_warn_is_not_in_the_result(capsys):
    import warnings

    def loud():
        print("hello")  # noqa: T201
        warnings.warn("careful", RuntimeWarning, stacklevel=1)

    compare(TimedStep("step", 1, loud, []), repeats=1, patience=1)
    assert capsys.readouterr().out == ""
