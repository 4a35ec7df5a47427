"""Laws of where jumps go: nowhere is refused, filters of norm 0 are named, and with all tensors
each has its own norm.
"""

from __future__ import annotations

import logging

import pytest
import torch
from torch import nn

from landscape_app.directions import draw, length, of_spec
from landscape_app.errors import ModelError
from landscape_app.pipeline.rehearsal import rehearse
from landscape_app.sampling.jumps import jump
from landscape_app.sampling.planes_kinds import Around, random, unit
from landscape_app.sampling.reach import check_reach, resting, resting_words
from landscape_app.settings import RunSpec, parse
from landscape_app.training.engine import OneAtATime
from landscape_app.weights.bundle import Bundle
from landscape_app.weights.layout import Layout
from tests.sampling.test_networks_of_all_kinds import Unused, problem_of


class Scaled(nn.Module):
    """A layer, a norm layer's scale and shift, and one number."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm, self.scale = (
            nn.Linear(6, 3),
            nn.LayerNorm(3),
            nn.Parameter(torch.tensor(-1.5)),
        )

    def forward(self, x):
        return self.norm(self.layer(x)) * self.scale


def spec_of(**changes):
    return parse(
        RunSpec,
        {
            "data": "blobs",
            "regime": "plain",
            "train_epochs": 3,
            "train_batch": 10,
            "batch": 10,
            **changes,
        },
    )


def flat(network):
    layout = Layout.of(network)
    return layout.flatten(dict(network.named_parameters())), layout


def zeroed(network, *keys):
    with torch.no_grad():
        for key, parameter in network.named_parameters():
            if key in keys or not keys:
                parameter.zero_()
    return network


def biases_only():
    network = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    for parameter in network.parameters():
        parameter.requires_grad_(parameter.dim() < 2)
    return network


def test_with_all_tensors_each_one_dimensional_one_is_a_filter_and_the_others_move_as_before():
    weights, layout = flat(Scaled())
    both = {
        tensors: draw(weights, layout, root=0, seed=1, coupled=False, tensors=tensors)
        for tensors in ("filters", "all")
    }
    for slot in layout.slots:
        alone, all_, theta = (
            slot.view(vector) for vector in (both["filters"], both["all"], weights)
        )
        if len(slot.shape) >= 2:
            assert torch.equal(alone, all_)
        else:
            assert not alone.any()
            torch.testing.assert_close(all_.norm(), theta.norm())
    assert length(weights, layout, "all") == pytest.approx(float(both["all"].norm()), rel=1e-6)
    assert length(weights, layout, "all") == pytest.approx(float(weights.norm()), rel=1e-6)


@pytest.mark.parametrize("tensors", ["filters", "all"])
def test_jumps_of_a_direction_lie_on_the_plane_of_that_direction(tensors):
    problem, spec = problem_of(Scaled()), spec_of(jump_tensors=tensors)
    anchor = Bundle.of(problem.network, problem.layout)
    plane = random(Around(problem, anchor, spec, None, 0, None))
    bundle = jump(
        problem, spec, OneAtATime(problem.copied()), anchor, trajectories=[(0, 0.5), (1, 1.0)]
    )
    torch.testing.assert_close(
        bundle.weights[0] - anchor.weights[0], 0.5 * plane.directions[0], atol=1e-6, rtol=1e-4
    )
    torch.testing.assert_close(
        bundle.weights[1] - anchor.weights[0], plane.directions[1], atol=1e-6, rtol=1e-4
    )
    torch.testing.assert_close(
        plane.directions[0], of_spec(anchor.weights[0], problem.layout, spec, 0)
    )
    assert unit(anchor, problem.layout, tensors) == pytest.approx(
        float(plane.directions[0].norm()), rel=1e-5
    )


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (
            biases_only(),
            "two or more dimensions, and the trainable ones (0.bias, 2.bias) have fewer",
        ),
        (
            zeroed(nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))),
            "all weights of the tensors that jump (0.weight, 2.weight) are 0",
        ),
    ],
)
def test_jumps_that_go_nowhere_are_refused_before_training(network, words):
    with pytest.raises(ModelError) as refusal:
        rehearse(problem_of(network), spec_of())
    assert words in str(refusal.value)
    assert "jump_tensors='all'" in str(refusal.value)


def test_all_tensors_are_a_way_out_for_biases():
    rehearse(problem_of(biases_only()), spec_of(jump_tensors="all"))


def test_weights_that_training_moves_from_0_are_no_reason_to_refuse():
    linear = zeroed(nn.Linear(6, 3))
    rehearse(problem_of(linear), spec_of())
    with pytest.raises(ModelError, match="Every jump would have length 0"):
        rehearse(problem_of(linear), spec_of(train_epochs=0))


def test_a_jump_of_tensors_that_the_loss_does_not_use_is_refused():
    network = Unused()
    network.used.weight.requires_grad_(False)
    with pytest.raises(
        ModelError,
        match=r"would change nothing: the loss does not use the tensors that jump \(spare.weight\)",
    ):
        rehearse(problem_of(network), spec_of())


def test_a_step_that_float32_cannot_take_is_refused():
    weights, layout = flat(nn.Linear(6, 3))
    with pytest.raises(ModelError, match="a jump of 1e-08 is lost in rounding"):
        check_reach(weights, layout, spec_of(step_sizes=(0.5, 1e-8)))
    check_reach(weights, layout, spec_of(step_sizes=(0.5, 1e-4)))


def test_filters_of_norm_0_are_named_and_told_where_they_hold_more_than_a_tenth(caplog):
    network = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    with torch.no_grad():
        network[2].weight[1].zero_()
    weights, layout = flat(network)
    assert resting(weights, layout, spec_of()) == {"2.weight": [1]}
    assert (
        resting_words(weights, layout, spec_of())
        == "1 filter has norm 0, 9.4% of the weights, and does not jump: 2.weight (1 of 3)"
    )
    assert not resting_words(weights, layout, spec_of(), least=0.1)
    caplog.set_level(logging.INFO, "landscape")
    rehearse(problem_of(zeroed(network, "2.weight")), spec_of(train_epochs=0))
    assert (
        "3 filters have norm 0, 28.3% of the weights, and do not jump: 2.weight (all of 3)"
        in caplog.text
    )
