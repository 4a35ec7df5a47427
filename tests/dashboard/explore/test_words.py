"""Laws of what is said in numbers: three digits are three digits, details are the columns',
measures know their snapshots.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from dash.development.base_component import Component
from hypothesis import given

from landscape_app import number_text
from landscape_app.dashboard import helping
from landscape_app.dashboard.explore import (
    cards,
    details,
    grid,
    measure_rows,
    measures,
    messages,
    on_demand,
)
from landscape_app.dashboard.explore.parts import merge_tree, persistence, profile
from landscape_app.figures import rips_bars
from landscape_app.registries import MEASURES
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.dashboard.explore.conftest import RUNS


def text(component: object) -> str:
    """All that a person reads in a component."""
    if isinstance(component, (list, tuple)):
        return " ".join(text(part) for part in component)
    if isinstance(component, Component):
        return text(getattr(component, "children", ""))
    return "" if component is None else str(component)


def test_no_word_calls_a_sublevel_bar_a_valley(look, sampled: Path) -> None:
    """A bar says that lower snapshots of the sample do not join two minima: what lies between them
    is another question.
    """
    said = [
        dict(helping.SEEN)["Sublevel persistence"],
        dict(helping.SEEN)["Profile"],
        *(part.note(look(sampled, "good")) for part in (merge_tree, persistence, profile)),
    ]
    for name, entry in MEASURES.items():
        if name.startswith("sublevel."):
            said += [entry.help, entry.load().direction]
    for sentence in said:
        assert not re.search(
            r"valley|basin|deep|separate", sentence.replace("need not be a valley", "")
        ), sentence


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300),
    st.booleans(),
)
def test_a_number_is_right_to_three_digits(value: float, negative: bool) -> None:
    value = -value if negative else value
    shown = number_text.number(value).replace("−", "-")
    if "×" in shown:
        digits, power = shown.split(" × 10")
        read = float(digits) * 10.0 ** int(
            power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        )
        assert read == pytest.approx(value, rel=6e-2)
    else:
        assert float(shown) == pytest.approx(value, rel=5.1e-3)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_a_dash(value: float | None) -> None:
    assert (
        number_text.number(value)
        == number_text.percent(value)
        == number_text.score(value)
        == number_text.DASH
    )


def test_a_picked_snapshot_is_told_by_its_columns_in_every_run(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    good = comparison.subjects[0]
    row = 1 + 2 * (good.epochs + 1) + 3
    said = text(details.details({"kind": "trajectory", "run": "good", "focus": row}, comparison))
    at = good.find([row]).at[0]
    assert (
        f"seed {good.columns['seed'][at]} · step {good.columns['step_size'][at]:g} · epoch 3"
        in said
    )
    for subject in comparison.subjects:
        # the same protocol: the same row
        assert number_text.number(subject.columns["train_loss"][at]) in said


@pytest.mark.parametrize("kind", ["sublevel", "rips0", "rips1"])
def test_every_bar_has_details(look, sampled: Path, kind: str) -> None:
    comparison = look(sampled, "good", "poor")
    good = comparison.subjects[0]
    stored = (
        rips_bars.loops(good)[0]
        if kind == "rips1"
        else good.results["sublevel" if kind == "sublevel" else "rips"].arrays
    )
    for bar in range(
        len(stored[{"sublevel": "birth", "rips0": "h0_death", "rips1": "h1_birth"}[kind]])
    ):
        said = text(details.details({"kind": kind, "run": "good", "bar": bar}, comparison))
        assert "birth" in said


@pytest.mark.parametrize(
    "pick",
    [
        None,
        {},
        {"kind": "trajectory", "run": "nobody"},
        {"kind": "sublevel", "run": "good", "bar": 10**6},
        {"kind": "rows", "run": "good"},
    ],
)
def test_a_pick_of_nothing_shows_the_anchors(look, sampled: Path, pick: object) -> None:
    assert "Anchors" in text(details.details(pick, look(sampled, "good", "poor")))


def test_a_lasso_is_counted_by_run(look, sampled: Path) -> None:
    pick = {"kind": "lasso", "run": "good", "sets": {"good": [1, 2, 3], "poor": [5, 10**6]}}
    said = text(details.details(pick, look(sampled, "good", "poor")))
    assert "3 snapshots" in said
    assert "1 snapshots" in said


def test_measures_have_a_column_a_run_a_definition_and_their_snapshots(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    table = measures.table(comparison)
    json.dumps(table, allow_nan=False)
    assert [run["label"] for run in table["runs"]] == ["Good", "Poor"]
    names = {row["name"].partition("[")[0] for row in table["rows"]}
    assert {name for name in MEASURES if name in names} == {
        measure["name"].partition("[")[0] for measure in comparison.runs[0].measures
    } & set(MEASURES)
    by_run = {subject.run: set(subject.rows.tolist()) for subject in comparison.subjects}
    for row in table["rows"]:
        assert all(row["tip"])
        assert len(row["cells"]) == 2
        assert all(0 <= cell["share"] <= 1 for cell in row["cells"])
        for run, rows in (row["pick"] or {}).get("sets", {}).items():
            assert rows
            assert set(rows) <= by_run[run]


def test_a_jumps_sharpness_lights_the_jumps_of_its_step(look, sampled: Path) -> None:
    subject = look(sampled, "good").subjects[0]
    rows = measure_rows.snapshots("expected_sharpness[0.5]", subject)
    assert set(subject.values("step_size", rows)) == {0.5}
    assert set(subject.values("epoch", rows)) == {0}


@pytest.mark.parametrize("name", ["scene-0", "joint", "diagrams-1", "curves"])
def test_every_figure_has_a_table_whose_rows_can_be_picked(look, sampled: Path, name: str) -> None:
    comparison = look(sampled, "good", "poor")
    twin = cards.twin(name, comparison)
    picks = [
        json.loads(part.to_plotly_json()["props"]["data-pick"])
        for part in components(twin)
        if "data-pick" in part.to_plotly_json()["props"]
    ]
    assert picks
    for pick in picks:
        assert "Anchors" not in text(details.details(pick, comparison))
    of_trajectories = not name.startswith("diagrams")
    assert (messages.WHOLE in text(twin)) == of_trajectories, "hidden epochs do not act on these"


def components(tree: object) -> list[Component]:
    if isinstance(tree, (list, tuple)):
        return [inner for part in tree for inner in components(part)]
    if not isinstance(tree, Component):
        return []
    return [tree, *components(getattr(tree, "children", None))]


@pytest.mark.parametrize(("runs", "first"), [(("good", "poor"), "joint"), (("good",), "scene-0")])
def test_a_telephone_shows_the_joint_scene_first_or_the_run_s(
    look, sampled: Path, runs: tuple[str, ...], first: str
) -> None:
    parts = [part.to_plotly_json()["props"] for part in components(grid.grid(look(sampled, *runs)))]
    chosen = [props["data-view"] for props in parts if "ls-chosen" in props.get("className", "")]
    pressed = [props for props in parts if props.get("aria-pressed") == "true"]
    assert chosen == [first]
    assert [props["data-scene"] for props in pressed if "data-scene" in props] == [first]


@pytest.fixture(scope="module")
def climbed(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sampled runs, of which `good` has a made-up diagram of three bars; one climbs, one does
    not, one is not checked.
    """
    runs = tmp_path_factory.mktemp("climbed")
    shutil.copytree(sampled, runs, dirs_exist_ok=True)
    run = RunFolder.open(runs, "good")
    for stored in derived.all(run.path, "sublevel"):
        whole = [0, 8, 16, 24]
        bars = {
            **stored.arrays,
            "birth": np.array([0.1, 0.2, 0.3, 0.4]),
            "death": np.array([np.inf, 1.0, 0.9, 0.8]),
        }
        bars |= {
            "birth_row": np.array(whole),
            "merge_rows": np.full((4, 2), 5),
            "into": np.array([-1, 0, 0, 0]),
        }
        bars |= {"basin_rows": np.array(whole), "basin_offsets": np.arange(5)}
        derived.write(
            run.path, "sublevel", stored.parameters, bars, stored.meta | {"bars": 3}, run.digest()
        )
        climbs = {"pairs": np.array([[8, 0], [16, 0]]), "climb": np.array([0.0, 0.25])}
        derived.write(
            run.path,
            "climbs",
            stored.parameters,
            climbs,
            {"total_over_barriers": 0.25},
            run.digest(),
        )
    return runs


