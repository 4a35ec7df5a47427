"""The server as a process: refuses what it cannot do in one line and exit code 2, ends at once when
asked, leaves jobs alone.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from landscape_app.dashboard import guard, listening, serve
from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.dashboard.common.board import Board
from landscape_app.errors import ServeError
from landscape_app.jobs.cancel import cancel
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.conftest import TINY
from tests.patience import patience

COMMAND = [sys.executable, "-m", "landscape_app", "serve"]
LARGE = "/_dash-component-suites/plotly/package_data/plotly.min.js"


def free_port() -> int:
    with socket.socket() as channel:
        channel.bind(("127.0.0.1", 0))
        return int(channel.getsockname()[1])


@contextlib.contextmanager
def server(runs: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A real server on `port`, answering."""
    process = subprocess.Popen(
        [*COMMAND, "--runs", str(runs), "--port", str(port), "--no-token"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + patience(30)
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(OSError):
                if get(port, "/_dash-layout") == 200:
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def refused(*arguments: str) -> str:
    """The one line that the command says; its exit code is 2."""
    said = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=patience(60), check=False
    )
    assert said.returncode == 2, said.stderr
    assert said.stdout == ""
    (line,) = said.stderr.strip().splitlines()
    return line


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is in use" in refused(
            "--runs", str(tmp_path / "runs"), "--port", str(port)
        )
    assert not (tmp_path / "runs").exists(), (
        "nothing is made or launched before it is known to work"
    )


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in refused(
        "--runs", str(tmp_path / "file"), "--port", str(free_port())
    )


@pytest.mark.parametrize("host", ["::", "192.0.2.5", "127.0.0.1.invalid", "localhost.invalid"])
def test_an_address_of_another_machine_is_said(host: str) -> None:
    with pytest.raises(ServeError, match="address of this machine"):
        listening.listener(host, 0)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_said(port: int) -> None:
    with pytest.raises(ServeError, match="between 0 and 65535"):
        listening.listener("127.0.0.1", port)


@pytest.mark.slow
def test_ctrl_c_ends_it_within_two_seconds_and_frees_the_port_while_a_job_goes_on(
    tmp_path: Path,
) -> None:
    runs, port = tmp_path / "runs", free_port()
    run = RunFolder.create(runs, "long", parse(RunSpec, {**TINY, "train_epochs": 100_000}))
    try:
        with server(runs, port) as process:
            large_bodies(port)
            resume(port)
            held = _until(lambda: lock.holder(run.path / lock.NAME))
            process.send_signal(signal.SIGINT)
            begun = time.monotonic()
            assert process.wait(timeout=patience(10)) == 0
            assert time.monotonic() - begun < patience(2.0)
            with listening.listener("127.0.0.1", port):
                pass
            assert lock.holder(run.path / lock.NAME) == held, "the job is no part of the server"
        assert [entry.id for entry in Board(runs).live()] == ["long"], (
            "and whoever looks next sees it"
        )
    finally:
        cancel(run.path)
        _until(lambda: lock.holder(run.path / lock.NAME) is None)


@pytest.mark.slow
def test_a_sigterm_lets_answers_that_are_on_their_way_arrive_whole(tmp_path: Path) -> None:
    port = free_port()
    with server(tmp_path / "runs", port) as process:
        whole = got(port, LARGE)
        assert len(whole) > 2**21, "more than the buffers of the connection hold"
        with socket.create_connection(("127.0.0.1", port), timeout=patience(20)) as channel:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
            channel.sendall(f"GET {LARGE} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            answer = http.client.HTTPResponse(channel)
            answer.begin()
            first = answer.read(1000)
            process.send_signal(signal.SIGTERM)
            _until(lambda: silent(port))
            assert process.poll() is None
            assert first + answer.read() == whole
            answer.close()
        assert process.wait(timeout=patience(10)) == 0


def got(port: int, path: str) -> bytes:
    """What the server answers to one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    connection.request("GET", path)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def silent(port: int) -> bool:
    """Whether nobody listens at `port`."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


def large_bodies(port: int) -> None:
    """A body beyond the limit is refused by its header alone, also while others send theirs
    slowly.
    """
    head = "POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\nx"
    with contextlib.ExitStack() as stack:
        for _ in range(2 * serve.THREADS):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(
                head.format(guard.LARGEST_BODY).encode()
            )
        channel = stack.enter_context(
            socket.create_connection(("127.0.0.1", port), timeout=patience(10))
        )
        channel.sendall(head.format(guard.LARGEST_BODY + 1).encode())
        assert channel.recv(100).startswith(b"HTTP/1.1 413")


def resume(port: int) -> None:
    """A click on Start in the row of the run "long", through the server's background callback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    request = launch_requests.ask("page", "resume", id="long")
    body = {
        "output": f"{ids.launched('row')}.data",
        "outputs": {"id": ids.launched("row"), "property": "data"},
        "inputs": [{"id": ids.request("row"), "property": "data", "value": request}],
        "changedPropIds": [f"{ids.request('row')}.data"],
    }
    connection.request(
        "POST", "/_dash-update-component", json.dumps(body), {"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    assert answer.status == 200
    assert "job" in json.loads(answer.read())
    connection.close()


def _until(found: object, seconds: float = 20.0) -> object:
    end = time.monotonic() + patience(seconds)
    while not (value := found()):  # type: ignore[operator]
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)
    return value


def test_the_quickstart_is_launched_once_and_never_over_another(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    ids_ = [
        RunFolder.create(
            runs, f"quickstart-{regime}", parse(RunSpec, {**TINY, "regime": regime})
        ).id
        for regime in ("plain", "poor")
    ]
    study = StudyFolder.create(runs, "quickstart", ids_, AnalysisSpec(), made_by="quickstart")
    serve.launch_quickstart(runs)
    assert lock.holder(study.path / lock.NAME) is None, (
        "one that was interrupted is offered, not resumed unasked"
    )
    assert not list((runs / "quickstart-plain" / "chunks").iterdir())
