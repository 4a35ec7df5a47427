"""The kinds of static samplings: which points around the anchor they take (Horoi et al. 2022, §3).

Their directions have the seeds that follow those of jump and retrain, so that none is a jump's.
"""

from __future__ import annotations

import numpy as np

from landscape_app.records.points import Points
from landscape_app.settings import RunSpec, SampleSpec


def naive(run: RunSpec, sample: SampleSpec) -> Points:
    """Each direction with each step size, direction by direction, step sizes ascending."""
    steps = np.array(sorted(sample.step_sizes), dtype=np.float64)
    seeds = run.seeds + np.arange(sample.directions, dtype=np.int64)
    return Points(
        np.repeat(seeds, len(steps))[:, None], np.tile(steps, len(seeds))[:, None], len(steps)
    )


def grid(run: RunSpec, sample: SampleSpec) -> Points:
    """A lattice in three directions, from −extent to extent along each; the last axis is the
    fastest. Where an axis has an even number of points, the anchor is none of them.
    """
    axes = [np.linspace(-sample.extent, sample.extent, points) for points in sample.lattice]
    at = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(axes))
    seeds = run.seeds + np.arange(len(axes), dtype=np.int64)
    return Points(np.tile(seeds, (len(at), 1)), at, sample.lattice[-1])
