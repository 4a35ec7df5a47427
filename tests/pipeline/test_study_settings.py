"""Laws of a study's settings: the grid is all with all, its runs have names of their own, every
mistake is one line that names it.
"""

from __future__ import annotations

import pytest

from landscape_app.errors import SpecError, UnknownNameError
from landscape_app.settings import CurvatureSpec, StatisticsSpec
from landscape_app.store.folder import is_id
from landscape_app.study_settings import StudySpec, parse_study

WIDE = {
    "name": "a",
    "regimes": ["good", "poor"],
    "networks": ["mlp", "mlp-small"],
    "knobs": {"train_rate": [0.1, 0.05], "width": [8, 16, 32]},
}


OWN = [
    {"networks": ["mine:make"]},
    {"networks": ["mlp", "mine:make"]},
    {"settings": {"checkpoint": "a.pt"}},
    {"knobs": {"checkpoint": ["a.pt"]}},
]


@pytest.mark.parametrize("own", OWN, ids=str)
def test_a_grid_of_ones_own_networks_has_no_regime_unless_it_names_some(own):
    runs = parse_study({"name": "a", "seeds": 3, **own}).runs.values()
    assert {(run.regime, run.weight_decay, run.augmentation) for run in runs} == {
        ("given", 0.0, False)
    }
    named = parse_study(
        {"name": "a", "seeds": 2, "regimes": ["good", "plain"], **own}
    ).runs.values()
    assert {(run.regime, run.weight_decay) for run in named} == {("good", 5e-4), ("plain", 0.0)}


def test_the_grid_is_all_with_all():
    spec = parse_study({**WIDE, "seeds": [0, 7]})
    assert len(spec.runs) == len(spec.points) == 2 * 2 * 2 * 3 * 2
    assert {(s.regime, s.network, s.train_rate, s.width, s.seed) for s in spec.runs.values()} == {
        tuple(p.values()) for p in spec.points
    }
    assert all(is_id(id) for id in spec.runs)


def test_ids_name_what_varies_and_nothing_else():
    assert list(parse_study({"name": "a", "regimes": ["good", "poor"], "seeds": 1}).runs) == [
        "a-good-s0",
        "a-poor-s0",
    ]
    assert "a-good-mlp-train_rate0.05-width8-s1" in parse_study({**WIDE, "seeds": 2}).runs


def test_ids_that_would_be_too_long_or_alike_are_told_apart():
    long = parse_study(
        {
            **WIDE,
            "name": "a" * 40,
            "knobs": {"weight_decay": [1e-5, 1.5e-5], "train_schedule": ["steps", "warmup-cosine"]},
        }
    )
    assert len(long.runs) == len(long.points)
    assert all(is_id(id) for id in long.runs)
    steps = parse_study(
        {
            "name": "a",
            "regimes": ["plain"],
            "seeds": 1,
            "knobs": {"step_sizes": [[0.5, 1.0], [0.5, 0.1]]},
        }
    )
    assert len(steps.runs) == 2
    assert all(is_id(id) for id in steps.runs)


def test_stored_it_comes_back_the_same():
    spec = parse_study({**WIDE, "statistics": {"controls": ["weight_norm"]}, "analysis": {"k": 4}})
    assert parse_study(spec.model_dump(mode="json")) == spec
    without = parse_study({**WIDE, "curvature": False, "joint": False})
    assert parse_study(without.model_dump(mode="json")) == without


def test_curvature_is_a_table_of_its_settings_or_switched_off():
    assert parse_study({"curvature": {"ends": 3}}).curvature == CurvatureSpec(ends=3)
    assert (
        parse_study({}).curvature == parse_study({"curvature": True}).curvature == CurvatureSpec()
    )
    assert parse_study({"curvature": False}).curvature is None


@pytest.mark.parametrize("model", [StudySpec, StatisticsSpec])
def test_every_field_carries_what_a_form_needs(model):
    for name, field in model.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.json_schema_extra["group"], name


MISTAKES = [
    ({"regime": ["good"]}, "Did you mean 'regimes'"),
    ({"curvature": {"end": 3}}, "Did you mean 'ends'"),
    ({"curvature": {"ends": 0}}, "greater than or equal to 1"),
    ({"curvature": 3}, "curvature"),
    ({"regimes": ["god"]}, "Did you mean 'good'"),
    ({"regimes": []}, "at least 1 item"),
    ({"regimes": ["good", "good"]}, "'good' is given twice"),
    ({"networks": ["given"]}, "for explore"),
    ({"seeds": 0}, "at least 1 item"),
    ({"seeds": [-1]}, "greater than or equal to 0"),
    ({"name": "A b"}, "pattern"),
    ({"knobs": {"train_rat": [0.1]}}, "Did you mean 'train_rate'"),
    ({"knobs": {"train_rate": [0.1, 0.1]}}, "0.1 is given twice"),
    ({"knobs": {"train_rate": []}}, "at least one value"),
    ({"knobs": {"train_rate": [-1.0]}}, "greater than 0"),
    ({"knobs": {"seed": [1, 2]}}, "use the study's own list, seeds"),
    ({"settings": {"seed": 1}}, "own list for 'seed': use seeds"),
    ({"settings": {"epochs": 3}, "knobs": {"epochs": [3, 4]}}, "among both"),
    ({"analysis": {"kay": 3}}, "Did you mean 'k'"),
    ({"statistics": {"resamples": 3}}, "greater than or equal to 100"),
    ({"statistics": {"control": ["a"]}}, "Did you mean 'controls'"),
    ({"surface_points": 4}, "odd"),
    ({"seeds": 3000, "regimes": ["good", "poor"]}, "6000 runs"),
]


@pytest.mark.parametrize(("values", "words"), MISTAKES)
def test_a_mistake_is_one_line_that_names_it(values, words):
    with pytest.raises((SpecError, UnknownNameError)) as caught:
        parse_study(values)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
