"""Laws of the random directions."""

from __future__ import annotations

import pytest
import torch

from landscape_app.directions import draw, filter_normalised, gaussian
from landscape_app.networks.construction import create
from landscape_app.seeds import torch_stream
from landscape_app.weights.layout import Layout


@pytest.fixture(params=["mlp", "cnn"])
def theta(request):
    network = create(request.param, (1, 8, 8), 10, seed=3)
    layout = Layout.of(network)
    return layout.flatten(dict(network.named_parameters())), layout


def test_every_filter_has_the_anchors_norm_and_1d_tensors_are_zero(theta):
    weights, layout = theta
    direction = draw(weights, layout, root=0, seed=1, coupled=False)
    for slot in layout.slots:
        v, w = slot.view(direction), slot.view(weights)
        if v.dim() >= 2:
            torch.testing.assert_close(v.flatten(1).norm(dim=1), w.flatten(1).norm(dim=1))
        else:
            assert not v.any()


def test_two_seeds_are_nearly_orthogonal(theta):
    weights, layout = theta
    a, b = (draw(weights, layout, root=0, seed=seed, coupled=False) for seed in (0, 1))
    assert abs(torch.cosine_similarity(a, b, dim=0)) < 6 / layout.parameters**0.5


def test_directions_are_gaussian_with_mean_zero(theta):
    _, layout = theta
    raw = gaussian(layout, torch_stream(0, "test")).double()
    d = layout.parameters
    assert abs(raw.mean()) < 5 / d**0.5
    assert abs(raw.var() - 1) < 5 * (2 / d) ** 0.5
    assert abs((raw**4).mean() - 3) < 5 * (96 / d) ** 0.5  # a uniform draw has 1.8


def test_same_seed_same_direction_other_run_other_direction(theta):
    weights, layout = theta
    assert torch.equal(
        draw(weights, layout, root=0, seed=1, coupled=False),
        draw(weights, layout, root=0, seed=1, coupled=False),
    )
    assert not torch.equal(
        draw(weights, layout, root=0, seed=1, coupled=False),
        draw(weights, layout, root=9, seed=1, coupled=False),
    )


def test_coupled_directions_depend_on_the_seeds_number_alone(theta):
    weights, layout = theta
    assert torch.equal(
        draw(weights, layout, root=0, seed=1, coupled=True),
        draw(weights, layout, root=9, seed=1, coupled=True),
    )


def test_a_filter_of_zero_weights_is_not_moved():
    network = torch.nn.Linear(3, 2)
    layout = Layout.of(network)
    weights = layout.flatten(dict(network.named_parameters()))
    weights[:3] = 0
    assert not filter_normalised(torch.ones(layout.parameters), weights, layout)[:3].any()


def test_global_generators_are_not_touched():
    import numpy as np

    before, np_before = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    create("mlp", (4,), 3, seed=1)
    network = create("cnn", (1, 8, 8), 3, seed=1)
    layout = Layout.of(network)
    draw(layout.flatten(dict(network.named_parameters())), layout, root=0, seed=0, coupled=False)
    assert torch.equal(before, torch.random.get_rng_state())
    assert np.array_equal(np_before, np.random.get_state()[1])
