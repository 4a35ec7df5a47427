"""Who is let in: no route answers without a token, and who may only look changes nothing."""

from __future__ import annotations

import http
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from dash import Dash
from flask.testing import FlaskClient

from landscape_app.dashboard import access, factory, listening, serve, wsgi
from landscape_app.dashboard.access import Access
from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.errors import ServeError
from landscape_app.store import catalogue, notes
from tests.dashboard.conftest import Page
from tests.dashboard.test_guard import INTENDED
from tests.dashboard.test_launching import launch

ENTRY = Access("f" * 40, "r" * 40)
BEARER = {role: {"Authorization": f"Bearer {getattr(ENTRY, role)}"} for role in access.TOKENS}


PREFIX = "/user/ann"
WAYS = ("served", "prefixed", "cut", "gunicorn")  # how a request comes to the application


@pytest.fixture
def guarded(runs: Path) -> Dash:
    return factory.create(runs, hosts=["lab.example"], entry=ENTRY)


def made(way: str, runs: Path, monkeypatch: pytest.MonkeyPatch, entry: Access | None) -> Dash:
    """The application behind that way; prefixed: a proxy hands on the prefix, cut: it does not."""
    if way != "gunicorn":
        return factory.create(runs, entry=entry, prefix="" if way == "served" else PREFIX)
    monkeypatch.setenv("LANDSCAPE_RUNS", str(runs))
    monkeypatch.setenv("LANDSCAPE_PREFIX", PREFIX)
    for role, name in access.TOKENS.items() if entry else ():
        monkeypatch.setenv(name, str(getattr(entry, role)))
    return wsgi.of_environment()


def visit(app: Dash, token: str | None, path: str = "/") -> FlaskClient:
    """A browser that opened the printed link."""
    client = app.server.test_client()
    if token is not None:
        client.get(path, query_string={access.QUERY: token})
    return client


def places(app: Dash) -> list[tuple[str, str]]:
    """(method, path) of every route, and of paths that are none."""
    filled = [
        (method, re.sub(r"<(?:\w+:)?\w+>", "x", rule.rule))
        for rule in app.server.url_map.iter_rules()
        for method in sorted(rule.methods)
    ]
    return [*filled, *((method, "/absent/x") for method in ("GET", "POST", "PUT", "DELETE"))]


