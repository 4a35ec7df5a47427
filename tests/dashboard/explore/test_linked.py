"""Laws of links: what the script writes into an address is read back; what cannot be followed is
left out and said.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.dashboard.common import addresses, ids
from landscape_app.dashboard.common.run_view import left_out
from landscape_app.dashboard.explore import choice, linked
from landscape_app.dashboard.explore import ids as explore_ids
from landscape_app.dashboard.explore.bars import BARS
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.linked import Choices
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.curves import CURVES
from landscape_app.figures.view import FUNCTION, PARTS, SAMPLINGS, STATIC, View
from landscape_app.registries import DISTANCES, EMBEDDINGS, FILTRATIONS
from tests.dashboard.components import controls
from tests.dashboard.conftest import Page
from tests.dashboard.explore.conftest import RUNS
from tests.scripts.test_scripts import run_node, with_node

THERE = Choices(("good", "poor-1"), ("0", "1", "2"), ("0", "0.25", "1e-05"), 40)
HREF = "http://127.0.0.1:8050/?runs=good,poor-1&method=pca"

COORDINATE = st.integers(-(10**6), 10**6).map(lambda number: number / 10**4)
PLACE = st.fixed_dictionaries(dict.fromkeys("xyz", COORDINATE))
CAMERA = st.fixed_dictionaries(dict.fromkeys(linked.PARTS, PLACE)).filter(
    lambda camera: camera["eye"] != camera["center"] and any(camera["up"].values())
)
ROW = st.integers(0, 10**6)
RUN = st.sampled_from(THERE.runs)
SETS = st.dictionaries(RUN, st.lists(ROW, max_size=20), min_size=1)
PICK = st.one_of(
    st.fixed_dictionaries({"kind": st.just("trajectory"), "run": RUN, "focus": ROW}),
    st.fixed_dictionaries({"kind": st.sampled_from(sorted(BARS)), "run": RUN, "bar": ROW}),
    st.fixed_dictionaries({"kind": st.just("lasso"), "run": RUN, "sets": SETS}),
    st.fixed_dictionaries(
        {
            **{"kind": st.just("point"), "run": RUN, "focus": ROW},
            "sampling": st.sampled_from(sorted(STATIC)),
        }
    ),
    st.fixed_dictionaries(
        {"kind": st.just("rows"), "run": RUN, "sets": SETS, "name": st.just("sharpness[0.5], ö&=")}
    ),
)


def chips(known: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(st.sampled_from(known), unique=True)


STATE = st.fixed_dictionaries(
    {
        "seeds": chips(THERE.seeds),
        "steps": chips(THERE.steps),
        "epochs": st.none()
        | st.lists(st.integers(0, THERE.last), min_size=2, max_size=2).map(sorted),
        "pick": st.none() | PICK,
        "camera": st.none() | CAMERA,
    }
)


@with_node
@settings(max_examples=6, deadline=None)
@given(st.lists(STATE, min_size=1, max_size=60))
def test_what_the_script_writes_into_a_link_is_read_back(states: list[dict[str, Any]]) -> None:
    given = f"{json.dumps(states)}.map((state) => window.landscape.linked.address('{HREF}', state))"
    links = run_node(given)
    assert isinstance(links, list)
    for link, state in zip(links, states, strict=True):
        query = addresses.parsed(link.partition("?")[2])
        assert addresses.run_ids(query) == list(THERE.runs)
        assert query["method"] == "pca"
        read, faults = linked.decode(query, THERE)
        assert faults == []
        assert {name: value for name, value in read.items() if name != "stamp"} == state


TABLES: dict[str, Any] = {
    "method": sorted(EMBEDDINGS),
    "dims": ["2", "3"],
    "joint_dims": ["2", "3"],
    "colour": sorted(COLOURS),
    "sampling": sorted(SAMPLINGS),
    "filtration": sorted(FILTRATIONS),
    "distance": [FUNCTION, *sorted(DISTANCES)],
    "part": sorted(PARTS),
    "curve": sorted(CURVES),
}
CONTROLS = st.fixed_dictionaries({name: st.sampled_from(TABLES[name]) for name in choice.SHOWN})
SHOWN_RUNS = st.lists(RUN, min_size=1, unique=True)


@with_node
@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(SHOWN_RUNS, CONTROLS, STATE), min_size=1, max_size=60))
def test_a_link_brings_runs_controls_and_state_back(shown: list[Any]) -> None:
    """The address line is Python's or shell.js's, its end the script's of links."""
    lines = [
        [ExploreChoice(tuple(runs), _view(stands)).query(), state] for runs, stands, state in shown
    ]
    links = run_node(
        f"{json.dumps(lines)}.map(([query, state]) =>"
        " window.landscape.linked.address(`http://127.0.0.1:8050/?${query}`, state))"
    )
    assert isinstance(links, list)
    for link, (runs, stands, state) in zip(links, shown, strict=True):
        query = addresses.parsed(link.partition("?")[2])
        readable, faults = choice.sound(query)
        assert faults == []
        values = [readable.get(name, choice.DEFAULTS[name]) for name in choice.SHOWN]
        assert choice.view_of(values, "light") == _view(stands)
        assert addresses.run_ids(query) == runs
        read, faults = linked.decode(query, THERE)
        assert faults == []
        assert {name: value for name, value in read.items() if name != "stamp"} == state


