"""Networks whose Hessian is known in closed form, and matrices with a known spectrum."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from landscape_app.objectives import Objective, named_loss
from landscape_app.probes.point import Point
from landscape_app.seeds import numpy_stream, torch_stream


def normal(*shape, name="x"):
    return torch.randn(*shape, generator=torch_stream(0, "test", name), dtype=torch.float64)


def seeded(network, scale=0.5):
    network.double()
    with torch.no_grad():
        for key, parameter in network.named_parameters():
            parameter.copy_(scale * normal(*parameter.shape, name=key))
    return network


def least_squares(features=6, rows=90):
    """A linear network under squared error; its Hessian is 2·AᵀA/n, A = [X 1]."""
    x, y = normal(rows, features) * torch.linspace(0.5, 3, features), normal(rows, 1, name="y")
    a = np.c_[x.numpy(), np.ones(rows)]
    return (
        Point(seeded(nn.Linear(features, 1)), named_loss("squared_error"), x, y, 25),
        2 * a.T @ a / rows,
    )


def softmax_regression(features=4, classes=3, rows=80):
    """A linear network under cross-entropy; its Hessian is the mean of (diag p − ppᵀ) ⊗ aaᵀ."""
    network = seeded(nn.Linear(features, classes, bias=False))
    x, y = normal(rows, features), torch.arange(rows) % classes
    p = network(x).detach().softmax(1).numpy()
    hessian = (
        sum(
            np.kron(np.diag(q) - np.outer(q, q), np.outer(a, a))
            for q, a in zip(p, x.numpy(), strict=True)
        )
        / rows
    )
    return Point(network, named_loss("cross_entropy"), x, y, 33), hessian


def logistic_regression(features=5, rows=70):
    """A linear network under log(1 + e^(−yz)), y = ±1; its Hessian is the mean of p(1 − p)·aaᵀ."""
    network = seeded(nn.Linear(features, 1, bias=False))
    x, y = normal(rows, features), 2.0 * (torch.arange(rows) % 2) - 1
    p = network(x).detach().sigmoid().numpy()
    hessian = (x.numpy() * p * (1 - p)).T @ x.numpy() / rows
    return (
        Point(
            network,
            Objective("logistic", lambda out, t: nn.functional.softplus(-t * out[..., 0])),
            x,
            y.double(),
            70,
        ),
        hessian,
    )


CLOSED = {
    "least squares": least_squares,
    "softmax": softmax_regression,
    "logistic": logistic_regression,
}


class Bowl(nn.Module):
    """½ wᵀ diag(λ) w, whatever the input."""

    def __init__(self, curvatures, at):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(at, dtype=torch.float64))
        self.register_buffer("curvatures", torch.tensor(curvatures, dtype=torch.float64))

    def forward(self, x):
        return (0.5 * (self.curvatures * self.w**2).sum()).expand(len(x), 1)


def bowl(curvatures, at):
    return Point(
        Bowl(curvatures, at),
        Objective("first output", lambda out, _: out[..., 0]),
        normal(3, 1),
        torch.zeros(3),
        2,
    )


def rotated(values, seed=0):
    """A symmetric matrix with the eigenvalues `values`."""
    basis = np.linalg.qr(
        numpy_stream(seed, "test", "rotation").standard_normal((len(values), len(values)))
    )[0]
    return (basis * np.asarray(values)) @ basis.T


def image_network():
    network = nn.Sequential(
        nn.Conv2d(1, 3, 3),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(48, 4),
    )
    seeded(network)
    network[1].running_mean += 0.3
    network[1].running_var *= 1.7
    return Point(
        network, named_loss("cross_entropy"), normal(50, 1, 6, 6), torch.arange(50) % 4, 20
    )
