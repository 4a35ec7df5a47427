"""Laws of the settings: every mistake is one line that names the field; the stored spec says
concrete numbers.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app import registries
from landscape_app.errors import SpecError, UnknownNameError, alike
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, differences, parse

BAD = [
    ({"regime": "por"}, "Did you mean 'poor'"),
    ({"epoch": 3}, "Did you mean 'epochs'"),
    ({"epochs": 0}, "greater than or equal to 1, not 0"),
    ({"train_rate": float("nan")}, "finite number"),
    ({"step_sizes": ()}, "at least 1 item"),
    ({"step_sizes": (0.5, 0.5)}, "give each value once"),
    ({"batchnorm": "drop"}, "'keep' or 're-estimate'"),
    ({"data": "digts"}, "Did you mean 'digits'"),
    ({"network": "resnet"}, "Choose from: mlp"),
]


@pytest.mark.parametrize(("values", "words"), BAD)
def test_a_bad_setting_is_refused_in_one_line_that_names_it(values, words):
    with pytest.raises(SpecError) as caught:
        parse(RunSpec, values)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_quickstart_has_821_snapshots_and_the_paper_657():
    assert parse(RunSpec, {}).snapshots == 821
    assert parse(RunSpec, {"controls": False}).snapshots == 657


@pytest.mark.parametrize("regime", registries.REGIMES)
def test_a_stored_spec_names_the_numbers_of_its_regime_and_reads_back_the_same(regime):
    spec = parse(RunSpec, {"regime": regime})
    for name, value in registries.REGIMES[regime].settings.items():
        assert getattr(spec, name) == value
    assert RunSpec.model_validate_json(spec.model_dump_json()) == spec


OWN = [
    {"network": "mine:make"},
    {"network": "given", "data": "given"},
    {"checkpoint": "weights.pt"},
]


@pytest.mark.parametrize("own", OWN, ids=str)
def test_nothing_is_added_to_a_network_of_ones_own_unless_it_is_asked_for(own):
    bare = parse(RunSpec, own)
    assert (bare.regime, bare.weight_decay, bare.augmentation, bare.label_corruption) == (
        "given",
        0.0,
        False,
        0.0,
    )
    assert parse(RunSpec, bare.model_dump()) == bare
    good = parse(RunSpec, {**own, "regime": "good"})
    assert (good.regime, good.weight_decay, good.augmentation) == ("good", 5e-4, True)
    knob = parse(RunSpec, {**own, "weight_decay": 0.1})
    assert (knob.regime, knob.weight_decay, knob.augmentation) == ("given", 0.1, False)


def test_a_spec_of_earlier_versions_keeps_the_recipe_that_it_was_trained_by():
    stored = {
        **parse(RunSpec, {"network": "mine:make"}).model_dump(),
        "regime": "good",
        "weight_decay": 5e-4,
        "augmentation": True,
    }
    assert parse(RunSpec, stored).model_dump() == stored


def test_a_knob_given_wins_over_the_regime():
    assert parse(RunSpec, {"regime": "good", "weight_decay": 0.01}).weight_decay == 0.01


def test_the_quickstart_says_how_it_differs_from_the_paper():
    assert differences(parse(RunSpec, {}))["rate"] == (0.01, 0.001)
    assert differences(parse(RunSpec, PRESETS["paper"])) == {}


@given(
    seeds=st.integers(1, 8),
    steps=st.sets(st.sampled_from([0.1, 0.25, 0.5, 1.0, 2.0]), min_size=1),
    controls=st.booleans(),
)
def test_every_pair_of_seed_and_step_is_one_trajectory(seeds, steps, controls):
    spec = parse(RunSpec, {"seeds": seeds, "step_sizes": tuple(steps), "controls": controls})
    assert len(set(spec.trajectories)) == len(spec.trajectories) == seeds * (len(steps) + controls)
    assert spec.snapshots == 1 + len(spec.trajectories) * 41


@pytest.mark.parametrize("model", [RunSpec, AnalysisSpec])
def test_every_field_carries_what_a_form_needs(model):
    for name, field in model.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.json_schema_extra["group"], name


def test_a_near_miss_in_a_table_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="Did you mean 'phate'"):
        registries.find("embedding", registries.EMBEDDINGS, "phte")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("gpu", "cuda"),
        ("GPU", "cuda"),
        ("cuda:0", "cuda"),
        ("gpus", None),
        ("mps", None),
        ("tpu", None),
        ("Cpu", "cpu"),
        ("aut", "auto"),
    ],
)
def test_a_choice_is_suggested_only_where_it_is_meant(word, meant):
    with pytest.raises(SpecError) as told:
        parse(RunSpec, {"device": word})
    assert f"device (Device): Input should be 'auto', 'cpu' or 'cuda', not '{word}'." in str(
        told.value
    )
    assert (
        (f"Did you mean '{meant}'?" in str(told.value))
        if meant
        else ("Did you mean" not in str(told.value))
    )


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("phte", "phate", True), ("CNN", "cnn", True), ("mlp_small", "mlp-small", True),
        ("cifar", "cifar10", True), ("epohcs", "epochs", True),
        ("gap_acuracy", "gap_accuracy", True), ("gpu", "cpu", False),
        ("resnet18", "resnet20", False), ("cifar100", "cifar10", True),
        ("test_loss", "train_loss", False), ("l1", "l2", False), ("lr", "runs", False),
        ("val_acc", "train_acc", False), ("", "x", False),
    ],
)  # fmt: skip
def test_another_word_is_no_slip_of_the_keyboard(name, other, same):
    assert alike(name, other) == same


@pytest.mark.parametrize(
    ("given", "kept"),
    [(255, "255"), ("255", "255"), (0.5, "0.5"), ("1e-3", "0.001"), ("none", "none"), (None, None)],
)
def test_a_scale_is_a_number_or_none_and_reads_back_the_same(given, kept):
    spec = parse(RunSpec, {"scale": given})
    assert spec.scale == kept
    assert parse(RunSpec, spec.model_dump()) == spec


@pytest.mark.parametrize("given", [0, -1, "nan", "inf", "wide", True])
def test_any_other_scale_is_refused(given):
    with pytest.raises(SpecError, match="must be a number above 0, or none"):
        parse(RunSpec, {"scale": given})


def test_an_analysis_that_was_stored_before_losses_had_their_own_null_is_the_same_comparison() -> (
    None
):
    before = {
        name: value
        for name, value in AnalysisSpec(null_repeats=0).model_dump(mode="json").items()
        if name != "loss_repeats"
    }
    found = parse(AnalysisSpec, before)
    assert (found.null_repeats, found.loss_repeats) == (0, 199)
    assert found.compares_as(AnalysisSpec(loss_repeats=19))
