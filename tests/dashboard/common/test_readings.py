"""Laws of what was read for a page: it is read once, the newest stays, the oldest is forgotten."""

from __future__ import annotations

from landscape_app.dashboard.common.readings import MOST, Readings


def test_a_reading_is_made_once_and_one_that_is_put_takes_its_place() -> None:
    readings, made = Readings(), []

    def read(name: str) -> str:
        made.append(name)
        return name

    assert [readings.get("a", lambda: read("first")) for _ in range(3)] == ["first"] * 3
    assert made == ["first"]
    readings.put("a", "second")
    assert readings.get("a", lambda: read("third")) == "second"
    for number in range(MOST):  # as many as are remembered: the first of all is not
        readings.put(number, number)
    assert readings.get("a", lambda: read("fourth")) == "fourth"