def test_a_bars_climb_is_told_and_one_that_nobody_checked_is_not(look, climbed: Path) -> None:
    comparison = look(climbed, "good", "poor")
    told = [
        text(details.details({"kind": "sublevel", "run": "good", "bar": bar}, comparison))
        for bar in range(4)
    ]
    for bar, said in enumerate(
        ("climb –", "climb 0, the line never rises", "climb 0.250", "climb not checked")
    ):
        assert said in told[bar]
    twin = cards.twin("diagrams-0", comparison)[0]
    cells = [[text(cell) for cell in row.children][2] for row in twin.children[2].children]
    assert cells == ["–", "0", "0.250", "not checked"]
    (row,) = [
        one for one in measures.table(comparison)["rows"] if one["name"] == "total_over_barriers"
    ]
    assert [cell["text"] for cell in row["cells"]] == ["0.250", "–"]
    assert row["cells"][0]["detail"] == "1 of 2 bars without a climb"
    assert "straight line" in row["tip"][1]
    assert persistence.HOLLOW in persistence.note(comparison)


def test_the_page_offers_to_check_bars_that_nobody_checked(
    look, sampled: Path, climbed: Path
) -> None:
    bars = look(sampled, "good", "poor")
    assert [on_demand.unchecked(run) for run in bars.runs] == [
        bool(run.meta("sublevel")["bars"]) for run in bars.runs
    ]
    assert not on_demand.unchecked(look(climbed, "good", "poor").runs[0])


def test_one_run_alone_says_why_it_has_no_joint_scene(look, sampled: Path) -> None:
    alone, both = (cards.captions(look(sampled, *runs))["note"] for runs in (RUNS[:1], RUNS))
    assert "One run alone has no joint scene." in text(alone)
    assert "One run alone" not in text(both)
