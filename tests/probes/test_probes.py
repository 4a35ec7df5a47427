"""Laws of sharpness, margins, path norm, noise and barriers: bowls, double wells and networks whose
answer is known.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.errors import AnalysisError
from landscape_app.objectives import named_loss
from landscape_app.probes import barriers
from landscape_app.probes.margins import margins, path_norm
from landscape_app.probes.noise import FLOOR, sigma
from landscape_app.probes.point import Point
from landscape_app.probes.sharpness import sharpness, step
from tests.probes.bowls import bowl, image_network, least_squares, normal, seeded

CURVED, AT = np.array([1.0, 4.0, 0.5]), np.array([1.0, -0.5, 2.0])


@pytest.mark.parametrize("adaptive", [False, True])
def test_sharpness_of_a_bowl_has_its_closed_form(adaptive):
    point, radius, g = bowl(CURVED, AT), 0.3, CURVED * AT
    scale = np.abs(AT) if adaptive else np.ones(3)
    epsilon = radius * scale**2 * g / np.linalg.norm(scale * g)
    found = sharpness(point, radius=radius, adaptive=adaptive)
    assert found.rise == pytest.approx(g @ epsilon + 0.5 * epsilon @ (CURVED * epsilon), rel=1e-12)
    assert found.length == pytest.approx(np.linalg.norm(epsilon), rel=1e-12)
    assert found.gradient == pytest.approx(np.linalg.norm(g), rel=1e-12)


@pytest.mark.parametrize("radius", [1e-3, 0.05, 2.0])
def test_a_step_has_the_stated_norm_and_climbs(radius):
    point = image_network()
    g, w = point.gradient(), point.weights()
    plain, adaptive = (step(g, w, radius=radius, adaptive=kind) for kind in (False, True))
    assert np.linalg.norm(plain) == pytest.approx(radius, rel=1e-12)
    moving = w != 0
    assert np.linalg.norm(adaptive[moving] / np.abs(w[moving])) == pytest.approx(radius, rel=1e-12)
    assert g @ plain > 0
    assert g @ adaptive > 0
    # no step of that norm climbs faster
    assert g @ plain == pytest.approx(radius * np.linalg.norm(g), rel=1e-12)


def test_adaptive_sharpness_does_not_see_a_rescaling_of_relu_layers_and_the_plain_one_does():
    network = seeded(
        nn.Sequential(nn.Linear(4, 6, bias=False), nn.ReLU(), nn.Linear(6, 3, bias=False))
    )
    point = Point(network, named_loss("cross_entropy"), normal(40, 4), torch.arange(40) % 3, 40)
    before = [sharpness(point, radius=0.1, adaptive=kind).rise for kind in (True, False)]
    path = path_norm(network, (4,))
    with torch.no_grad():
        network[0].weight *= 8
        network[2].weight /= 8
    after = [sharpness(point, radius=0.1, adaptive=kind).rise for kind in (True, False)]
    assert after[0] == pytest.approx(before[0], rel=1e-9)
    assert abs(after[1] / before[1] - 1) > 0.2
    assert path_norm(network, (4,)) == pytest.approx(path, rel=1e-9)


def test_where_no_direction_climbs_that_is_said():
    with pytest.raises(AnalysisError, match="gradient is 0"):
        sharpness(bowl(CURVED, np.zeros(3)), radius=0.1)


def test_margins_are_negative_exactly_where_the_network_errs():
    point = image_network()
    margin, confidence = margins(point)
    assert (margin > 0).mean() == point.accuracy()
    logits = torch.cat([outputs for outputs, _ in point.blocks()])
    first = np.delete(logits[5].numpy(), 5 % 4)
    assert margin[5] == pytest.approx(float(logits[5, 5 % 4]) - first.max(), rel=1e-12)
    assert ((confidence > 0.25) & (confidence <= 1)).all()


def test_rows_that_the_loss_ignores_have_no_margin():
    point = image_network()
    accuracy = dataclasses.replace(point.objective.accuracy, ignored=-100)
    marked = torch.where(torch.arange(len(point.y)) % 3 == 0, -100, point.y)
    ignoring = dataclasses.replace(
        point, y=marked, objective=dataclasses.replace(point.objective, accuracy=accuracy)
    )
    for whole, part in zip(margins(point), margins(ignoring), strict=True):
        assert np.array_equal(part, whole[(marked >= 0).numpy()])


def test_the_path_norm_sums_over_every_path():
    network = seeded(nn.Sequential(nn.Flatten(), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)))
    one, other = (layer.weight.detach().numpy() for layer in (network[1], network[3]))
    a, b = (layer.bias.detach().numpy() for layer in (network[1], network[3]))
    paths = sum(
        (other[k, j] * one[j, i]) ** 2 for i in range(3) for j in range(4) for k in range(2)
    )
    paths += sum((other[k, j] * a[j]) ** 2 for j in range(4) for k in range(2)) + (b**2).sum()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    assert path_norm(network, (3,)) == pytest.approx(math.sqrt(paths), rel=1e-12)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_the_path_norm_folds_batchnorm_as_the_network_computes_it():
    network = image_network().network
    conv, norm, last = network[0], network[1], network[5]
    scale = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach()
    folded = seeded(nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 4)))
    with torch.no_grad():
        folded[0].weight.copy_(conv.weight * scale[:, None, None, None])
        folded[0].bias.copy_((conv.bias - norm.running_mean) * scale + norm.bias)
        folded[3].load_state_dict(last.state_dict())
    assert path_norm(network, (1, 6, 6)) == pytest.approx(path_norm(folded, (1, 6, 6)), rel=1e-12)


def test_what_is_no_chain_has_no_path_norm_and_the_layer_is_named():
    with pytest.raises(AnalysisError, match="'1' is GELU"):
        path_norm(nn.Sequential(nn.Linear(2, 2), nn.GELU(), nn.Linear(2, 2)), (2,))


@pytest.mark.slow
@pytest.mark.parametrize("magnitude", [False, True])
def test_the_noise_that_a_bowl_bears_has_its_closed_form(magnitude):
    point, drop = bowl(np.ones(400), np.full(400, 3.0)), 0.5
    found = sigma(
        point,
        lambda: -point.loss(),
        drop=drop,
        draws=60,
        seed=0,
        magnitude=magnitude,
        tolerance=1e-4,
    )
    scale = math.sqrt(2 * drop / 400)  # E[½‖θ + u‖² − ½‖θ‖²] = ½·400·(standard deviation of u)²
    expected = math.sqrt(scale**2 - FLOOR**2) / 3 if magnitude else scale
    assert found.drop == pytest.approx(drop, abs=1e-3)
    assert found.sigma == pytest.approx(expected, abs=4 * found.error)
    assert 0 < found.error < expected
    again = sigma(
        point,
        lambda: -point.loss(),
        drop=drop,
        draws=60,
        seed=0,
        magnitude=magnitude,
        tolerance=1e-4,
    )
    assert again == found


def test_a_network_bears_less_noise_for_a_smaller_drop():
    point = image_network()
    small, large = (
        sigma(point, point.accuracy, drop=drop, draws=4, seed=1).sigma for drop in (0.02, 0.08)
    )
    assert small <= large


def test_where_no_noise_is_enough_that_is_said():
    point, _ = least_squares()
    with pytest.raises(AnalysisError, match="No weight noise"):
        sigma(point, lambda: 1.0, drop=0.1, draws=2, seed=0)


def double_well(at):
    return float((at[0] ** 2 - 0.49) ** 2 + 0.3 * at[1] ** 2)


def test_the_barrier_of_a_double_well_is_its_height():
    found = barriers.segment(double_well, np.array([-0.7, 0.0]), np.array([0.7, 0.0]), points=21)
    assert found.barrier == pytest.approx(0.49**2, abs=1e-12)
    assert found.height == pytest.approx(0.2401, abs=1e-12)
    assert len(found.losses) == 21
    np.testing.assert_allclose(found.losses, found.losses[::-1], atol=1e-14)


def test_a_convex_loss_has_no_barrier_anywhere():
    losses, pairs, profiles = barriers.between(
        lambda w: float(w @ w), np.random.default_rng(0).standard_normal((5, 3)), points=7
    )
    assert len(pairs) == len(profiles) == 10
    for (i, j), profile in zip(pairs, profiles, strict=True):
        assert barriers.Segment(profile).barrier <= 1e-12
        assert (profile[0], profile[-1]) == (losses[i], losses[j])


def test_a_barrier_is_the_same_from_both_ends():
    one, other = np.array([-0.9, 0.4]), np.array([0.6, -0.2])
    there, back = (
        barriers.segment(double_well, a, b, points=31) for a, b in ((one, other), (other, one))
    )
    assert there.barrier == pytest.approx(back.barrier, abs=1e-12)
    assert there.barrier > 0
