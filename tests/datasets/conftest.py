"""No test here reads a person's own data folder or goes to the network: there are small originals,
and a proxy that refuses.
"""

from __future__ import annotations

import urllib.request

import pytest

from landscape_app.datasets.downloads import FOLDER
from tests.datasets.originals import write_all


@pytest.fixture(scope="session")
def originals(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("originals") / "data")


@pytest.fixture(autouse=True)
def _alone(originals, monkeypatch):
    monkeypatch.setenv(FOLDER, str(originals))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the discard port: nobody listens
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # urllib keeps the proxies of its first request for the life of the process: other tests begin
    # with none.
    monkeypatch.setattr(urllib.request, "_opener", None)