@pytest.mark.parametrize("way", WAYS)
def test_without_a_token_nothing_answers(
    way: str, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = made(way, runs, monkeypatch, ENTRY)
    below = PREFIX if way in ("prefixed", "gunicorn") else ""
    walked = places(app)
    assert {path for _, path in walked} >= {"/", "/archive", "/healthz"}
    for token in (None, "", "f" * 39, "f" * 41, "é" * 40, "F" * 40):
        client = visit(app, token, f"{below}/")
        for method, path in walked:
            answer = client.open(f"{below}{path}", method=method)
            if path in access.OPEN:
                assert answer.status_code in {200, 405}
            else:
                assert answer.status_code == http.HTTPStatus.UNAUTHORIZED, (method, path)
                assert "printed" in answer.text or method == "HEAD"
            answer.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", access.TOKENS)
def test_with_a_token_every_route_answers_as_without_tokens_but_changes_nothing_to_read(
    way: str, role: str, runs: Path, app: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every method. What changes something needs a header, without which nobody may."""
    guarded = made(way, runs, monkeypatch, ENTRY)
    below = PREFIX if way in ("prefixed", "gunicorn") else ""
    opened = visit(guarded, getattr(ENTRY, role), f"{below}/")
    if way == "cut":  # the cookie is of paths that only the browser sees
        opened.environ_base["HTTP_AUTHORIZATION"] = BEARER[role]["Authorization"]
    plain, mine = app.server.test_client(), {"X-Landscape": "1"}
    for method, path in places(guarded):
        answer = opened.open(f"{below}{path}", method=method, headers=mine)
        wanted = plain.open(path, method=method, headers=mine)
        if role == "read" and path.startswith("/archive") and method == "POST":
            assert answer.status_code == http.HTTPStatus.FORBIDDEN, path
            assert access.NO_CHANGE in answer.text
        else:
            assert answer.status_code == wanted.status_code < 500, (method, path)
        answer.close()
        wanted.close()
    assert set(INTENDED) == {rule.rule for rule in guarded.server.url_map.iter_rules()}


def test_gunicorn_asks_for_a_token_where_one_is_for_looking_alone(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_RUNS", str(runs))
    monkeypatch.setenv(access.TOKENS["read"], str(ENTRY.read))
    client = wsgi.of_environment().server.test_client()
    assert client.get("/").status_code == 401
    assert client.get("/", headers=BEARER["read"]).status_code == 200


@pytest.mark.parametrize("way", WAYS)
def test_without_tokens_only_this_machine_is_answered(
    way: str, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is bound to every address, and a request that names itself localhost."""
    app = made(way, runs, monkeypatch, None)
    here, there = ("127.0.0.1", "::1", "::ffff:127.0.0.1", ""), ("10.0.0.5", "fe80::1", "x")
    for address in (*here, *there):
        client = app.server.test_client()
        for method, path in places(app):
            answer = client.open(path, method=method, environ_base={"REMOTE_ADDR": address})
            refused = address in there and path not in access.OPEN
            assert (access.NO_TOKEN.encode() in answer.data) == (refused and method != "HEAD"), path
            assert (not refused) or answer.status_code == 403
            answer.close()


def test_the_link_becomes_a_cookie_that_scripts_cannot_read(guarded: Dash) -> None:
    client = guarded.server.test_client()
    answer = client.get("/study?id=a&token=" + ENTRY.full)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert ENTRY.full not in cookie
    assert ENTRY.full not in answer.text
    assert 'url=/study?id=a"' in answer.text
    assert client.get("/").status_code == 200


def test_a_link_leads_nowhere_else(guarded: Dash) -> None:
    for path in ("//evil.example/", "/%22%3E%3Cscript%3E", "/\\evil.example"):
        answer = guarded.server.test_client().get(path, query_string={"token": ENTRY.full})
        target = re.search(r'url=([^"]*)"', answer.text)
        if answer.status_code == 200:
            assert target is not None
            assert re.match(r"/[^/\\]", target[1]) or target[1] == "/"
            assert "<script" not in answer.text


def test_a_cookie_ends_with_its_token(runs: Path, guarded: Dash) -> None:
    client = visit(guarded, ENTRY.full)
    (cookie,) = client._cookies.values()
    later = factory.create(runs, entry=Access("g" * 40)).server.test_client()
    later.set_cookie(cookie.key, cookie.value)
    assert later.get("/").status_code == 401


def test_a_program_sends_its_token_in_a_header(guarded: Dash) -> None:
    client = guarded.server.test_client()
    assert client.get("/", headers=BEARER["full"]).status_code == 200
    assert client.get("/", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/", headers={"Authorization": f"Basic {ENTRY.full}"}).status_code == 401


def test_who_may_look_changes_nothing(guarded: Dash, runs: Path) -> None:
    page = Page(guarded, token=str(ENTRY.read))
    before = [run.id for run in catalogue.list_runs(runs)]
    request = launch_requests.ask("page", "resume", id="done")
    assert launch(page, "row", request)["error"] == access.NO_CHANGE
    client = guarded.server.test_client()
    for path in ("/archive?size=10", "/archive/x?at=0", "/archive/x/import", "/archive/x/drop"):
        headers = {**BEARER["read"], "X-Landscape": "1"}
        answer = client.post(path, headers=headers)
        assert answer.status_code == 403
        assert access.NO_CHANGE in answer.text
    asked = {f"{ids.DELETE_YES}.n_clicks": 1, f"{ids.DELETE_NAMES}.data": ["done"]}
    answer = page.call(f"{ids.DELETED}.data", asked, f"{ids.DELETE_YES}.n_clicks")
    assert access.NO_CHANGE in answer.text
    typed = [{"rowId": "done", "colId": "label", "value": "mine"}]
    changed = f"{ids.LIBRARY_GRID}.cellValueChanged"
    answer = page.call(f"{ids.LIBRARY_GRID}.rowTransaction", {changed: typed}, changed)
    assert access.NO_CHANGE in answer.text
    assert [run.id for run in catalogue.list_runs(runs)] == before
    assert notes.read(runs / "done").label == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "127.1", ""])
def test_what_others_can_reach_asks_for_a_token(runs: Path, host: str) -> None:
    assert serve.entry_of(runs, host, token=None, read=False) is not None
    with pytest.raises(ServeError, match="asks for a token"):
        serve.entry_of(runs, host, token=False, read=False)


@pytest.mark.parametrize(
    ("account", "asked"),
    [
        (SimpleNamespace(pw_name="ann", pw_uid=1001, pw_shell="/bin/bash"), True),
        (SimpleNamespace(pw_name="www", pw_uid=33, pw_shell="/bin/bash"), False),
        (SimpleNamespace(pw_name="svc", pw_uid=1002, pw_shell="/usr/sbin/nologin"), False),
        (SimpleNamespace(pw_name="nobody", pw_uid=65534, pw_shell="/bin/sh"), False),
    ],
)
def test_other_people_of_the_machine_are_told_apart_from_services(
    monkeypatch: pytest.MonkeyPatch, account: SimpleNamespace, asked: bool
) -> None:
    monkeypatch.setattr(listening.pwd, "getpwall", lambda: [account])
    assert listening.others() == [account.pw_name] * asked


@pytest.mark.parametrize(
    ("token", "read", "others", "asked"),
    [(None, 0, 0, 0), (True, 0, 0, 1), (None, 1, 0, 1), (None, 0, 1, 1), (False, 0, 1, 0)],
)
def test_on_this_machine_a_token_is_asked_for_where_one_is_wanted_or_others_are(
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    token: bool | None,
    read: int,
    others: int,
    asked: int,
) -> None:
    monkeypatch.setattr(listening, "others", lambda: ["ann"] * others)
    entry = serve.entry_of(runs, "127.0.0.1", token=token, read=bool(read))
    assert (entry is not None) == bool(asked)


def test_tokens_stay_and_differ(runs: Path, tmp_path: Path) -> None:
    own = access.of_user(runs, read=True)
    assert own == access.of_user(runs, read=True)
    elsewhere = access.of_user(tmp_path / "other", read=True)
    assert len({own.full, own.read, elsewhere.full, elsewhere.read}) == 4
    assert access.of_user(runs).read is None


@pytest.mark.parametrize("chosen", ["short", "with a space in the middle", "ü" * 20])
def test_a_weak_token_is_refused(runs: Path, monkeypatch: pytest.MonkeyPatch, chosen: str) -> None:
    monkeypatch.setenv("LANDSCAPE_TOKEN", chosen)
    with pytest.raises(ServeError, match="at least 16"):
        access.of_user(runs)


def test_equal_tokens_are_refused(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in access.TOKENS.values():
        monkeypatch.setenv(name, "x" * 20)
    with pytest.raises(ServeError, match="differ"):
        access.of_user(runs)


def test_other_names_of_the_server_are_those_that_were_given(guarded: Dash) -> None:
    for host, status in {"lab.example": 200, "localhost": 200, "evil.example": 400}.items():
        headers = {**BEARER["full"], "Host": host}
        assert guarded.server.test_client().get("/", headers=headers).status_code == status


def test_ready_tells_whether_runs_can_be_read(guarded: Dash, runs: Path) -> None:
    client = guarded.server.test_client()
    assert client.get("/readyz").status_code == 200
    runs.rename(runs.with_name("elsewhere"))
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").text == "ok\n"
