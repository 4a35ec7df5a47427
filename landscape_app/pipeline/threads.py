"""One thread for the numbers of a phase: two on small work wait for each other wherever something
else runs on the machine.

Measured with the other of two cores busy: the curvature of the digits network took 67 s with two
threads and 4 s with one. Where there is more to do than one core should, it is spread over threads
of ours, each with one of torch's (sampling.planes, sampling.bundles).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from threadpoolctl import threadpool_limits


@contextmanager
def one_thread(*, blas: bool = True) -> Iterator[None]:
    """One thread of torch inside, and of numpy's products unless `blas` is False; afterwards as
    many as before. Also a decorator.

    Products of large matrices gain from all cores: an analysis, which is made of them, leaves
    `blas` alone.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1 if blas else None, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)
