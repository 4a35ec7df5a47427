"""Laws of the networks: logits of the right shape, initialised from their stream alone, refused where they do not fit."""

from __future__ import annotations

import pytest
import torch

from landscape_app.errors import ModelError, UnknownNameError
from landscape_app.networks.create import create
from landscape_app.registries import NETWORKS


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_gives_one_logit_a_class(name):
    network = create(name, (1, 8, 8), 7, seed=0).eval()
    assert network(torch.zeros(5, 1, 8, 8)).shape == (5, 7)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(name):
    first, again, other = (torch.nn.utils.parameters_to_vector(create(name, (1, 8, 8), 3, seed=s).parameters()) for s in (4, 4, 5))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_digits_mlp_has_8970_parameters():
    assert sum(p.numel() for p in create("mlp", (1, 8, 8), 10, seed=0).parameters()) == 8_970


def test_a_cnn_refuses_a_table_and_says_what_to_use():
    with pytest.raises(ModelError, match="Use an MLP"):
        create("cnn", (4,), 3, seed=0)


def test_an_unknown_network_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="Did you mean 'mlp'"):
        create("mpl", (4,), 3, seed=0)
