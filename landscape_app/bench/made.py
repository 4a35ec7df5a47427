"""Snapshots as jump and retrain makes them, from a few lines of arithmetic: what the benchmark of
the analysis is run on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from landscape_app.analysis.diffusion import Diffusion, Potential
from landscape_app.analysis.distances import squares
from landscape_app.analysis.kernel import connect, trajectory_aware
from landscape_app.analysis.topology.graph import nearest_neighbour_graph
from landscape_app.records.snapshots import Matrix
from landscape_app.seeds import numpy_stream
from landscape_app.settings import AnalysisSpec

STEP_SIZES = (0.0, 0.25, 0.5, 0.75, 1.0)
ROWS = 41  # of a trajectory
PARAMETERS = 10_000
# dimensions that all trajectories wander in, and how widely: crossing there, they leave loops
WANDER, WIDTH = 4, 2.0
GRID = 101


@dataclass(frozen=True, eq=False)
class BenchCloud:
    """n distinct snapshots: the anchor, then trajectories from jumps back towards it, smaller steps
    by and by, with noise of their own.

    What several steps need of it is computed once, outside of what is timed.
    """

    n: int
    parameters: int = PARAMETERS
    spec: AnalysisSpec = field(default_factory=AnalysisSpec)

    @cached_property
    def delta(self) -> np.ndarray:
        """(n, parameter) float32, the anchor at 0."""
        rng, scale = numpy_stream(0, "bench", "cloud"), 1 / np.sqrt(self.parameters)
        shared = rng.standard_normal((WANDER, self.parameters)) * scale
        rows = np.zeros((self.n, self.parameters), dtype=np.float32)
        for first in range(1, self.n, ROWS):
            number = (first - 1) // ROWS
            jump = STEP_SIZES[number % len(STEP_SIZES)]
            if number % len(STEP_SIZES) == 0:
                direction = rng.standard_normal(self.parameters) * scale
            drift = rng.standard_normal(self.parameters) * scale - 0.5 * jump * direction
            last = min(first + ROWS, self.n)
            pace = 0.04 * 0.88 ** np.arange(1, last - first + 1)
            noise = rng.standard_normal((last - first, self.parameters), dtype=np.float32) * (
                0.1 * scale * pace[:, None]
            )
            wandering = (
                rng.standard_normal((last - first, WANDER)) * (WIDTH * pace[:, None]) @ shared
            )
            rows[first:last] = (
                jump * direction
                + np.cumsum(pace)[:, None] * drift
                + np.cumsum(noise + wandering, axis=0)
            )
        return rows

    @cached_property
    def trajectory(self) -> np.ndarray:
        """(n,) labels, −1 for the anchor."""
        return (np.arange(self.n) - 1) // ROWS

    @cached_property
    def losses(self) -> np.ndarray:
        """(n,) float64: a bowl with waves, as distinct as weights are."""
        distance = np.linalg.norm(self.delta, axis=1).astype(np.float64)
        noise = numpy_stream(0, "bench", "losses").standard_normal(self.n)
        return np.asarray(distance**2 + 0.05 * np.sin(20 * distance) ** 2 + 0.01 * noise)

    @cached_property
    def distances(self) -> np.ndarray:
        """(n, n) float64."""
        return np.asarray(np.sqrt(squares(Matrix.of(self.delta))))

    @cached_property
    def diffusion(self) -> Diffusion:
        """On the kernel of the default settings."""
        return diffusion(self)

    @cached_property
    def potential(self) -> Potential:
        """At the knee; its classical start is there."""
        potential = self.diffusion.potential(self.diffusion.knee)
        _ = potential.start
        return potential

    @cached_property
    def edges(self) -> np.ndarray:
        """(e, 2): the graph that carries the loss."""
        return nearest_neighbour_graph(
            self.potential.distances, min(self.spec.graph_k, self.n - 1)
        ).edges


def diffusion(cloud: BenchCloud) -> Diffusion:
    """On the default kernel of `cloud`, nothing kept from before."""
    spec = cloud.spec
    affinity = trajectory_aware(
        cloud.distances, cloud.trajectory, k=spec.k, k_cross=spec.k_cross, decay=spec.decay
    )
    return Diffusion(*connect(affinity, cloud.distances))


def grid_losses() -> np.ndarray:
    """(101, 101): a surface of many basins."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, GRID)] * 2, indexing="ij")
    noise = numpy_stream(0, "bench", "grid").standard_normal((GRID, GRID))
    return (
        (x**2 - 0.49) ** 2
        + 0.3 * y**2
        + 0.05 * x
        + 0.02 * np.sin(15 * x) * np.cos(12 * y)
        + 0.002 * noise
    )
