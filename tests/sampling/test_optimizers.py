"""Laws of the optimizers: a bundle's step is each trajectory's own step, for every optimizer of the
table; resumed exactly.
"""

from __future__ import annotations

import pytest
import torch

from landscape_app.errors import ModelError
from landscape_app.registries import OPTIMIZERS, SCHEDULES
from landscape_app.training.engine import Batched, OneAtATime
from landscape_app.training.optimizer import Stepper, maker
from landscape_app.training.schedules import factor
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import TINY, make


def stepped(name, problem, bundle, steps, engine=Batched):
    make_optimizer, elementwise = maker(name, rate=0.01, momentum=0.9, weight_decay=0.01)
    stepper = Stepper(bundle, problem.layout, make_optimizer, elementwise=elementwise)
    engine = engine(problem)
    x = problem.x_train[None].expand(len(bundle), *problem.x_train.shape)
    y = problem.y_train[None].expand(len(bundle), -1)
    for _ in range(steps):
        gradient, _ = engine.gradient(bundle, x, y)
        stepper.step(gradient, rate=0.01)
    bundle.optimizer = stepper.state()
    return bundle


def bundle_of(problem, count=3):
    bundle = Bundle.of(problem.network, problem.layout).repeated(count)
    for index in range(count):
        bundle.weights[index] *= 1 + 0.2 * index
    return bundle


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_bundles_steps_are_those_of_torch_optim_on_each_network_alone(name):
    problem, _ = make(**TINY)
    bundle = stepped(name, problem, bundle_of(problem), 5)
    options = {"weight_decay": 0.01} if OPTIMIZERS[name].settings.get("weight_decay", True) else {}
    options |= {"momentum": 0.9} if OPTIMIZERS[name].settings.get("momentum") else {}
    start = bundle_of(problem)
    for index in range(3):
        network = problem.copied().network
        for key, parameter in network.named_parameters():
            parameter.data = problem.layout.views(start.weights[index])[key].clone()
        optimizer = OPTIMIZERS[name].load()(network.parameters(), lr=0.01, **options)
        for _ in range(5):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(problem.x_train), problem.y_train).backward()
            optimizer.step()
        expected = problem.layout.flatten(dict(network.named_parameters()))
        torch.testing.assert_close(bundle.weights[index], expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_going_on_from_a_stored_state_is_bit_for_bit_the_same(name):
    problem, _ = make(**TINY)
    whole = stepped(name, problem, bundle_of(problem), 6)
    first = stepped(name, problem, bundle_of(problem), 3)
    rest = stepped(name, problem, Bundle.from_state(first.state()), 3)
    assert torch.equal(whole.weights, rest.weights)


def test_an_optimizer_given_as_an_object_that_does_not_fit_is_said():
    problem, _ = make(**TINY)
    with pytest.raises(ModelError, match="cannot take this network"):
        Stepper(
            bundle_of(problem),
            problem.layout,
            lambda parameters: torch.optim.SGD(parameters, lr=-1.0),
            elementwise=False,
        )


def test_a_given_optimizer_applied_tensor_by_tensor_is_the_elementwise_one():
    problem, _ = make(**TINY)
    by_matrix = stepped("adam", problem, bundle_of(problem), 4)
    bundle = bundle_of(problem)
    stepper = Stepper(
        bundle,
        problem.layout,
        lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01),
        elementwise=False,
    )
    engine = OneAtATime(problem)
    for _ in range(4):
        x, y = (
            problem.x_train[None].expand(3, *problem.x_train.shape),
            problem.y_train[None].expand(3, -1),
        )
        stepper.step(engine.gradient(bundle, x, y)[0], rate=None)
    torch.testing.assert_close(bundle.weights, by_matrix.weights, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_stays_between_0_and_1_and_reaches_1(name):
    factors = [factor(name, epoch=epoch, epochs=200) for epoch in range(1, 201)]
    assert max(factors) == pytest.approx(1)
    assert min(factors) >= 0


def test_the_paper_cuts_at_100_150_and_185_of_200():
    changes = [
        e
        for e in range(2, 201)
        if factor("paper", epoch=e, epochs=200) != factor("paper", epoch=e - 1, epochs=200)
    ]
    assert changes == [101, 151, 186]


class Counting(torch.optim.Optimizer):
    """Keeps numbers of Python in its state and its groups, and scales by the norm of all its
    tensors' gradients at once.
    """

    def __init__(self, parameters):
        super().__init__(parameters, {"lr": 0.1, "d": 1.0})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            norm = torch.stack([p.grad.norm() for p in group["params"]]).norm()
            group["d"] = group["d"] * 0.9
            for parameter in group["params"]:
                self.state[parameter]["count"] = self.state[parameter].get("count", 0) + 1
                parameter -= (
                    group["lr"]
                    * group["d"]
                    / self.state[parameter]["count"]
                    * parameter.grad
                    / norm
                )


def counted(bundle, problem, steps):
    stepper, engine = Stepper(bundle, problem.layout, Counting, elementwise=False), Batched(problem)
    x, y = (
        problem.x_train[None].expand(len(bundle), *problem.x_train.shape),
        problem.y_train[None].expand(len(bundle), -1),
    )
    for _ in range(steps):
        stepper.step(engine.gradient(bundle, x, y)[0], rate=None, used=engine.used)
    bundle.optimizer = stepper.state()
    return bundle


def test_an_optimizer_that_looks_at_all_its_tensors_sees_one_trajectory():
    problem, _ = make(**TINY)
    together = counted(bundle_of(problem), problem, 4)
    for index in range(3):
        start = bundle_of(problem)
        alone = counted(Bundle(start.weights[index : index + 1].clone(), {}), problem, 4)
        torch.testing.assert_close(together.weights[index], alone.weights[0], atol=1e-6, rtol=1e-5)


def test_what_an_optimizer_keeps_as_numbers_is_stored():
    problem, _ = make(**TINY)
    whole = counted(bundle_of(problem), problem, 5)
    rest = counted(Bundle.from_state(counted(bundle_of(problem), problem, 2).state()), problem, 3)
    assert torch.equal(whole.weights, rest.weights)
