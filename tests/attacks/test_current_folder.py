"""Attacks by modules in the current folder: a server that is started among a stranger's runs
imports none of them, nor does what it starts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landscape_app.dashboard import uploads
from landscape_app.errors import ArchiveError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = (
    "json",
    "importlib",
    "multiprocess",
    "multiprocessing",
    "numpy",
    "sitecustomize",
    "landscape_app",
    "dash",
)
WSGI = """
import sys
if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    import app
    from landscape_app.dashboard.launch import manager
    manager.warm()
    print("shows", flush=True)
    input()
"""


@pytest.fixture
def among(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs folder with modules in it, as current folder; the file `hit` beside it names those
    that were imported.
    """
    runs = tmp_path / "runs"
    runs.mkdir()
    for name in NAMES:
        (runs / f"{name}.py").write_text(
            f"open({str(tmp_path / 'hit')!r}, 'a').write('{name} ')\nraise ImportError('a stranger"
            " wrote this')\n"
        )
    monkeypatch.chdir(runs)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return runs


def hit(runs: Path) -> str:
    """The modules that were imported."""
    found = runs.parent / "hit"
    return found.read_text() if found.exists() else ""


def test_an_upload_is_imported_by_a_process_that_does_not_look_there(among: Path) -> None:
    archive = among.parent / "it.tar"
    archive.write_bytes(bytes(1024))
    with pytest.raises(ArchiveError, match="not an archive of runs"):
        uploads._imported(among, archive)
    assert hit(among) == ""


@pytest.mark.parametrize("how", ["app.py", "app:server"])
def test_a_server_looks_there_for_nothing(among: Path, how: str) -> None:
    # as a WSGI server, whose own folder is the first on its path
    script = among.parent / "server" / "wsgi.py"
    script.parent.mkdir()
    script.write_text(WSGI)
    argv = [ROOT / "app.py", "--port", "0"] if how == "app.py" else [script, ROOT]
    environment = os.environ | {"LANDSCAPE_RUNS": "."}
    process = subprocess.Popen(
        [sys.executable, *argv],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = next((line for line in process.stdout if b"shows" in line), b"")
        assert said, "the server did not start"
        time.sleep(1.0)  # the fork server begins beside it
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert hit(among) == ""
