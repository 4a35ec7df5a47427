"""The process that opens files of torch.save. It imports torch once. For each file it forks a copy
of itself, and limits on memory and time can end that copy.

Run as `python -m landscape_app.networks.checkpoint_child SOCKET`. A question on the socket is JSON
with two open files: the file to read, and the file to write the content to
(networks.checkpoint_transfer). The answer is JSON and says how the copy ended.
"""

from __future__ import annotations

import io
import json
import os
import resource
import select
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from typing import Any

import psutil
import torch
from torch._weights_only_unpickler import (  # type: ignore[attr-defined]
    Unpickler,
    UnpicklingError,
)

from landscape_app.networks.checkpoint_transfer import TooMuchError, Writer

IDLE = 20.0  # seconds without a question after which the process ends
SPARE = 64 * 2**20  # bytes beside the content
LONGEST = 4_096  # bytes of a question
SAID = 20_000  # characters of torch's messages that are passed on
TOLD = 2_000  # … of what its unpickler says


def main(number: int) -> None:
    """Answer questions until the other side closes the socket, or asks nothing for a while."""
    with socket.socket(fileno=number) as asked:
        _tell_briefly()
        _warm()
        asked.send(b"ready")
        waiting = select.poll()  # select() takes no descriptor above 1,023
        waiting.register(asked, select.POLLIN)
        while waiting.poll(1_000 * IDLE):
            question, handles, _, _ = socket.recv_fds(asked, LONGEST, 2)
            if not question:
                return
            asked.send(json.dumps(_answer(json.loads(question), *handles)).encode())


def _tell_briefly() -> None:
    """Shorten what torch's unpickler reports. torch searches that text in time that grows with the
    square of its length, and a file may contain any name.
    """
    load: Callable[[Unpickler], Any] = Unpickler.load

    def briefly(self: Unpickler) -> Any:
        try:
            return load(self)
        except UnpicklingError as error:
            raise UnpicklingError(str(error)[:TOLD]) from None

    Unpickler.load = briefly  # type: ignore[method-assign]


def _warm() -> None:
    """Read a small file of our own, so that torch imports what it needs before the copies are
    forked.
    """
    for zipped in (True, False):
        content = io.BytesIO()
        torch.save({"weight": torch.zeros(1)}, content, _use_new_zipfile_serialization=zipped)
        content.seek(0)
        torch.load(content, map_location="cpu", weights_only=True)


def _answer(question: dict[str, Any], source: int, target: int) -> dict[str, int]:
    """Fork a copy of this process that reads `source`. Returns {"status": how it ended, "peak": the
    most bytes that it held}.
    """
    child = os.fork()
    if not child:
        try:
            _limit(**question, size=os.fstat(source).st_size)
            _read(source, target, question["most"], mapped=question["mapped"])
        finally:
            os._exit(3)  # never into the loop; what was written tells the rest
    os.close(source)
    os.close(target)
    _, status, used = os.wait4(child, 0)
    return {"status": status, "peak": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)}


def _limit(most: int, seconds: float, mapped: bool, size: int) -> None:
    """Limit memory, processor time, time, and the size of the file that is written."""
    memory = _in_use() + most + SPARE + (size if mapped else 0)
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: most + SPARE,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in limits.items():
        hard = resource.getrlimit(kind)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (bound, bound))
    # whoever waits kills it before, if it is still there
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)


def _in_use() -> int:
    """Bytes of address space that this process uses."""
    return int(psutil.Process().memory_info().vms)


def _read(source: int, target: int, most: int, *, mapped: bool) -> None:
    writer = Writer(target, most)
    try:
        writer.content(_content(source, mapped=mapped))
    except TooMuchError as error:
        writer.fault("bytes" if error.args[0] else "parts", str(error.args[0] or ""))
    except MemoryError:
        writer.fault("memory", "")
    except OSError as error:
        writer.fault("written", error.strerror or str(error))
    except Exception as error:  # whatever a damaged or hostile file makes torch say
        short = "can't allocate memory" in str(error) or "Cannot allocate memory" in str(error)
        writer.fault("memory" if short else "torch", str(error)[:SAID])


def _content(source: int, *, mapped: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torch warns of is refused, in words
        if mapped:
            return torch.load(f"/dev/fd/{source}", map_location="cpu", weights_only=True, mmap=True)
        with os.fdopen(source, "rb", closefd=False) as file:
            file.seek(0)
            try:
                return torch.load(file, map_location="cpu", weights_only=True)
            except OSError as error:  # of the file that is read, not of the one that is written
                raise RuntimeError(error.strerror or str(error)) from error


if __name__ == "__main__":
    main(int(sys.argv[1]))
