"""The bench of the page says in plain words what it needs; nothing is trained or served before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from landscape_app.bench import browser

pytestmark = pytest.mark.slow

WITHOUT = "import sys; sys.modules['playwright.sync_api'] = None;"
MAIN = "from landscape_app.cli.main import main; sys.exit(main(['bench', 'page']))"


@pytest.mark.parametrize(
    ("before", "says"), [(WITHOUT, browser.NO_PLAYWRIGHT), ("import sys;", browser.NO_CHROMIUM)]
)
def test_what_is_missing_is_named(before: str, says: str) -> None:
    # no browser is on the path, and the one that is named is not there
    environment = os.environ | {"PATH": "", "CHROMIUM": "/nowhere/chromium"}
    done = subprocess.run(
        [sys.executable, "-c", before + MAIN],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split())
    assert not done.stdout
