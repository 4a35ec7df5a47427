"""Laws of the person's own folder: nobody else can enter it, it is no link, and a key is made once,
by whoever is first.
"""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from landscape_app import user_state
from landscape_app.errors import StorageError


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv(user_state.VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


def test_the_folder_is_made_for_this_user_alone_and_an_open_one_is_closed(own):
    assert stat.S_IMODE(user_state.folder().stat().st_mode) == 0o700
    own.chmod(0o777)
    assert stat.S_IMODE(user_state.folder().stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_link_or_a_file_in_its_place_is_refused(kind, own, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    own.symlink_to(tmp_path / "elsewhere") if kind == "link" else own.write_text("")
    with pytest.raises(StorageError, match="state folder"):
        user_state.folder()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_twenty_who_ask_at_once_get_the_same_key_and_another_name_has_another(own):
    with ThreadPoolExecutor(20) as pool:
        found = set(pool.map(lambda _: user_state.key("spec"), range(20)))
    assert len(found) == 1
    assert user_state.key("page") not in found
    assert [stat.S_IMODE(path.stat().st_mode) for path in own.iterdir()] == [0o600, 0o600]


def test_a_key_that_is_cut_or_a_link_is_refused(own, tmp_path):
    user_state.key("spec")
    (own / "spec.key").write_bytes(b"short")
    with pytest.raises(StorageError, match="damaged"):
        user_state.key("spec")
    (own / "spec.key").unlink()
    (tmp_path / "victim").write_bytes(bytes(32))
    (own / "spec.key").symlink_to(tmp_path / "victim")
    with pytest.raises(StorageError):
        user_state.key("spec")
