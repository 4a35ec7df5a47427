"""Laws of what was read for a page: it is read once, the oldest is forgotten, and no more is kept
than was allowed.
"""

from __future__ import annotations

from landscape_app.dashboard.common.readings import MOST, Readings


def test_a_reading_is_made_once_and_the_oldest_is_forgotten() -> None:
    readings, made = Readings(), []

    def read(name: str) -> str:
        made.append(name)
        return name

    assert [readings.get("a", lambda: read("first")) for _ in range(3)] == ["first"] * 3
    assert made == ["first"]
    for number in range(MOST):  # as many as are remembered: the first of all is not
        readings.get(number, lambda: read("another"))
    assert readings.get("a", lambda: read("second")) == "second"


def test_readings_are_no_larger_together_than_was_allowed() -> None:
    readings = Readings(100, len, 10)
    for name in "abcd":
        assert readings.get(name, lambda: "four") == "four"
    there = {name: readings.get(name, lambda: "new", keep=lambda _: False) for name in "abcd"}
    assert there == {"a": "new", "b": "new", "c": "four", "d": "four"}
    assert readings.get("e", lambda: "more than is allowed") == "more than is allowed"
    assert readings.get("e", lambda: "again") == "again"
