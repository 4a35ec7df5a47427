"""Who may talk to the page: hosts, origins, limits, headers, and every route accounted for."""

from __future__ import annotations

import re

import pytest
from dash import Dash
from flask.testing import FlaskClient

from landscape_app.dashboard import guard

# Every route there is, and the methods it answers: reading is open to this machine; callbacks and
# archives can change something.
INTENDED = {
    "/": {"GET"},
    "/<path:path>": {"GET"},
    "/_dash-layout": {"GET"},
    "/_dash-dependencies": {"GET"},
    "/_dash-update-component": {"POST"},
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": {"GET"},
    "/_reload-hash": {"GET"},
    "/_favicon.ico": {"GET"},
    "/assets/<path:filename>": {"GET"},
    "/archive/<id>.tar": {"GET"},
    "/archive": {"POST"},
    "/archive/<token>": {"POST"},
    "/archive/<token>/import": {"POST"},
    "/archive/<token>/drop": {"POST"},
    "/colours": {"GET"},
    "/healthz": {"GET"},
    "/readyz": {"GET"},
    "/figures": {"GET"},
    "/take/figure/<name>.<format>": {"GET"},
    "/take/paper/<name>.<format>": {"GET"},
    "/take/report.html": {"GET"},
    "/take/shown.<format>": {"GET"},
    "/take/study/<name>.<format>": {"GET"},
}


def test_every_route_is_intended(app: Dash, client: FlaskClient) -> None:
    client.get("/")
    found = {
        rule.rule: rule.methods - {"HEAD", "OPTIONS"} for rule in app.server.url_map.iter_rules()
    }
    assert found == INTENDED


@pytest.mark.parametrize(
    "path",
    ["/", "/_dash-layout", "/_dash-dependencies", "/jobs", "/assets/theme.css", "/_favicon.ico"],
)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8050",
        "192.168.0.7",
        "0.0.0.0",
    ],
)
def test_another_host_name_is_refused(client: FlaskClient, path: str, host: str) -> None:
    assert client.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "localhost:9999"])
def test_this_machine_is_served(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_elsewhere_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    body = {"output": "no such callback", "inputs": []}
    assert client.post("/_dash-update-component", json=body).status_code == 400, (
        "from here it is only malformed"
    )
    assert client.post("/_dash-update-component", json=body, headers=headers).status_code == 403


def test_the_page_s_own_origin_is_served(client: FlaskClient) -> None:
    headers = {
        "Host": "127.0.0.1:8050",
        "Origin": "http://127.0.0.1:8050",
        "Sec-Fetch-Site": "same-origin",
    }
    assert client.post("/_dash-update-component", json={}, headers=headers).status_code == 400


def test_a_body_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    body = b'{"output": "' + b"a" * guard.LARGEST_BODY + b'"}'
    assert (
        client.post(
            "/_dash-update-component", data=body, content_type="application/json"
        ).status_code
        == 413
    )


@pytest.mark.parametrize(
    "path", ["/", "/jobs", "/_dash-layout", "/assets/theme.css", "/assets/missing.css"]
)
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    for name, value in guard.HEADERS.items():
        assert headers[name] == value
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"https?:|\*", policy), "nothing from elsewhere"


def test_inline_scripts_of_the_page_are_those_the_policy_names(client: FlaskClient) -> None:
    answer = client.get("/")
    scripts = re.findall(
        r"<script(?: id=\"_dash-renderer\" type=\"application/javascript\")?>(.*?)</script>",
        answer.text,
        re.DOTALL,
    )
    assert len(scripts) >= 2
    for script in scripts:
        assert guard._hash(script) in answer.headers["Content-Security-Policy"]


def test_the_page_names_nothing_outside(client: FlaskClient) -> None:
    links = re.findall(r"(?:src|href)=\"([^\"]+)\"", client.get("/").text)
    assert links
    assert all(link.startswith("/") and not link.startswith("//") for link in links)


def test_stylesheets_name_nothing_outside(client: FlaskClient) -> None:
    for name in ("theme.css", "base.css"):
        with client.get(f"/assets/{name}") as answer:
            assert not re.search(r"url\((?![\"']?(?:data:|fonts/|favicon))", answer.text)


def test_development_tools_are_off(app: Dash, client: FlaskClient) -> None:
    client.get("/")
    assert not app.server.debug
    assert not app._dev_tools.ui
    assert not app._dev_tools.hot_reload
    assert '"ui": false' in client.get("/").text.replace('"ui":false', '"ui": false')
