"""The page behind a proxy that shows it below a path of its own, as notebooks and labs do."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from landscape_app.bench.browser import choose
from landscape_app.dashboard.explore import ids
from tests.browser.conftest import Server
from tests.browser.scenes import ready, settle

pytestmark = pytest.mark.browser

PREFIX = "/user/ann/proxy"


@contextmanager
def proxy(port: int, *, cut: bool) -> Iterator[str]:
    """The address of a proxy to a server; cut: it cuts its own prefix off."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix(PREFIX) if cut else self.path
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            to = http.client.HTTPConnection("127.0.0.1", port)
            own = {"Host": f"127.0.0.1:{port}", "Connection": "close"}
            to.request(self.command, path, body, {**dict(self.headers), **own})
            got = to.getresponse()
            content = got.read()
            to.close()
            self.send_response(got.status)
            for name, value in got.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}{PREFIX}"
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.mark.parametrize("cut", [True, False])
def test_the_page_works_below_a_prefix(page: Page, finished: Path, cut: bool) -> None:
    server = Server(finished, "--prefix", PREFIX, "--trusted-host", "127.0.0.1")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "response",
        lambda answer: asked.append(f"{answer.status}") if answer.status >= 400 else None,
    )
    with proxy(server.port, cut=cut) as address:
        page.goto(address)
        ready(page)
        choose(page, ids.FILTRATION, "train loss")
        settle(page)
        page.get_by_role("link", name="Jobs").first.click()
        expect(page).to_have_url(f"{address}/jobs")
        expect(page.locator(".ls-nav-link[aria-current=page]")).to_have_text("Jobs")
        expect(page).to_have_title("Jobs · Landscape")
        page.get_by_role("link", name="Runs").click()
        expect(page.get_by_role("row").first).to_be_visible()
        page.get_by_role("link", name="Explore").first.click()
        ready(page)
        page.close()
    server.stop()
    assert asked
    other = [url for url in asked if not urlsplit(url).path.startswith(f"{PREFIX}/")]
    assert [url for url in other if not url.startswith(("data:", "blob:", "about:"))] == [address]
