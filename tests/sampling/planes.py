"""Small problems around an anchor, and their planes, for the laws of surfaces."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from torch import nn

from landscape_app.datasets import recipe
from landscape_app.networks.construction import of_spec
from landscape_app.records.progress import Silent
from landscape_app.records.snapshots import Matrix
from landscape_app.registries import PLANES
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planes import evaluate
from landscape_app.sampling.planes_kinds import Around
from landscape_app.seeds import numpy_stream, torch_stream
from landscape_app.settings import RunSpec, parse
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import IMAGES, TINY, make


def problem_of(**changes):
    """(problem, spec, anchor): an anchor whose running statistics and norm layers are not those of
    a fresh network.
    """
    spec = parse(RunSpec, {**TINY, **changes})
    data = recipe.load(spec)
    problem = Problem.of(of_spec(spec, data), data, augmentation=bool(spec.augmentation))
    anchor, generator = Bundle.of(problem.network, problem.layout), torch_stream(1, "anchor")
    anchor.weights += 0.1 * torch.randn(anchor.weights.shape, generator=generator)
    for key, value in anchor.buffers.items():
        if value.is_floating_point():
            value.add_(torch.rand(value.shape, generator=generator))
        else:
            assert key.endswith("num_batches_tracked")
    return problem, spec, anchor


def around(problem, spec, anchor, *, delta=None, seed=0):
    n = np.zeros((1, problem.layout.parameters), np.float32) if delta is None else delta
    return Around(problem, anchor, spec, Matrix.of(n), seed, Silent())


def plane_of(kind, *args, **changes):
    return PLANES[kind].load()(around(*args, **changes))


def evaluated(problem, spec, anchor, directions, at, *, workers=2, progress=None):
    found, _ = evaluate(
        problem,
        anchor,
        directions,
        np.asarray(at, dtype=float),
        spec=spec,
        machine=Machine(("cpu",), workers, 2**30),
        progress=progress or Silent(),
    )
    return found


def points(alpha, beta):
    return np.stack(np.meshgrid(alpha, beta), -1).reshape(-1, 2)


def snapshots(n, width, seed=0):
    """δ of a cloud that is wider along some axes than along others."""
    rng = numpy_stream(seed, "cloud")
    return (
        rng.standard_normal((n, width)) * np.linspace(1, 0.1, width)
        + rng.standard_normal((1, width))
    ).astype(np.float32)


def chain(*layers):
    return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(4))


def with_network(build):
    problem, spec = make(**IMAGES)
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(5)
        network = build()
        network(problem.x_train[:2])
    data = dataclasses.replace(problem, network=network)
    problem = dataclasses.replace(data, layout=type(problem.layout).of(network))
    anchor = Bundle.of(network, problem.layout)
    for value in anchor.buffers.values():
        if value.is_floating_point():
            value.add_(torch.rand(value.shape, generator=torch_stream(0, "statistics")))
    return problem, spec, anchor
