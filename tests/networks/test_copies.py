"""Laws of private copies: equal, apart from the original, without the history of what the network
keeps.
"""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.networks.copies import private
from tests.bring.network_kinds import Shared, pruned, stored


@pytest.mark.parametrize("make", [stored, pruned, Shared])
def test_a_copy_answers_as_the_original_and_shares_no_weights_with_it(make):
    network = make().eval()
    x = torch.ones(3, 4)
    before = network(x).detach()
    copy = private(private(network))
    with torch.no_grad():
        for parameter in copy.parameters():
            parameter.zero_()
    assert torch.equal(network(x), before)
    assert not copy(x).any()
    assert [key for key, _ in copy.named_parameters()] == [
        key for key, _ in network.named_parameters()
    ]


def test_what_a_network_keeps_is_copied_without_its_history_wherever_it_is_kept():
    network = stored()
    copy = private(network)
    assert network.last.grad_fn is not None
    assert copy.last.grad_fn is None
    assert copy.all["activations"][0] is copy.last
    assert torch.equal(copy.last, network.last)


def test_what_is_left_of_a_call_under_vmap_does_not_stop_a_copy():
    network = stored()
    state = {
        key: value.detach().expand(2, *value.shape) for key, value in network.named_parameters()
    }
    torch.vmap(lambda weights: torch.func.functional_call(network, weights, (torch.ones(3, 4),)))(
        state
    )
    assert private(network)(torch.ones(3, 4)).shape == (3, 3)


def test_tied_weights_stay_tied():
    network = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    network[1].weight = network[0].weight
    copy = private(network)
    assert copy[1].weight is copy[0].weight is not network[0].weight


def test_what_cannot_be_copied_is_named():
    network = nn.Sequential(nn.Linear(4, 4))
    network[0].guard = {"lock": threading.Lock()}
    with pytest.raises(
        ModelError, match=r"'0\.guard' of type dict cannot \(cannot pickle '_thread\.lock' object\)"
    ):
        private(network)
