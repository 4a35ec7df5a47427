"""A process that has everything imported and forks a job for each line that it is told: kills by
the dozen need no imports by the dozen.

Lines in: {"argv": [...], "log": path} is answered by the job's pid, {"wait": pid, "block": bool} by
its exit code, or null while it lives.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Server:
    """The other side: starts jobs, and knows how they ended."""

    def __init__(self) -> None:
        environment = os.environ | dict.fromkeys(
            ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def start(self, argv: list[str], log: Path) -> int:
        """Fork `landscape ARGV` in a session of its own; its pid."""
        return int(self._asked({"argv": argv, "log": str(log)}))

    def ended(self, pid: int, *, block: bool = False) -> int | None:
        """The exit code of a job (−9: killed), None while it lives."""
        answer = self._asked({"wait": pid, "block": block})
        return None if answer is None else int(answer)

    def close(self) -> None:
        """End the server; jobs that live go on."""
        with self._process:
            self._process.stdin.close()  # type: ignore[union-attr]

    def _asked(self, what: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def serve() -> None:
    """Answer lines until there are no more."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import ripser  # noqa: F401
    import torch

    import landscape_app.checks.embedding
    import landscape_app.cli.main
    import landscape_app.pipeline.analyse
    import landscape_app.pipeline.curvature
    import landscape_app.pipeline.run
    import landscape_app.pipeline.static_sampling
    import landscape_app.pipeline.studies
    import landscape_app.pipeline.surface
    import landscape_app.pipeline.verify  # noqa: F401

    torch.optim.SGD([torch.zeros(1)], lr=1.0)  # the first one imports much

    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            pid, code = os.waitpid(order["wait"], 0 if order["block"] else os.WNOHANG)
            answer = os.waitstatus_to_exitcode(code) if pid else None
        else:
            answer = os.fork() or _job(order["argv"], order["log"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _job(argv: list[str], log: str) -> int:
    """Become the command line."""
    from landscape_app.cli.main import main

    code = 1
    try:
        os.setsid()
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for target in (1, 2):
            os.dup2(handle, target)
        os.dup2(nothing, 0)
        sys.argv = ["landscape", *argv]
        code = main()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
