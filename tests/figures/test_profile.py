"""Laws of the profile: a place a snapshot at its height, a point a bar, and the picture's own bars
beside it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.figures import profile
from landscape_app.figures.view import View
from tests.figures import made

SUBJECTS = [made.subject(slot, factor=3.0**slot) for slot in range(2)]
SPAN = profile.span(SUBJECTS)


def groups(kind: str):
    subject = SUBJECTS[1]
    figure = profile.draw(subject, View(part="profile"), SPAN)
    return [
        (group, figure.data[group["trace"]])
        for group in figure.layout.meta["bars"]
        if group["kind"] == kind
    ]


def test_the_line_has_every_snapshot_once_at_its_height() -> None:
    arrays = SUBJECTS[1].results["profile"].arrays
    line = profile.draw(SUBJECTS[1], View(part="profile"), SPAN).data[0]
    np.testing.assert_array_equal(line.x[1:-1], np.arange(len(arrays["order_rows"])))
    np.testing.assert_allclose(line.y[1:-1], arrays["heights"], rtol=1e-6)


def test_between_valleys_that_touch_the_line_rises_to_where_they_meet() -> None:
    subject, top = SUBJECTS[1], SPAN[1]
    arrays = {
        **subject.results["profile"].arrays,
        "wall_places": np.array([2, 5]),
        "wall_heights": np.array([top, top]),
    }
    walled = replace(
        subject, results={**subject.results, "profile": made.InMemoryResult(arrays, {})}
    )
    line = profile.draw(walled, View(part="profile"), SPAN).data[0]
    assert line.x[1:9].tolist() == [0, 1, 1.5, 2, 3, 4, 4.5, 5]
    assert (line.y[3], line.y[7]) == pytest.approx((top, top), rel=1e-6)
    np.testing.assert_allclose(np.delete(line.y[1:-1], [2, 6]), arrays["heights"], rtol=1e-6)


def test_a_minimum_stands_on_the_line_and_is_the_bar_born_there() -> None:
    sublevel, order = (
        SUBJECTS[1].results["sublevel"].arrays,
        SUBJECTS[1].results["profile"].arrays["order_rows"],
    )
    ((group, trace),) = groups("sublevel")
    assert group["bar"] == list(range(len(sublevel["birth"])))
    for i, bar in enumerate(group["bar"]):
        assert order[int(trace.x[i])] == sublevel["birth_row"][bar] == group["focus"][i]
        assert trace.y[i] == pytest.approx(sublevel["birth"][bar], rel=1e-6)
        assert group["death"][i] == (
            None if np.isinf(sublevel["death"][bar]) else sublevel["death"][bar]
        )


def test_the_pictures_bars_name_their_snapshots() -> None:
    arrays = SUBJECTS[1].results["triangulation"].arrays
    ((basins, _),), ((rims, trace),) = groups("over0"), groups("over1")
    assert basins["bar"] == [1]  # the basin that never dies has no place
    assert rims["rows"] == [
        [*arrays["h1_birth_rows"][0].tolist(), *arrays["h1_death_rows"][0].tolist()]
    ]
    assert (trace.x[0], trace.y[0]) == pytest.approx((0.03, 0.2), rel=1e-6)


def test_without_a_picture_the_profile_has_the_whole_card() -> None:
    subject = SUBJECTS[0]
    alone = replace(
        subject,
        results={name: one for name, one in subject.results.items() if name != "triangulation"},
    )
    assert profile.draw(alone, View(part="profile"), SPAN).layout.xaxis.domain == (0, 1)


def test_heights_are_common_and_hold_everything() -> None:
    for subject in SUBJECTS:
        heights = subject.results["profile"].arrays["heights"]
        assert (heights >= SPAN[0]).all()
        assert (heights <= SPAN[1]).all()
