"""A Dask cluster as a job sees it: its scheduler, how many tasks its workers take, and which
of them have a GPU.
"""

from __future__ import annotations

import importlib.util
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app.errors import EngineLostError, SpecError, first_line
from landscape_app.pipeline.crew import Task
from landscape_app.settings import RunSpec
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

CONNECT = 10.0  # s to reach the scheduler
LOOK = 5.0  # s between looks whether there is a worker
GPU = "GPU"  # the resource that a worker with a GPU offers
COMPUTED = ("plan", "runs", "curvature", "whole run")  # kinds of tasks that work on run's device


@dataclass
class Cluster:
    """The cluster whose scheduler is at `address`. gpus: whether the runs ask for CUDA."""

    address: str
    gpus: bool = False
    _client: Any = None  # distributed.Client
    _looked: float = 0.0

    @property
    def client(self) -> Any:
        """The connection to the scheduler, made when it is asked for first. Raises SpecError where
        Dask is not installed, EngineLostError where nothing answers.
        """
        if self._client is None:
            if importlib.util.find_spec("distributed") is None:
                raise SpecError("--scheduler needs Dask: pip install 'landscape-app[dask]'.")
            # what is lost is told here
            logging.getLogger("distributed").setLevel(logging.CRITICAL)
            self._client = _connected(self.address)
        return self._client

    def close(self) -> None:
        """Leave the scheduler."""
        if self._client is not None:
            with suppress(Exception):  # it is gone
                self._client.close(timeout=1)

    @property
    def running(self) -> bool:
        """Whether the scheduler is there."""
        return self._client is not None and str(self._client.status) == "running"

    def check(self) -> None:
        """Raise EngineLostError where the scheduler is gone; warn where it has no worker."""
        if not self.running:
            raise self.lost()
        if time.monotonic() - self._looked > LOOK and not self._workers():
            log.warning("No Dask worker is connected to %s. The work waits for one.", self.address)

    def lost(self) -> EngineLostError:
        """The error that says so."""
        return EngineLostError(
            f"Engine lost: the Dask scheduler at {self.address} is gone. What is committed stays;"
            " resume goes on from there, with a scheduler or without."
        )

    def wait_for_worker(self, check: Callable[[], None]) -> None:
        """Return when there is a worker. Calls `check` while waiting. Raises SpecError where the
        runs ask for CUDA and the workers offer no GPU.
        """
        while not (workers := self._workers()):
            if self._looked == 0.0:
                log.info("waiting for a Dask worker at %s", self.address)
            until = time.monotonic() + 1
            while time.monotonic() < until:
                check()
                self.check()
                time.sleep(0.1)
        if self.gpus and not any(worker["resources"].get(GPU) for worker in workers.values()):
            raise SpecError(
                "device: the runs ask for 'cuda', and no Dask worker offers a GPU. Start it with"
                " --resources GPU=1."
            )

    @property
    def slots(self) -> int:
        """How many tasks on runs the workers carry out at once, at least 1."""
        workers = self._workers().values()
        if self.gpus:
            return max(1, int(sum(worker["resources"].get(GPU, 0) for worker in workers)))
        return max(1, sum(int(worker["nthreads"]) for worker in workers))

    def shares(self) -> dict[str, int]:
        """How many tasks the machine of each worker carries out at once, by the worker's
        address.
        """
        workers = self._workers()
        machines = Counter[str]()
        for worker in workers.values():
            machines[worker["host"]] += worker["nthreads"]
        return {address: machines[worker["host"]] for address, worker in workers.items()}

    def executor(self, runs: Path, task: Task) -> Executor:
        """Who takes the task: workers with a GPU, where its runs ask for CUDA."""
        asks = self.gpus and task.kind in COMPUTED
        wanted = asks and any(RunFolder.open(runs, id).spec.device == "cuda" for id in task.ids)
        options = {"resources": {GPU: 1}} if wanted else {}
        executor: Executor = self.client.get_executor(pure=False, **options)
        return executor

    def _workers(self) -> dict[str, dict[str, Any]]:
        """What each worker says of itself, by its address."""
        self._looked = time.monotonic()
        try:
            return dict(self.client.scheduler_info(n_workers=-1)["workers"])
        except (OSError, TypeError, KeyError):
            return {}


def _connected(address: str) -> Any:
    """A Client of the scheduler at `address`."""
    from distributed import Client, Security

    if address.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise SpecError(
            f"The scheduler at {address} speaks TLS, and Dask's settings here name no certificate"
            " for it (distributed.comm.tls). See docs/machines.md."
        )
    try:
        return Client(address, timeout=CONNECT, set_as_default=False, name="landscape")
    except (OSError, ValueError, TypeError) as error:
        raise EngineLostError(
            f"There is no Dask scheduler at {address}: {first_line(error)}. Start one with `dask"
            " scheduler`, and give its address, such as tcp://127.0.0.1:8786."
        ) from error


@contextmanager
def cluster_at(address: str, specs: Sequence[RunSpec]) -> Iterator[Cluster]:
    """The cluster whose scheduler is at `address`, for runs of these settings."""
    cluster = Cluster(address, any(spec.device == "cuda" for spec in specs))
    try:
        yield cluster
    finally:
        cluster.close()
