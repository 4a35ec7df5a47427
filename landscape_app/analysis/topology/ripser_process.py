"""ripser, where it takes long in a process of its own: it holds the interpreter's lock while it
computes, and no cancel would be heard.

The process gets the edges as bytes of npz and gives the bars back so; it is killed where a pulse
raises.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile

import numpy as np
from scipy import sparse

from landscape_app import imports
from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import EVERY, pulse


def computed(n: int, edges: np.ndarray, dimension: int) -> list[np.ndarray]:
    """Per dimension from 1 to `dimension`, ripser's (b, 2) birth and death, inf where a bar is
    alive at the end.

    edges (e, 2), the shortest first, i < j: the one of rank r, counted from 1, enters at r.
    """
    from ripser import ripser  # imports scikit-learn: not for a process that only shows results

    ranks = np.arange(1, len(edges) + 1, dtype=np.float32)
    matrix = sparse.csr_array((ranks, (edges[:, 0], edges[:, 1])), shape=(n, n))
    return list(ripser(matrix, maxdim=dimension, distance_matrix=True)["dgms"][1:])


def bars(n: int, edges: np.ndarray, dimension: int) -> list[np.ndarray]:
    """`computed` by another process. Raises AnalysisError with its words where that fails."""
    environment = os.environ | imports.environment()
    command = [sys.executable, "-P", "-m", "landscape_app.analysis.topology.ripser_process"]
    with tempfile.TemporaryFile() as question:
        np.savez(
            question, allow_pickle=False, n=np.array(n), edges=edges, dimension=np.array(dimension)
        )
        question.seek(0)
        with subprocess.Popen(
            command, stdin=question, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        ) as process:
            answer, words = _answer(process)
    if process.returncode:
        last = words.decode(errors="replace").strip().splitlines()[-1:] or [
            f"code {process.returncode}"
        ]
        raise AnalysisError(
            f"ripser ended without an answer: {last[0]}. Lower the quantile (--rips-quantile)."
        )
    with np.load(io.BytesIO(answer), allow_pickle=False) as bars_of:
        return [bars_of[str(degree)] for degree in range(1, dimension + 1)]


def _answer(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """(standard output, standard error) of the process once it has ended, with pulses meanwhile; it
    is killed where one raises.
    """
    while True:
        try:
            return process.communicate(timeout=EVERY)
        except subprocess.TimeoutExpired:
            try:
                pulse()
            except BaseException:
                process.kill()
                raise


def _main() -> None:
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as asked:
        n, edges, dimension = int(asked["n"]), asked["edges"], int(asked["dimension"])
    bars_by_degree = enumerate(computed(n, edges, dimension), start=1)
    content = io.BytesIO()
    arrays = {str(degree): pairs for degree, pairs in bars_by_degree}
    np.savez(content, allow_pickle=False, **arrays)
    sys.stdout.buffer.write(content.getvalue())


if __name__ == "__main__":
    _main()
