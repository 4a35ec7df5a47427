"""Runs that the command line made."""

from __future__ import annotations

import pytest

from landscape_app.cli.main import main
from tests.cli.tiny import TINY


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A folder with two analysed tiny runs, made by the command itself."""
    folder = tmp_path_factory.mktemp("runs")
    for flag, name, seed in (("--id", "one", "0"), ("--name", "two", "1")):
        assert main(["run", "--runs", str(folder), flag, name, "--seed", seed, *TINY]) == 0
    return folder
