"""`python -m tests.twice [--coverage] [pytest's arguments]`: the suite, and what failed in it once
more, alone. With --coverage, the lines that it reaches are measured.

A machine under load can miss a deadline; what fails twice is a fault. The end of the output names
what failed first and passed when it was tried again, and processes that were left behind, which
no second try excuses. Exit codes are pytest's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FAILED = 1  # pytest's exit code for tests that failed
PLAIN = [sys.executable, "-m", "pytest"]
MEASURED = [sys.executable, "-m", "coverage", "run", "-m", "pytest"]
CACHE = Path(".pytest_cache/v/cache/lastfailed")


def main(arguments: list[str], *, command: list[str] = PLAIN) -> int:
    """Run pytest once or twice in the current folder; its exit code.

    command: what starts pytest.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "leftovers"
        environment = os.environ | {"LANDSCAPE_LEFTOVERS": str(file)}
        code = subprocess.run([*command, *arguments], env=environment, check=False).returncode
        if code == FAILED:
            first = failed()
            say(f"\n{len(first)} failed; once more, alone:\n")
            again = [*paths(arguments), "--last-failed", "--last-failed-no-failures", "none"]
            code = subprocess.run([*command, *again], env=environment, check=False).returncode
            second = failed() if code else set()
            passed = sorted(first - second)
            say("".join(f"FAILED FIRST, PASSED ALONE {test}\n" for test in passed))
        left = file.read_text() if file.is_file() else ""
    say("".join(f"LEFT BEHIND {process}\n" for process in left.splitlines()))
    return code or (FAILED if left else 0)


def paths(arguments: list[str]) -> list[str]:
    """The arguments that name tests: those before the first option."""
    options = [i for i, word in enumerate(arguments) if word.startswith("-")]
    return arguments[: options[0]] if options else arguments


def failed() -> set[str]:
    """The tests that failed last, by pytest's own cache."""
    try:
        return set(json.loads(CACHE.read_text()))
    except (OSError, ValueError):
        return set()


def say(text: str) -> None:
    """Write it now: what runs next writes to the same output."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    words = sys.argv[1:]
    measured = words[:1] == ["--coverage"]
    sys.exit(main(words[measured:], command=MEASURED if measured else PLAIN))
