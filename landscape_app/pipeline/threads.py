"""One thread for the numbers of a phase. On small work two threads wait for each other whenever
something else runs on the machine.

Measured while another program used one of two cores: the curvature of the digits network took 67 s
with two threads and 4 s with one. Larger work is spread over our own threads, each with one torch
thread (sampling.planes, sampling.bundles).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from threadpoolctl import threadpool_limits


@contextmanager
def one_thread(*, blas: bool = True) -> Iterator[None]:
    """Use one torch thread inside the block, and one for numpy's products unless `blas` is False;
    afterwards as many as before. Also a decorator.

    Products of large matrices become faster with all cores. An analysis consists of them and
    therefore sets `blas` to False.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1 if blas else None, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)
