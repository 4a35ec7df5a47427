"""The form is the settings: every field has a control, says what the command line says, and gives
back what it shows.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app import feasibility
from landscape_app.cli.flags import with_settings
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.forecast import SHAPES, forecast
from landscape_app.dashboard.common.form_parts import explained
from landscape_app.dashboard.launch.page_settings import APART, names_of_page, spec_of_page
from landscape_app.dashboard.new_run.page import control
from landscape_app.dashboard.new_run.values import (
    FIELDS,
    command,
    foreign,
    meant,
    of_preset,
    of_spec,
    read,
    shown,
)
from landscape_app.dashboard.new_run.values import settings as settings_of
from landscape_app.errors import SpecError
from landscape_app.forecast import known
from landscape_app.forecast.pace import Pace, machine
from landscape_app.registries import DATASETS, REGIMES
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import parse_study
from tests.dashboard.conftest import Page

SPECS = (
    st.fixed_dictionaries(
        {},
        optional={
            "data": st.sampled_from(["digits", "blobs", "stripes"]),
            "network": st.sampled_from(["mlp", "mlp-small"]),
            "regime": st.sampled_from(list(REGIMES)),
            "seed": st.integers(0, 2**31 - 1),
            "weight_decay": st.sampled_from([0.0, 5e-4, 0.01, 1e-6]),
            "augmentation": st.booleans(),
            "label_corruption": st.sampled_from([0.0, 0.25, 1.0]),
            "train_rows": st.integers(2, 10_000),
            "train_epochs": st.integers(0, 1000),
            "train_rate": st.sampled_from([0.1, 1e-5, 10.0]),
            "momentum": st.sampled_from([0.0, 0.9]),
            "seeds": st.integers(1, 64),
            "step_sizes": st.lists(
                st.sampled_from([0.1, 0.25, 0.5, 1.0, 2.5]), min_size=1, unique=True
            ),
            "controls": st.booleans(),
            "epochs": st.integers(1, 10_000),
            "rate": st.sampled_from([0.001, 0.01]),
            "batchnorm": st.sampled_from(["keep", "re-estimate"]),
            "coupled_seeds": st.booleans(),
        },
    )
    .map(lambda values: parse(RunSpec, values))
    .filter(lambda spec: feasibility.distinct(spec) > AnalysisSpec().k)
)  # else refused: tests/test_feasibility.py


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_a_control_with_its_help(name: str) -> None:
    default = RunSpec.model_fields[name].default
    made = control(name, shown(name, default))
    assert made.id == ids.field(name)
    assert meant(name, made.value) == default
    assert made.value is not None, "a control without a value is not controlled"
    assert explained(name, None)


def test_no_setting_is_left_out() -> None:
    assert {*FIELDS, *APART, "regime"} == set(RunSpec.model_fields)
    assert APART == (
        "layout",
        "scale",
        "checkpoint",
    ), "what is text and in no table, or about a file, is shut out"


@given(SPECS)
@settings(max_examples=60, deadline=None)
def test_what_the_form_shows_is_what_it_gives_back(spec: RunSpec) -> None:
    form = read(of_spec(spec), [spec.regime], "quick")
    assert form.specs == (spec,)
    assert not form.faults


@given(SPECS)
@settings(max_examples=25, deadline=None)
def test_the_shown_command_makes_the_same_run(spec: RunSpec) -> None:
    words = shlex.split(" ".join(command(spec)))
    assert words[:2] == ["landscape", "run"]
    assert parse(RunSpec, flags(words[2:])) == spec


def flags(words: list[str]) -> dict[str, Any]:
    """The settings that the command line reads from `words`."""
    return dict(CLI(words, exit_on_error=False, print_error=False, result_action="return_value"))


@with_settings(RunSpec)
def _given(**values: Any) -> dict[str, Any]:
    return values


CLI = App()
CLI.default(_given)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_differs_from_itself_in_nothing(preset: str) -> None:
    form = read(of_preset(preset), ["good"], preset)
    assert form.specs == (parse(RunSpec, PRESETS[preset]),)
    assert not form.changed


def test_what_differs_from_the_preset_is_named() -> None:
    form = read({**of_preset("quick"), "epochs": 80}, ["good"], "quick")
    assert form.changed == {"epochs": (80, 40)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("seeds", 0), ("seeds", 65), ("seeds", 2.5), ("seeds", ""), ("rate", -1), ("rate", "fast"), ("step_sizes", []), ("step_sizes", ["0.5", "x"]),
     ("step_sizes", ["0.5", "0.50"]), ("batchnorm", "never"), ("epochs", None), ("train_rows", 1), ("momentum", 1), ("seed", {"a": 1}), ("controls", "maybe")],
)  # fmt: skip
def test_faults_are_the_command_line_s_words_beside_their_field(name: str, value: Any) -> None:
    values = {**of_preset("quick"), name: value}
    form = read(values, ["good"], "quick")
    assert not form.specs
    with pytest.raises(SpecError) as said:
        parse(RunSpec, settings_of(values))
    words = form.faults.get(name) or form.faults[""]
    assert words in str(said.value)


def test_all_faults_are_said_at_once() -> None:
    form = read({**of_preset("quick"), "seeds": 0, "rate": 99}, [], "quick")
    assert set(form.faults) == {"seeds", "rate", ""}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "npz:/etc/passwd"),
        ("data", "given"),
        ("network", "os:system"),
        ("network", "given"),
        ("data", "../x"),
    ],
)
def test_no_file_or_code_is_named_from_a_browser(name: str, value: str) -> None:
    assert not read({**of_preset("quick"), name: value}, ["good"], "quick").specs


def test_a_launch_that_names_a_file_is_refused() -> None:
    with pytest.raises(SpecError, match="checkpoint"):
        spec_of_page({"checkpoint": "/etc/passwd"})


def test_several_regimes_are_several_runs_that_differ_in_nothing_else() -> None:
    good, poor = read(of_preset("quick"), ["good", "poor"], "quick").specs
    assert (good.regime, poor.regime) == ("good", "poor")
    differ = {name for name in RunSpec.model_fields if getattr(good, name) != getattr(poor, name)}
    assert differ == {
        "regime",
        *(
            name
            for name in REGIMES["good"].settings
            if REGIMES["good"].settings[name] != REGIMES["poor"].settings[name]
        ),
    }


@pytest.mark.parametrize("data", SHAPES)
@pytest.mark.parametrize("network", ["mlp", "mlp-small"])
def test_weights_are_counted_as_torch_counts_them(data: str, network: str) -> None:
    from landscape_app.networks.construction import create

    loaded = DATASETS[data].load()(**DATASETS[data].settings)
    spec = parse(RunSpec, {"data": data, "network": network, "regime": "plain"})
    built = create(network, loaded.shape, loaded.classes, seed=0)
    assert forecast(spec).parameters == sum(p.numel() for p in built.parameters())
    _, _, train, test = SHAPES[data]
    assert (train, test) == (len(loaded.x_train), len(loaded.x_test))


def test_the_form_marks_faults_where_they_are(page: Page) -> None:
    answer = page.call(f"{ids.FORM_LAUNCH}.disabled", filled(seeds=0, epochs=80))
    assert answer.status_code == 200
    said = answer.get_json()["response"]
    assert said[ids.FORM_LAUNCH]["disabled"] is True
    assert said[name_of("field-note", "seeds")]["children"].endswith("not 0.")
    assert "ls-field-fault" in said[name_of("field-box", "seeds")]["className"]


def name_of(kind: str, name: str) -> str:
    """A pattern id as Dash writes it."""
    return json.dumps({"name": name, "type": kind}, separators=(",", ":"))


PACE = Pace(
    machine(),
    **{"build": 0.1, "preparing": 2.0, "epoch": 0.1, "rate": 50.0, "point": 0.001},
    **{"loss": 0.001, "product": 0.001, "speed": 1.0},
    workers=2,
    parameters=1000,
)


def prepared(runs: Path, id: str, **changes: Any) -> RunFolder:
    """A run whose pace was measured: 0.1 s an epoch of training, 50 trajectory-epochs a second."""
    run = RunFolder.create(runs, id, parse(RunSpec, {"data": "mnist", "network": "cnn", **changes}))
    facts = {"parameters": 1000, "classes": 10, "probe_rows": 256, "loss_rows": 1024}
    with run.lock():
        run.mark("prepared", **facts, pace=PACE.to_json())
    return run


def test_times_are_those_that_were_measured_and_no_others(tmp_path: Path) -> None:
    spec = parse(RunSpec, {"data": "mnist", "network": "cnn"})
    assert known.runs_compared([spec], tmp_path, most=4) is None
    prepared(tmp_path, "other", train_batch=10)
    assert forecast(spec, tmp_path).parameters == 1000
    assert known.runs_compared([spec], tmp_path, most=4) is None, "the same weights, another pace"
    prepared(tmp_path, "same")
    usual, run = seconds(spec, tmp_path)
    assert run == "same"
    assert usual["training"] == pytest.approx(200 * 0.1)
    assert usual["sampling"] == pytest.approx(20 * 40 / 50, rel=0.1)
    longer, _ = seconds(parse(RunSpec, {**spec.model_dump(), "train_epochs": 400}), tmp_path)
    assert longer == {**usual, "training": pytest.approx(400 * 0.1)}


def seconds(spec: RunSpec, runs: Path) -> tuple[dict[str, float], str]:
    """({phase: seconds}, the run whose pace it is) of one run."""
    measured = known.runs_compared([spec], runs, most=4)
    assert measured is not None
    return {name: phase.seconds for name, phase in measured[0].by_name.items()}, measured[1]


def test_several_runs_are_forecast_with_their_comparison(tmp_path: Path) -> None:
    spec = parse(RunSpec, {"data": "mnist", "network": "cnn"})
    prepared(tmp_path, "same")
    alone, _ = seconds(spec, tmp_path)
    three = known.runs_compared([spec] * 3, tmp_path, most=4)
    assert three is not None
    assert three[0].by_name["joint embedding"].seconds > 1
    assert three[0].seconds > 3 * sum(alone.values())
    five = known.runs_compared([spec] * 5, tmp_path, most=4)
    assert five is not None
    assert "joint embedding" not in five[0].by_name, "so many are not compared by themselves"


def test_the_time_of_a_study_is_that_of_all_it_does(tmp_path: Path) -> None:
    study = parse_study(
        {"name": "s", "seeds": 2, "networks": ["cnn"], "settings": {"data": "mnist"}}
    )
    assert known.study(study, tmp_path) is None
    prepared(tmp_path, "same")
    measured = known.study(study, tmp_path)
    assert measured is not None
    job, run = measured
    assert run == "same"
    assert [*job.by_name] == [
        "runs",
        "curvature",
        "knees",
        "analysis",
        "joint embedding",
        "statistics",
    ]
    alone, _ = seconds(next(iter(study.runs.values())), tmp_path)
    at_once = max(phase.workers for phase in job.phases)  # runs that workers make side by side
    assert job.seconds > len(study.runs) * 0.8 * sum(alone.values()) / at_once


def test_a_forecast_of_disk_is_what_a_run_takes() -> None:
    small = forecast(parse(RunSpec, {"epochs": 20}))
    large = forecast(parse(RunSpec, {"epochs": 40}))
    assert small.disk is not None
    assert large.disk is not None
    assert 1.9 < large.disk / small.disk < 2.3, "twice the epochs, twice the snapshots"
    assert large.disk == pytest.approx(68.3e6, rel=0.07), (
        "what the quickstart's runs were seen to take"
    )


def filled(**changes: Any) -> dict[str, Any]:
    """The form's part of a request: the quick preset with `changes`, for the callbacks of the
    page.
    """
    key = '{"name":["ALL"],"type":"field"}'
    held = {**of_preset("quick"), **changes}
    return {
        f"{key}.value": [
            {"id": ids.field(name), "property": "value", "value": held[name]} for name in FIELDS
        ],
        f"{key}.id": [
            {"id": ids.field(name), "property": "id", "value": ids.field(name)} for name in FIELDS
        ],
        f"{ids.FORM_REGIMES}.value": ["good", "poor"],
        f"{ids.FORM_PRESET}.value": "quick",
        f"{ids.NONCE}.data": "page",
        **dict.fromkeys(("field-note", "field-box", "field-help"), FIELDS),
    }


def test_the_form_says_what_will_happen_and_launches_just_that(page: Page) -> None:
    said = page.call(f"{ids.FORM_LAUNCH}.disabled", filled(seeds=2)).get_json()["response"]
    assert said[ids.FORM_LAUNCH] == {"children": "Launch 2 runs", "disabled": False}
    outlook = json.dumps(said[ids.FORM_FORECAST])
    assert "8,970" in outlook
    assert "10 = 2 directions" in outlook
    asked = page.call(
        f"{ids.request('form')}.data", {**filled(seeds=2), f"{ids.FORM_LAUNCH}.n_clicks": 1}
    ).get_json()["response"]
    request = asked[ids.request("form")]["data"]
    assert (request["do"], request["nonce"]) == ("run", "page")
    assert [spec_of_page(one) for one in request["specs"]] == [
        parse(RunSpec, {"regime": regime, "seeds": 2}) for regime in ("good", "poor")
    ]


def _named(page: Page, name: str) -> tuple[dict[str, Any], int]:
    """(what the form says to a name, the status of a launch with it)."""
    values = {**filled(seeds=2), f"{ids.FORM_RUN_NAME}.value": name}
    told = page.call(f"{ids.FORM_LAUNCH}.disabled", values).get_json()["response"]
    asked = page.call(f"{ids.request('form')}.data", {**values, f"{ids.FORM_LAUNCH}.n_clicks": 1})
    return told, asked.status_code


def test_a_name_is_that_of_the_run_and_of_the_command(page: Page) -> None:
    told, status = _named(page, " mine ")
    assert told[ids.FORM_RUN_NAME_SAYS] == {"children": ""}
    commands = json.dumps(told[ids.FORM_COMMAND])
    assert "--id mine-good" in commands
    assert "--id mine-poor" in commands
    assert "--runs " in commands
    assert status == 200
    values = {**filled(), f"{ids.FORM_RUN_NAME}.value": "mine", f"{ids.FORM_LAUNCH}.n_clicks": 1}
    asked = page.call(f"{ids.request('form')}.data", values).get_json()["response"]
    assert asked[ids.request("form")]["data"]["name"] == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [("Mine", "small letters"), ("a/b", "small letters"), ("x" * 61, "at most 64")],
)
def test_a_name_that_cannot_be_is_refused_where_it_is_typed(page: Page, name, words) -> None:
    told, status = _named(page, name)
    assert words in told[ids.FORM_RUN_NAME_SAYS]["children"]
    assert told[ids.FORM_RUN_NAME_BOX] == {"className": "ls-field ls-field-fault"}
    assert told[ids.FORM_LAUNCH]["disabled"]
    assert status == 204


@pytest.mark.parametrize("taken", ["done-good", "done-poor"])
def test_a_name_that_is_taken_is_refused(page: Page, runs: Path, taken: str) -> None:
    RunFolder.create(runs, taken, parse(RunSpec, {}))
    told, status = _named(page, "done")
    assert f"The name '{taken}' is already used." in told[ids.FORM_RUN_NAME_SAYS]["children"]
    assert told[ids.FORM_LAUNCH]["disabled"]
    assert status == 204
    assert names_of_page(runs, "", ["good"]) == []
    assert names_of_page(runs, "free", ["good"]) == ["free"]


def test_a_form_at_fault_launches_nothing(page: Page) -> None:
    assert (
        page.call(
            f"{ids.request('form')}.data", {**filled(seeds=0), f"{ids.FORM_LAUNCH}.n_clicks": 1}
        ).status_code
        == 204
    )


def test_a_preset_is_a_protocol_and_leaves_alone_what_it_is_applied_to(page: Page) -> None:
    key = '{"name":["ALL"],"type":"field"}.value'
    values = {
        **filled(data="stripes", epochs=99),
        f"{ids.FORM_PRESET}.value": "paper",
        "field": FIELDS,
    }
    answer = page.call(key, values, f"{ids.FORM_PRESET}.value").get_json()["response"]
    assert answer[name_of("field", "data")]["value"] == "stripes"
    assert answer[name_of("field", "epochs")]["value"] == 40
    assert answer[name_of("field", "rate")]["value"] == 0.001


def test_a_copy_of_a_run_of_ones_own_network_has_the_recipe_of_the_regime_that_is_ticked():
    own = parse(RunSpec, {"network": "mine:make", "data": "digits"})
    assert foreign(own) == ["network"]
    specs = read(of_spec(own), ["good", "plain"], "quick").specs
    assert [(spec.regime, spec.weight_decay, spec.augmentation) for spec in specs] == [
        ("good", 5e-4, True),
        ("plain", 0.0, False),
    ]
    knob = parse(RunSpec, {"network": "mine:make", "weight_decay": 0.1})
    assert [spec.weight_decay for spec in read(of_spec(knob), ["good"], "quick").specs] == [0.1]
