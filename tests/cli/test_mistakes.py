"""Laws of mistakes: each is one line on standard error and exit code 2, whether it is in the words
of a command or in a person's own code.
"""

from __future__ import annotations

import itertools
import socket

import pytest

from landscape_app.cli.main import main
from landscape_app.store.folder import STUDIES
from tests.cli.tiny import TINY, printed

MISTAKES = [
    (["run", "--regime", "por"], "Did you mean 'poor'"),
    (["run", "--epochs", "0"], "greater than or equal to 1"),
    (["run", "--epohcs", "3"], "--epohcs"),
    (["run", "--seeds", "1.5"], "--seeds: must be a whole number, not '1.5'."),
    (["run", "--seeds", "1_0"], "whole number, not '1_0'"),
    (["run", "--seeds", "0x3"], "whole number, not '0x3'"),
    (["run", "--width", "3.7"], "whole number, not '3.7'"),
    (["run", "--epochs", "-1"], "greater than or equal to 1, not -1"),
    (["surface", "one", "--points", "10.6"], "whole number, not '10.6'"),
    (["analyse", "one", "--k", "4.6"], "whole number, not '4.6'"),
    (["study", "s", "--resamples", "100.7"], "whole number, not '100.7'"),
    (["serve", "--port", "80.5"], "whole number, not '80.5'"),
    (["run", "--data", "d.npz"], "For a file give npz:d.npz."),
    (["run", "--data", "npz:~nobody9/d.npz"], "~nobody9/d.npz cannot be read"),
    (["run", "--data", "npz:."], "is a folder"),
    (["run", "--preset", "papr"], "Did you mean 'paper'"),
    (["run", "--data", "npz:/no/such/file.npz"], "no file"),
    (["run", "--data", "nothing_here:data"], "cannot be imported"),
    (["run", "--checkpoint", "/no/such.pt", *TINY], "no checkpoint"),
    (["run", "--network", "given"], "for explore"),
    (["run", "--network", "cnn", "--data", "blobs", "--regime", "plain"], "images"),
    (["run", "--device", "cuda", *TINY], "no CUDA device"),
    (["show", "nobody"], "nobody"),
    (["resume", "nobody"], "nobody"),
    (["delete", "one"], "--yes"),
    (["show", "../one"], "../one"),
    (["export", "nobody"], "nobody"),
    (["analyse", "nobody"], "nobody"),
    (["frobnicate"], "frobnicate"),
    (["serve", "--host", "0.0.0.0", "--no-token"], "0.0.0.0"),
]


@pytest.mark.parametrize(("argv", "words"), MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(capsys, runs, argv, words):
    where = [] if argv[0] == "frobnicate" else ["--runs", str(runs)]
    told = printed(capsys, *argv, *where, code=2)
    lines = [line for line in told.err.splitlines() if line.startswith("landscape: ")]
    assert len(lines) == 1
    assert words in lines[0]
    assert "Traceback" not in told.err


LEAVING = """
import sys
import torch
def data(): sys.exit("no GPU found")
def network(): sys.exit()
def interrupted(): raise KeyboardInterrupt
class Net(torch.nn.Linear):
    def __init__(self): super().__init__(2, 3)
    def forward(self, x): sys.exit(3)
"""


@pytest.mark.parametrize(
    ("chosen", "words", "code"),
    [
        (
            ["--network", "leaving_at_once:mk"],
            "'leaving_at_once:mk' ended the program (SystemExit: 2) when it was imported. Put",
            2,
        ),
        (["--network", "leaving:network"], "'leaving:network' ended the program (SystemExit", 2),
        (
            ["--data", "leaving:data"],
            "'leaving:data' ended the program (SystemExit: no GPU found)",
            2,
        ),
        (["--network", "leaving:Net"], "ended the program (SystemExit: 3)", 2),
        (["--data", "leaving:interrupted"], "cancelled", 130),
    ],
)
def test_a_persons_code_that_leaves_is_said_and_leaves_no_run(
    capsys, monkeypatch, tmp_path, chosen, words, code
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaving.py").write_text(LEAVING)
    (tmp_path / "leaving_at_once.py").write_text("raise SystemExit(2)")
    settings = dict(zip(TINY[::2], TINY[1::2], strict=True)) | {chosen[0]: chosen[1]}
    told = printed(
        capsys,
        "run",
        "--runs",
        "made",
        "--id",
        "left",
        *itertools.chain(*settings.items()),
        code=code,
    )
    lines = [line for line in told.err.splitlines() if line.startswith("landscape: ")]
    assert len(lines) == 1
    assert words in lines[0]
    assert code != 2 or not (tmp_path / "made" / "left").exists()


@pytest.mark.parametrize("command", ["show", "verify", "export", "analyse"])
def test_a_study_in_the_place_of_a_run_is_called_a_study(capsys, tmp_path, command):
    (tmp_path / STUDIES / "q4").mkdir(parents=True)
    assert "'q4' is a study" in printed(capsys, command, "q4", "--runs", str(tmp_path), code=2).err


def test_a_port_in_use_is_said(capsys, runs):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = printed(capsys, "serve", "--runs", str(runs), "--port", port, code=2)
    assert port in told.err


def test_the_same_name_twice_is_refused_and_a_bare_one_goes_on(capsys, runs):
    told = printed(capsys, "run", "--runs", str(runs), "--id", "one", *TINY, code=2)
    assert "landscape resume one" in told.err
    assert main(["run", "--runs", str(runs), "--id", "one"]) == 0