def _view(stands: dict[str, str]) -> View:
    return choice.view_of([stands[name] for name in choice.SHOWN], "light")


@with_node
def test_a_link_names_the_runs_that_were_shown_unasked() -> None:
    state = json.dumps({"runs": list(RUNS)})
    link = run_node(f"window.landscape.linked.address('http://127.0.0.1:8050/', {state})")
    assert link == f"http://127.0.0.1:8050/?runs={','.join(RUNS)}"
    named = run_node(f"window.landscape.linked.address('{HREF}', {state})")
    assert named == HREF


@with_node
def test_a_selection_too_large_for_a_link_is_left_out() -> None:
    pick = {"kind": "lasso", "run": "good", "sets": {"good": list(range(5000))}}
    assert run_node(f"window.landscape.linked.encode({json.dumps({'pick': pick})})") == {}


def test_an_address_without_a_state_changes_nothing() -> None:
    state, faults = linked.decode({"runs": "good", "method": "pca"}, THERE)
    assert faults == []
    assert {name for name, value in state.items() if value is not None} == {"stamp"}


CAMERA_OF = {part: {"x": 1, "y": 0, "z": 0} for part in linked.PARTS}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("seeds", text) for text in ("9", "a", "0,,1", "0;1", "nan", "")),
        *(("steps", text) for text in ("0.3", "1e999")),
        *(("epochs", text) for text in ("3", "5,2", "0,41", "-1,3", "0.5,3", "1,2,3")),
        *(("camera", text) for text in ("1,2,3", "{}", "[]", "null", "[" * 9000)),
        ("camera", json.dumps(CAMERA_OF)),  # it looks at the place where it stands
        ("camera", json.dumps({**CAMERA_OF, "eye": {"x": 1e9, "y": 0, "z": 0}})),
        ("camera", json.dumps({**CAMERA_OF, "eye": {"x": "a", "y": 0, "z": True}})),
        ("pick", json.dumps({"kind": "star", "run": "good"})),
        ("pick", json.dumps({"kind": "trajectory", "run": "bad", "focus": 1})),
        ("pick", json.dumps({"kind": "trajectory", "run": "good", "focus": True})),
        ("pick", json.dumps({"kind": "trajectory", "run": "good", "focus": -1})),
        ("pick", json.dumps({"kind": "lasso", "run": "good", "sets": {"bad": [1]}})),
        ("pick", json.dumps({"kind": "rows", "run": "good", "sets": {"good": "abc"}})),
        ("pick", json.dumps({"kind": "rows", "run": "good"})),
    ],
)
def test_what_cannot_be_followed_is_named_and_left_out(name: str, text: str) -> None:
    state, faults = linked.decode({name: text}, THERE)
    assert state[name] is None  # type: ignore[literal-required]
    (fault,) = faults
    assert fault.startswith(f"{name}: ")
    assert fault.endswith(".")


@pytest.mark.parametrize("name", choice.SHOWN)
def test_an_unknown_word_falls_back_and_is_named(name: str) -> None:
    kept, faults = choice.sound({"runs": "good", name: "nonsense"})
    assert kept == {"runs": "good"}
    (fault,) = faults
    assert fault.startswith(f"{name}: ")
    assert "nonsense" in fault
    assert choice.sound({name: choice.DEFAULTS[name]}) == ({name: choice.DEFAULTS[name]}, [])


def stores(page: Page, search: str) -> dict[str, Any]:
    values = {f"{ids.LOCATION}.pathname": "/", f"{ids.LOCATION}.search": search}
    answer = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname").json
    parts = {part["id"]: part for part in controls(answer) if isinstance(part.get("id"), str)}
    assert parts[explore_ids.METHOD]["value"] == "phate"
    return {
        name: parts[name]["data"] for name in (ids.FOLLOWED, explore_ids.LINKED, explore_ids.RUNS)
    }


def test_a_page_opens_with_what_of_its_link_can_be_followed(page: Page) -> None:
    sound = stores(page, "?runs=poor&epochs=1,3&seeds=0,2")
    assert sound[ids.FOLLOWED] == []
    assert sound[explore_ids.LINKED]["epochs"] == [1, 3]
    assert sound[explore_ids.LINKED]["seeds"] == ["0", "2"]
    broken = stores(page, "?runs=poor,good,a,b,c,d&method=phte&epochs=9,99&camera=up")
    said = [notice["message"] for notice in broken[ids.FOLLOWED]]
    assert [text.partition(":")[0] for text in said] == ["method", "epochs", "camera", "runs"]
    assert "c, d" in said[-1]
    assert broken[explore_ids.RUNS] == ["poor", "good", "a", "b"]


def test_runs_for_which_there_is_no_place_are_named(sampled: Path) -> None:
    from landscape_app.dashboard.common.board import Board

    board = Board(sampled)
    assert left_out({"runs": ",".join(RUNS)}, board) == []
    assert left_out({}, board) == []
    (said,) = left_out({"runs": "a,b,c,d,fifth"}, board)
    assert "fifth" in said
    (many,) = left_out({"runs": ",".join(f"r{i}" for i in range(20))}, board)
    assert f"r{MOST_COMPARED}" in many
    assert "and 12 more" in many
