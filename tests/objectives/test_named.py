"""Laws of every loss of the table: one number per example, the same alone and in a bundle."""

from __future__ import annotations

import pytest
import torch

from landscape_app.objectives import named_loss
from landscape_app.registries import OBJECTIVES

TRAJECTORIES, ROWS, OUTPUTS = 3, 7, 4


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_loss_is_one_number_per_example_in_a_bundle_as_alone(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(TRAJECTORIES, ROWS, OUTPUTS, generator=generator)
    targets = torch.randn(ROWS, OUTPUTS, generator=generator)
    if OBJECTIVES[name].settings["classification"]:
        targets = targets.argmax(-1)
    loss = OBJECTIVES[name].load()
    together = loss(outputs, targets)
    assert together.shape == (TRAJECTORIES, ROWS)
    assert torch.isfinite(together).all()
    alone = torch.stack([loss(output, targets) for output in outputs])
    torch.testing.assert_close(together, alone)
    assert (named_loss(name).accuracy is not None) == OBJECTIVES[name].settings["classification"]
