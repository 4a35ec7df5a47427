"""The form is the settings: every field has a control, says what the command line says, and gives
back what it shows.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from cyclopts import App
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app import feasibility
from landscape_app.cli.flags import with_settings
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.form_parts import explained
from landscape_app.dashboard.launch.page_settings import APART, spec_of_page
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
from landscape_app.registries import REGIMES
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, parse
from tests.dashboard.conftest import Page
from tests.dashboard.forms import filled

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
    [("seeds", 0), ("seeds", 65), ("seeds", 2.5), ("seeds", ""), ("rate", -1), ("rate", "fast"),
    ("step_sizes", []), ("step_sizes", ["0.5", "x"]),
     ("step_sizes", ["0.5", "0.50"]), ("batchnorm", "never"), ("epochs", None), ("train_rows", 1),
     ("momentum", 1), ("seed", {"a": 1}), ("controls", "maybe")],
)  # fmt: skip
def test_faults_are_the_command_line_s_words_beside_their_field(name: str, value: Any) -> None:
    values = {**of_preset("quick"), name: value}
    form = read(values, ["good"], "quick")
    assert not form.specs
    with pytest.raises(SpecError) as refusal:
        parse(RunSpec, settings_of(values))
    words = form.faults.get(name) or form.faults[""]
    assert words in str(refusal.value)


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


def test_the_form_marks_faults_where_they_are(page: Page) -> None:
    answer = page.call(f"{ids.FORM_LAUNCH}.disabled", filled(seeds=0, epochs=80))
    assert answer.status_code == 200
    parts = answer.get_json()["response"]
    assert parts[ids.FORM_LAUNCH]["disabled"] is True
    assert parts[name_of("field-note", "seeds")]["children"].endswith("not 0.")
    assert "ls-field-fault" in parts[name_of("field-box", "seeds")]["className"]


def name_of(kind: str, name: str) -> str:
    """A pattern id as Dash writes it."""
    return json.dumps({"name": name, "type": kind}, separators=(",", ":"))


def test_the_form_says_what_will_happen_and_launches_just_that(page: Page) -> None:
    parts = page.call(f"{ids.FORM_LAUNCH}.disabled", filled(seeds=2)).get_json()["response"]
    assert parts[ids.FORM_LAUNCH] == {"children": "Launch 2 runs", "disabled": False}
    outlook = json.dumps(parts[ids.FORM_FORECAST])
    assert "8,970" in outlook
    assert "10 = 2 directions" in outlook
    asked = page.call(
        f"{ids.request('form')}.data", {**filled(seeds=2), f"{ids.FORM_LAUNCH}.n_clicks": 1}
    ).get_json()["response"]
    request = asked[ids.request("form")]["data"]
    assert (request["do"], request["nonce"]) == ("run", "page")
    assert [spec_of_page(values) for values in request["specs"]] == [
        parse(RunSpec, {"regime": regime, "seeds": 2}) for regime in ("good", "poor")
    ]


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
