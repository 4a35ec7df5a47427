"""Laws of `serve`: a page beside a notebook, in its own process, which ends with the notebook."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from landscape_app import serve
from landscape_app.dashboard import factory
from landscape_app.dashboard.access import Access
from landscape_app.errors import ServeError
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import open_run
from tests.patience import patience, until

pytestmark = pytest.mark.slow
SPEC = {"data": "blobs", "network": "mlp-small"}


def answer(url: str, *, host: str | None = None, cookie: str = "") -> tuple[int, str, str]:
    """(status, the cookie that is set, text) of one request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=patience(20))
    headers = {"Cookie": cookie} if cookie else {}
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request("GET", path, headers={**headers, **({"Host": host} if host else {})})
    got = connection.getresponse()
    found = got.status, str(got.getheader("Set-Cookie") or "").split(";")[0], got.read().decode()
    connection.close()
    return found


def test_the_link_of_a_run_opens_it_also_through_a_notebook_s_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    run = open_run(RunFolder.create(tmp_path, "mine", parse(RunSpec, SPEC)).path)
    with serve(run) as page:
        assert page.proxied.startswith("/user/ann/proxy/")
        assert page.proxied in page._repr_html_().replace("&amp;", "&")
        status, cookie, text = answer(page.url, host="hub.example.org")
        assert (status, "runs=mine" in text) == (200, True)
        bare = page.url.split("?")[0]
        assert answer(bare)[0] == 401
        cut = bare.replace(urlsplit(bare).path, "/")
        for url in (bare, cut):  # the proxy keeps the prefix, or cuts it off
            status, _, text = answer(url, host="hub.example.org", cookie=cookie)
            assert status == 200
            assert "/user/ann/proxy/" in text
    with pytest.raises(OSError):
        answer(page.url)


def test_it_ends_with_the_program_that_started_it(tmp_path: Path) -> None:
    script = (
        f"import landscape_app, time; page = landscape_app.serve({str(tmp_path)!r})\n"
        "print(page._process.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as notebook:
        assert notebook.stdout is not None
        pid = int(notebook.stdout.readline())
        notebook.send_signal(signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_every_host_is_trusted_only_with_a_token(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="token"):
        factory.create(tmp_path, proxies=["*"])
    app = factory.create(tmp_path, proxies=["*"], entry=Access("f" * 40))
    head = {"Host": "hub.example.org", "Origin": "https://hub.example.org"}
    client = app.server.test_client()
    assert client.post("/jobs", headers=head).status_code == 401
    head["Authorization"] = f"Bearer {'f' * 40}"
    assert client.post("/jobs", headers=head).status_code == 405
    assert client.post("/jobs", headers={**head, "Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with serve(tmp_path) as page, pytest.raises(ServeError, match="in use"):
        serve(tmp_path, port=int(urlsplit(page.url).port or 0))
