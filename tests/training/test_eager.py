"""Laws of torch's optimizers without its compiler: the same steps bit for bit, and neither training
nor a Hessian product imports what is not used there.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from landscape_app.registries import OPTIMIZERS
from landscape_app.training.eager import eager


def trained(kind, options):
    weights = torch.nn.Parameter(torch.linspace(-1, 1, 24).view(4, 6))
    optimizer = kind([weights], lr=0.05, **options)
    for step in range(1, 5):
        optimizer.zero_grad()
        (weights.sin() * step).square().sum().backward()
        optimizer.step()
    return weights.detach(), optimizer.state_dict()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_and_state_are_torchs_own_bit_for_bit(name):
    entry = OPTIMIZERS[name]
    options = {"fused": True} if entry.settings.get("fused") else {}
    options |= {"weight_decay": 0.01} if entry.settings.get("weight_decay", True) else {}
    weights, state = trained(eager(entry.load()), options)
    expected, expected_state = trained(entry.load(), options)
    assert torch.equal(weights, expected)
    assert not torch.equal(weights, torch.linspace(-1, 1, 24).view(4, 6))
    for key, value in expected_state["state"].get(0, {}).items():
        assert torch.equal(torch.as_tensor(state["state"][0][key]), torch.as_tensor(value)), key


def test_torchs_class_is_left_as_it_was_and_a_users_own_is_taken_as_it_is():
    class Own(torch.optim.SGD):
        pass

    step = torch.optim.SGD.step
    assert eager(torch.optim.SGD).__name__ == "SGD"
    assert issubclass(eager(torch.optim.SGD), torch.optim.SGD)
    assert torch.optim.SGD.step is step
    assert eager(Own) is Own


PROGRAM = """
import sys, numpy as np, torch
from landscape_app.objectives import named_loss
from landscape_app.probes.hessian import product
from landscape_app.registries import OPTIMIZERS
from landscape_app.training.optimizer import maker
for name in OPTIMIZERS:
    weights = torch.nn.Parameter(torch.ones(2, 3))
    optimizer = maker(name, rate=0.1, momentum=0.9, weight_decay=0.1)[0]([weights])
    weights.grad = torch.ones(2, 3)
    optimizer.step()
    assert not torch.equal(weights, torch.ones(2, 3)), name
network, x = torch.nn.Linear(3, 1), torch.ones(5, 3)
times = product(network, named_loss("squared_error"), x, torch.ones(5, 1), rows=5)
assert np.any(times(np.ones(4)))
print([module for module in ("torch._dynamo", "sympy") if module in sys.modules])
"""


def test_no_compiler_and_no_algebra_is_imported():
    command = [sys.executable, "-c", PROGRAM]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
