"""Law of tests in the background (`make test &`, nohup): what they interrupt ends, though the shell
has everything that it starts in the background ignore SIGINT.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.patience import patience

INTERRUPT_A_CHILD = (
    "import signal, subprocess, tests.conftest\n"
    "with subprocess.Popen(['sleep', '60']) as child:\n"
    "    child.send_signal(signal.SIGINT)\n"
    "    print(child.wait())"
)


def test_a_child_can_be_interrupted_where_the_shell_ignores_sigint() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT_A_CHILD],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=patience(50),
        check=True,
    )
    assert int(done.stdout) == -signal.SIGINT
