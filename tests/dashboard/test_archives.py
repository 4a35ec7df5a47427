"""Laws of archives on the page: what is downloaded can be uploaded, in pieces, one at a time, from
the page alone, within limits.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from landscape_app.dashboard import factory, guard, server_state, uploads
from landscape_app.dashboard.archives import AT_ONCE
from landscape_app.store import packing
from landscape_app.store.run import RunFolder
from tests.store import samples

FROM_PAGE = {"X-Landscape": "archive"}


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    samples.full_run(tmp_path / "theirs", "theirs")
    packing.write(tmp_path / "theirs", "theirs", tmp_path / "it.tar")
    return (tmp_path / "it.tar").read_bytes()


def post(client: FlaskClient, path: str, body: bytes = b"", headers: dict[str, str] = FROM_PAGE):
    return client.post(path, data=body, headers=headers)


def waiting(runs: Path) -> list[Path]:
    return list((server_state.folder(runs) / "uploads").iterdir())


def test_an_archive_is_received_in_pieces_and_imported(
    client: FlaskClient, runs: Path, archive: bytes
) -> None:
    token = post(client, f"/archive?size={len(archive)}").get_json()["token"]
    for at in range(0, len(archive), 5000):
        answer = post(client, f"/archive/{token}?at={at}", archive[at : at + 5000])
        assert answer.get_json() == {"at": min(at + 5000, len(archive))}
    assert post(client, f"/archive/{token}/import").get_json() == {
        "said": "Imported: theirs.",
        "id": "theirs",
    }
    assert RunFolder.open(runs, "theirs").damaged() == []
    assert waiting(runs) == []
    with client.get("/archive/theirs.tar") as answer:
        assert answer.data == archive
        assert answer.headers["Content-Disposition"] == 'attachment; filename="theirs.tar"'
        assert int(answer.headers["Content-Length"]) == len(archive)


def test_a_refusal_comes_in_the_words_of_the_command_line_and_nothing_is_left(
    client: FlaskClient, runs: Path, archive: bytes
) -> None:
    before = sorted(path.name for path in runs.iterdir())
    token = post(client, f"/archive?size={len(archive)}").get_json()["token"]
    post(client, f"/archive/{token}?at=0", archive[:-600])
    answer = post(client, f"/archive/{token}/import")
    assert answer.status_code == 422
    assert answer.get_json()["error"].startswith("The archive was not imported. It is cut")
    assert sorted(path.name for path in runs.iterdir()) == before
    assert waiting(runs) == []
    assert post(client, f"/archive/{token}/import").status_code == 422
    assert post(client, f"/archive/{token}?at=0", b"x").status_code == 422


def test_one_archive_at_a_time(
    client: FlaskClient, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = post(client, "/archive?size=9").get_json()["token"]
    answer = post(client, "/archive?size=9")
    assert answer.status_code == 409
    assert "Try again" in answer.get_json()["error"]
    post(client, f"/archive/{token}/drop")
    assert waiting(runs) == []
    post(client, "/archive?size=9")
    (silent,) = waiting(runs)
    factory.create(runs)
    assert waiting(runs) == [silent], "another server of the folder leaves it alone"
    os.utime(silent, (time.time() - uploads.SILENT - 1,) * 2)
    assert post(client, "/archive?size=8").status_code == 200, "what is silent is over"
    assert len(waiting(runs)) == 1


def test_an_import_at_work_is_not_disturbed(
    client: FlaskClient, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = post(client, "/archive?size=2").get_json()["token"]
    post(client, f"/archive/{token}?at=0", b"xx")

    def meanwhile(runs: Path, path: Path):
        os.utime(path, (time.time() - uploads.SILENT - 1,) * 2)
        assert post(client, f"/archive/{token}/import").status_code == 409
        assert post(client, "/archive?size=9").status_code == 409
        post(client, f"/archive/{token}/drop")
        assert path.exists()
        raise uploads.ArchiveError("done")

    monkeypatch.setattr(uploads, "_imported", meanwhile)
    assert post(client, f"/archive/{token}/import").get_json() == {"error": "done"}
    assert waiting(runs) == []


def test_an_archive_beyond_the_limit_is_refused_by_what_it_says_and_by_what_it_is(
    client: FlaskClient, runs: Path
) -> None:
    answer = post(client, f"/archive?size={uploads.LARGEST + 1}")
    assert answer.status_code == 413
    assert "513 MiB" in answer.get_json()["error"]
    assert "landscape import FILE" in answer.get_json()["error"]
    assert post(client, "/archive?size=0").status_code == 422
    token = post(client, "/archive?size=10").get_json()["token"]
    assert post(client, f"/archive/{token}?at=0", b"x" * 11).status_code == 422
    assert post(client, f"/archive/{token}?at=3", b"x").status_code == 422
    assert post(client, f"/archive/{token}?at=0", b"x" * 10).status_code == 200
    assert post(client, f"/archive/{token}?at=10", b"x").status_code == 422
    assert (
        post(client, f"/archive/{token}?at=10", b"x" * (guard.LARGEST_BODY + 1)).status_code == 413
    )


@pytest.mark.parametrize("size", ["", "-1", "1.5", "x", "9" * 40, "\u0663", "0x10"])
def test_a_size_that_is_none_is_a_bad_request(client: FlaskClient, size: str) -> None:
    assert post(client, f"/archive?size={size}").status_code == 400


@pytest.mark.parametrize("token", ["..", "%2e%2e%2fx", "0" * 32, "0" * 31 + "g", "a" * 400, "a\0b"])
def test_a_token_that_was_not_given_out_is_none(
    client: FlaskClient, runs: Path, token: str
) -> None:
    other_path = "%2f" in token  # no address of ours
    for path in (f"/archive/{token}?at=0", f"/archive/{token}/import"):
        assert post(client, path, b"x").status_code == (405 if other_path else 422)
    dropped = post(client, f"/archive/{token}/drop")
    assert dropped.status_code == (405 if other_path else 200)  # there is nothing to drop


@pytest.mark.parametrize(
    "path", ["/archive?size=9", "/archive/x?at=0", "/archive/x/import", "/archive/x/drop"]
)
@pytest.mark.parametrize(
    "headers", [{}, {**FROM_PAGE, "Origin": "https://evil.example"},
    {**FROM_PAGE, "Sec-Fetch-Site": "cross-site"}, {**FROM_PAGE, "Origin": "null"}]
)  # fmt: skip
def test_only_the_page_can_send_an_archive(
    client: FlaskClient, runs: Path, path: str, headers: dict[str, str]
) -> None:
    assert post(client, path, b"", headers).status_code == 403
    assert post(client, path, b"", {**FROM_PAGE, "Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "id",
    ["nothing", "..", "%2e%2e%2fsecret", "_data", "_studies", ".state", "broken", "A", "a" * 300],
)
def test_a_download_takes_ids_and_never_paths(client: FlaskClient, id: str) -> None:
    answer = client.get(f"/archive/{id}.tar")
    if "%2f" in id:  # no address of ours: the page itself
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
    else:
        refused = 422 if id == "broken" else 404
        assert (answer.status_code, answer.mimetype) == (refused, "text/plain")


def test_a_download_is_for_this_page_and_two_go_on_at_once(client: FlaskClient, runs: Path) -> None:
    assert (
        client.get("/archive/done.tar", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )
    for _ in range(AT_ONCE + 1):
        client.get("/archive/nothing.tar")  # a refusal keeps no place
    for _ in range(AT_ONCE + 1):
        client.head("/archive/done.tar").close()
    held = [client.get("/archive/done.tar") for _ in range(AT_ONCE)]
    assert client.get("/archive/done.tar").status_code == 429
    for answer in held:
        answer.close()
    with client.get("/archive/both.tar") as answer:
        assert answer.status_code == 200


def test_the_lasso_of_every_snapshot_of_four_runs_fits_into_a_request() -> None:
    sets = {f"{'a' * 60}-{number}": list(range(20_001)) for number in range(4)}
    assert (
        len(
            json.dumps(
                {"kind": "lasso", "run": next(iter(sets)), "sets": sets, "serial": 1},
                separators=(",", ":"),
            )
        )
        < guard.LARGEST_BODY / 2
    )


def test_the_jobs_page_offers_both(app: Dash, client: FlaskClient, runs: Path) -> None:
    from landscape_app.dashboard.common.board import Board
    from landscape_app.dashboard.jobs import details

    shown = str(details.details(Board(runs), runs, "done"))
    assert "/archive/done.tar" in shown
    assert "data=1" not in shown
    assert factory.assets().joinpath("archives.js").is_file()
