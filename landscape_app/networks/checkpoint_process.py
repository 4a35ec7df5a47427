"""The client of the process that opens files of torch.save (networks.checkpoint_child). That
process starts with the first file and ends when it is no longer needed.

torch.load runs no code of the file, but the file decides how much memory and time it takes.
Therefore a copy of another process loads it.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from landscape_app import imports, limits
from landscape_app.errors import ModelError
from landscape_app.networks import checkpoint_transfer
from landscape_app.records.pulse import EVERY, pulse

START = 120.0  # seconds until it has imported torch, on a busy machine
LATE = 2.0  # seconds after which the process is ended from here
LONGEST = 4_096  # bytes of an answer
# a process with threads does not fork well
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

_lock = threading.Lock()
_running: _Process | None = None
peak = 0  # bytes that the copy which read the last file held at most


class UnreadableError(Exception):
    """torch cannot read the file. The message is torch's own."""


@dataclass(frozen=True)
class _Process:
    """The process and the socket for its questions. `owner`: id of the process that started it."""

    child: subprocess.Popen[bytes]
    asked: socket.socket
    owner: int

    @staticmethod
    def begin() -> _Process:
        ours, theirs = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
        )
        environment = os.environ | ONE_THREAD | imports.environment()
        command = [
            sys.executable,
            "-m",
            "landscape_app.networks.checkpoint_child",
            str(theirs.fileno()),
        ]
        quiet = subprocess.DEVNULL
        with theirs:
            child = subprocess.Popen(
                command,
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        process = _Process(child, ours, os.getpid())
        if process.answer(START) != b"ready":
            process.end()
            raise ModelError(
                "The process that reads checkpoints did not start: is there memory for it?"
            )
        return process

    def answer(self, seconds: float) -> bytes | None:
        """Its answer; empty if the process has ended, None if no answer came within `seconds`.
        Pulses are sent meanwhile; if one raises, the process is ended.
        """
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                self.asked.settimeout(min(left, EVERY))
                try:
                    return self.asked.recv(LONGEST)
                except TimeoutError:
                    pulse()
        except OSError:
            return b""
        except BaseException:
            self.end()
            raise
        return None

    def end(self) -> None:
        """End the process and the copy that is reading."""
        self.asked.close()
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except OSError:
            self.child.kill()
        self.child.wait()


def load(source: int, name: str, *, mapped: bool) -> Any:
    """The content of the open file `source`, called `name`, as plain containers of tensors (see
    networks.checkpoint_transfer).

    mapped: its tensors are uncompressed and can be mapped into memory. Raises UnreadableError, and
    ModelError where loading takes too much memory or time.
    """
    most = limits.most_bytes()
    with tempfile.TemporaryFile(prefix="landscape-checkpoint-") as target:
        status = _ask(
            source, target.fileno(), {"most": most, "seconds": limits.SECONDS, "mapped": mapped}
        )
        if status is None or (
            os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGXCPU)
        ):
            raise ModelError(limits.too_long(f"The checkpoint {name}"))
        try:
            answer = checkpoint_transfer.read(target.fileno())
        except (
            ValueError,
            KeyError,
            TypeError,
            RuntimeError,
            OverflowError,
            AttributeError,
            OSError,
        ) as error:
            ended = (
                f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "without an answer"
            )
            raise ModelError(
                f"The checkpoint {name} cannot be read: the process that read it ended ({ended})."
                f" The file is damaged, or needs more than the {limits.size_words(most)} of memory"
                " that it may take."
            ) from error
    if "fault" in answer:
        _refuse(name, most, *answer["fault"])
    return answer["content"]


def _refuse(name: str, most: int, kind: str, words: str) -> None:
    named = f"The checkpoint {name}"
    if kind == "bytes":
        raise ModelError(limits.too_large(named, int(words), most))
    if kind == "memory":
        raise ModelError(limits.too_large(named, most + 1, most, "needs more than"))
    if kind == "parts":
        raise ModelError(
            f"{named} holds more names or parts than weights have (more than"
            f" {checkpoint_transfer.MOST_PARTS:,})."
        )
    if kind == "written":
        raise ModelError(
            f"{named} cannot be unpacked into {tempfile.gettempdir()}: {words}. Free some space"
            " there, or set TMPDIR."
        )
    raise UnreadableError(words)


def _ask(source: int, target: int, question: dict[str, Any]) -> int | None:
    """How the copy that read the file ended; None if it took too long and was ended from here."""
    global _running, peak
    with _lock:
        for _ in range(2):  # the process may have ended itself the moment before
            if _running is None or _running.owner != os.getpid():
                _running = _Process.begin()
            try:
                socket.send_fds(_running.asked, [json.dumps(question).encode()], [source, target])
                reply = _running.answer(question["seconds"] + LATE)
            except OSError:
                reply = b""
            except BaseException:
                _running = None
                raise
            if reply:
                answer = json.loads(reply)
                peak = int(answer["peak"])
                return int(answer["status"])
            _running.end()
            _running = None
            if reply is None:
                return None
    raise ModelError("The process that reads checkpoints ended. Is there memory for it?")


def end() -> None:
    """End the process, if there is one."""
    global _running
    with _lock:
        if _running is not None and _running.owner == os.getpid():
            _running.asked.close()
            with suppress(subprocess.TimeoutExpired):
                _running.child.wait(1.0)  # it ends by itself where nobody can ask it any more
            _running.end()
        _running = None


atexit.register(end)
