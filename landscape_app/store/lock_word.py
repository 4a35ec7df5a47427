"""What a lock file says: the machine and process of its holder, and by the time of its last change
whether that holder is alive.

A lock of the system is told to other machines by some shared file systems only. So its holder also
writes who it is, and changes the time of the file every few seconds. A holder on another machine is
judged by that time alone. The clocks of the machines must agree to some seconds.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass

SILENT = 60.0  # s without a sign of life after which a holder on another machine counts as gone
MOST = 512  # bytes
LONGEST = 64  # letters of the name of a machine


def this_host() -> str:
    """The name of this machine."""
    return (os.uname().nodename or "machine")[:LONGEST]


@dataclass(frozen=True)
class LockWord:
    """host: the holder's machine. token: of this hold, so that no other is taken for it."""

    host: str
    pid: int
    token: str

    @staticmethod
    def own() -> LockWord:
        """The word of a new hold of this process."""
        return LockWord(this_host(), os.getpid(), secrets.token_hex(8))

    def write(self, handle: int) -> None:
        """Write it into the lock file. On a full disk the lock still holds on this machine."""
        content = json.dumps(vars(self)).encode()
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, content, 0)

    @property
    def elsewhere(self) -> bool:
        """Whether it is that of another machine."""
        return self.host != this_host()


def read(handle: int) -> LockWord | None:
    """What the lock file says; None where it says nothing, or something else."""
    try:
        fields = json.loads(os.pread(handle, MOST, 0) or b"null")
        host, pid, token = (fields[name] for name in ("host", "pid", "token"))
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None
    right = isinstance(host, str) and type(pid) is int and isinstance(token, str)
    plain = right and host.isprintable() and 0 < len(host) <= LONGEST
    return LockWord(host, pid, token) if plain else None


def alive_elsewhere(handle: int) -> LockWord | None:
    """The holder's word where it is on another machine and has given a sign of life lately."""
    word = read(handle)
    if word is None or not word.elsewhere:
        return None
    return word if abs(time.time() - os.fstat(handle).st_mtime) <= SILENT else None


def erase(handle: int) -> None:
    """Say that nobody holds the lock."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
