"""Laws of the command line: results on standard output, mistakes in one line and exit code 2, every
command explains itself.
"""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import socket

import numpy as np
import pytest

from landscape_app import check_table
from landscape_app.cli.main import app, main
from landscape_app.settings import CurvatureSpec
from landscape_app.store import derived, verdict
from landscape_app.store.folder import STUDIES
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun
from tests.store.samples import full_run

TINY = [
    "--data",
    "blobs",
    "--network",
    "mlp-small",
    "--regime",
    "plain",
    "--train-epochs",
    "6",
    "--epochs",
    "10",
    "--seeds",
    "3",
]
COMMANDS = [
    "quickstart",
    "run",
    "resume",
    "analyse",
    "list",
    "show",
    "verify",
    "note",
    "delete",
    "figure",
    "report",
    "export",
    "import",
    "serve",
    "bench",
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with two analysed tiny runs, made by the command itself."""
    folder = tmp_path_factory.mktemp("runs")
    for flag, name, seed in (("--id", "one", "0"), ("--name", "two", "1")):
        assert main(["run", "--runs", str(folder), flag, name, "--seed", seed, *TINY]) == 0
    return folder


def said(capsys, *argv, code=0):
    """(standard output, standard error) of a command that ends with `code`."""
    capsys.readouterr()
    assert main([*argv]) == code
    return capsys.readouterr()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(capsys, command):
    out = said(capsys, command, "--help").out
    assert "Usage" in out
    assert len(out) > 100


def test_the_documentation_names_every_command_and_no_other(request):
    readme = (request.config.rootpath / "README.md").read_text()
    for command in app:
        if not command.startswith("-"):
            assert f"landscape {command}" in readme or f"| {command} " in readme, command


def test_list_show_and_verify_speak_of_the_run(capsys, runs):
    rows = json.loads(said(capsys, "list", "--runs", str(runs), "--json").out)
    assert {(row["id"], row["state"]) for row in rows} >= {("one", "finished"), ("two", "finished")}
    assert "blobs" in said(capsys, "list", "--runs", str(runs)).out
    shown = json.loads(said(capsys, "show", "one", "--runs", str(runs), "--json").out)
    assert shown["report"]["snapshots"] == RunFolder.open(runs, "one").spec.snapshots
    assert shown["settings"]["data"] == "blobs"
    assert "gap" in said(capsys, "show", "one", "--runs", str(runs)).out
    capsys.readouterr()
    code = main(["verify", "one", "--runs", str(runs), "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    failed = {check["name"] for check in checks if check_table.verdict(check) is False}
    assert failed <= {"embedding", "trustworthiness", "stability"}
    assert code == (1 if failed else 0)


def test_show_of_several_runs_says_what_differs_between_them(capsys, runs):
    told = said(capsys, "show", "one", "two", "--runs", str(runs)).out
    shown = json.loads(said(capsys, "show", "one", "two", "--runs", str(runs), "--json").out)
    first, second = (OpenRun(RunFolder.open(runs, id)) for id in ("one", "two"))
    assert shown["sentences"] == list(first.finding(second).sentences)
    assert shown["reasons"] == list(first.finding(second).reasons)
    assert all(sentence in told for sentence in shown["sentences"] + shown["reasons"])
    assert "one" in shown["sentences"][0]
    said(capsys, "show", "one", "../two", "--runs", str(runs), code=2)


def test_verify_keeps_its_answer_only_when_asked_to_and_of_whole_runs(capsys, runs):
    before = derived.find(runs / "two", "checks")
    main(["verify", "two", "--runs", str(runs)])
    assert derived.find(runs / "two", "checks").created == before.created
    assert main(["verify", "two", "--runs", str(runs), "--store"]) in (0, 1)
    after = derived.find(runs / "two", "checks")
    assert after.created > before.created
    assert [one.path for one in derived.all(runs / "two", "checks")] == [after.path], (
        "of the same analysis: it takes the old one's place"
    )
    RunFolder.create(runs, "part", RunFolder.open(runs, "two").spec)
    assert (
        "nothing to verify"
        in said(capsys, "verify", "part", "--runs", str(runs), "--store", code=2).err
    )


def test_a_flipped_bit_fails_verify_with_exit_code_1(capsys, runs):
    shutil.copytree(runs / "one", runs / "flipped")
    victim = runs / "flipped" / RunFolder.open(runs, "flipped").committed("chunk")[0]["file"]
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    told = said(capsys, "verify", "flipped", "--runs", str(runs), code=1)
    assert "File hashes" in told.err
    assert victim.name in told.out
    for words in (
        said(capsys, "list", "--runs", str(runs)).out,
        said(capsys, "show", "flipped", "--runs", str(runs)).out,
    ):
        assert ", damaged" in words
        assert "snapshots (trajector" in words
        assert f"landscape resume flipped --runs {runs}" in words
    (row,) = [
        row
        for row in json.loads(said(capsys, "list", "--runs", str(runs), "--json").out)
        if row["id"] == "flipped"
    ]
    assert row["damaged"]["files"] == [f"chunks/{victim.name}"]
    assert main(["resume", "flipped", "--runs", str(runs)]) == 0
    assert not RunFolder.open(runs, "flipped").damaged()
    assert (
        json.loads(said(capsys, "show", "flipped", "--runs", str(runs), "--json").out)["damaged"]
        is None
    )
    assert "landscape resume flipped" not in said(capsys, "list", "--runs", str(runs)).out


def test_show_says_how_a_job_that_crashed_is_done_again(capsys, runs):
    settings = CurvatureSpec().model_dump(mode="json")
    status = {
        "state": "running",
        "pid": 1,
        "command": "curvature",
        "settings": settings,
        "queued": 1.0,
        "started": 1.0,
        "updated": 2.0,
    }
    path = runs / "one" / "status.json"
    before = path.read_bytes()
    path.write_text(json.dumps(status))
    told = said(capsys, "show", "one", "--runs", str(runs)).out
    path.write_bytes(before)
    assert "Last job: curvature interrupted" in told
    assert f"Do it again: landscape resume one --runs {runs}\n" in told
    assert "Do it again" not in said(capsys, "show", "one", "--runs", str(runs)).out


def test_a_lost_anchor_is_said_with_what_follows_and_comes_back(capsys, runs):
    shutil.copytree(runs / "one", runs / "adrift")
    before = derived.find(runs / "adrift", "checks")
    (runs / "adrift" / "anchor.safetensors").unlink()
    told = said(capsys, "show", "adrift", "--runs", str(runs)).out
    assert "damaged: the anchor" in told
    assert "no surface, curvature or climb" in told
    main(["verify", "adrift", "--runs", str(runs), "--store"])  # stored while it is damaged
    assert derived.find(runs / "adrift", "checks").created > before.created
    assert main(["resume", "adrift", "--runs", str(runs)]) == 0
    after = verdict.opened(RunFolder.open(runs, "adrift").inventory())
    assert not after.damage
    assert "File hashes" not in after.failed
    listed = verdict.read(runs / "adrift")
    assert (listed.failed, bool(listed.damage)) == (after.failed, False)


@pytest.mark.parametrize("lost", ["*-00000-*", "*"])
def test_whatever_chunks_are_lost_verify_and_show_say_so_without_a_traceback(capsys, runs, lost):
    name = f"lost-{len(lost)}"
    shutil.copytree(runs / "one", runs / name)
    for chunk in (runs / name / "chunks").glob(f"{lost}.safetensors"):
        if not chunk.name.startswith("base"):
            chunk.unlink()
    told = said(capsys, "verify", name, "--runs", str(runs), code=1)
    assert "checks failed" in told.err
    assert "Traceback" not in told.err
    said(capsys, "show", name, "--runs", str(runs))
    said(capsys, "list", "--runs", str(runs))
    analysed = main(["analyse", name, "--runs", str(runs)])
    assert analysed in (0, 2)
    assert "Traceback" not in capsys.readouterr().err
    assert main(["resume", name, "--runs", str(runs)]) == 0
    assert not RunFolder.open(runs, name).damaged()


@pytest.mark.slow
def test_runs_are_compared_at_one_t_and_jointly(capsys, runs):
    result = json.loads(
        said(capsys, "analyse", "one", "two", "--runs", str(runs), "--study", "both", "--json").out
    )
    assert result["joint"]["t"] is not None
    assert len({run["embedding"]["t"] for run in result["runs"]}) == 1
    assert "both" in said(capsys, "list", "--runs", str(runs)).out


def test_an_export_is_what_was_stored(capsys, runs, tmp_path):
    said(capsys, "export", "one", "--runs", str(runs), "--to", str(tmp_path))
    with np.load(tmp_path / "one.npz") as packed, (tmp_path / "one.csv").open() as text:
        lines = list(csv.DictReader(text))
        assert len(lines) == len(packed["delta"]) == RunFolder.open(runs, "one").spec.snapshots
        np.testing.assert_allclose(
            [float(line["train_loss"]) for line in lines], packed["train_loss"]
        )
        np.testing.assert_allclose(
            np.linalg.norm(packed["delta"], axis=1), packed["distance"], rtol=1e-5
        )
        function = derived.find(runs / "one", "function_space").arrays["distance"]
        np.testing.assert_allclose(packed["function_distance"], function)
        embedded = {"phate": ("phate", "euclidean"), "function_phate": ("phate", "softmax")}
        embedded["function_mds"] = ("metric-mds", "softmax")
        for name, (method, distance) in embedded.items():
            at = {"method": method, "distance": distance, "dims": 3}
            places = derived.find(runs / "one", "embedding", **at).arrays["coordinates"]
            columns = [packed[f"{name}_{axis}"] for axis in (1, 2, 3)]
            np.testing.assert_allclose(np.stack(columns, axis=1), places, rtol=1e-6)


def test_a_run_of_ones_own_module_and_data_has_nothing_added_to_it_and_says_so(
    capsys, caplog, runs, tmp_path, monkeypatch
):
    caplog.set_level("INFO", "landscape")
    (tmp_path / "mine_for_landscape.py").write_text(
        "import numpy as np, torch\n"
        "def network(shape, outputs): return torch.nn.Linear(shape[0], outputs)\n"
        "def data():\n"
        "    x = np.linspace(-1, 1, 60, dtype=np.float32).reshape(30, 2)\n"
        "    y = (x[:, 0] > 0).astype(int)\n"
        "    return (x, y), (x, y)\n"
    )
    monkeypatch.chdir(tmp_path)
    names = ["--network", "mine_for_landscape:network", "--data", "mine_for_landscape:data"]
    assert (
        main(
            [
                "run",
                "--runs",
                str(runs),
                "--id",
                "own",
                "--train-epochs",
                "3",
                "--epochs",
                "2",
                "--no-analyse",
                *names,
            ]
        )
        == 0
    )
    made = RunFolder.open(runs, "own")
    assert made.finished
    assert (made.spec.regime, made.spec.weight_decay, made.spec.augmentation) == (
        "given",
        0.0,
        False,
    )
    assert "nothing is added to your network. Weight decay 0, no augmentation." in caplog.text


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
    (["serve", "--host", "0.0.0.0"], "0.0.0.0"),
]


@pytest.mark.parametrize(("argv", "words"), MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(capsys, runs, argv, words):
    where = [] if argv[0] == "frobnicate" else ["--runs", str(runs)]
    told = said(capsys, *argv, *where, code=2)
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
    told = said(
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
    assert "'q4' is a study" in said(capsys, command, "q4", "--runs", str(tmp_path), code=2).err


def test_a_port_in_use_is_said(capsys, runs):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = said(capsys, "serve", "--runs", str(runs), "--port", port, code=2)
    assert port in told.err


def test_deleting_takes_the_run_and_nothing_else(capsys, runs):
    shutil.copytree(runs / "one", runs / "doomed")
    said(capsys, "delete", "doomed", "--runs", str(runs), "--yes")
    left = {
        row["id"] for row in json.loads(said(capsys, "list", "--runs", str(runs), "--json").out)
    }
    assert "doomed" not in left
    assert {"one", "two"} <= left


def test_the_same_name_twice_is_refused_and_a_bare_one_goes_on(capsys, runs):
    told = said(capsys, "run", "--runs", str(runs), "--id", "one", *TINY, code=2)
    assert "landscape resume one" in told.err
    assert main(["run", "--runs", str(runs), "--id", "one"]) == 0


def test_a_run_goes_from_one_folder_to_another_in_one_file(tmp_path, capsys):
    run = full_run(tmp_path / "here", "one")
    file = str(tmp_path / "one.tar")
    assert main(["export", "one", "--runs", str(tmp_path / "here"), "--archive", file]) == 0
    assert "the run one, 7 files" in capsys.readouterr().out
    assert main(["import", file, "--runs", str(tmp_path / "there")]) == 0
    assert capsys.readouterr().out == "Imported: one.\n"
    assert main(["import", file, "--runs", str(tmp_path / "there")]) == 0
    assert capsys.readouterr().out == "one is there already, with the same content.\n"
    assert main(["import", file, "--runs", str(tmp_path / "there"), "--id", "two", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == ["two"]
    assert main(["verify", "two", "--runs", str(tmp_path / "there"), "--json"]) in (0, 1)
    assert main(["import", file, "--runs", str(tmp_path / "there"), "--id", "../two"]) == 2
    assert main(["import", __file__, "--runs", str(tmp_path / "there")]) == 2
    assert "not an archive of runs" in capsys.readouterr().err
    assert main(["export", "one", "--runs", str(tmp_path / "here"), "--with-data"]) == 2
    assert (
        main(
            [
                "export",
                "one",
                "--runs",
                str(tmp_path / "here"),
                "--archive",
                f"{file}.2",
                "--to",
                str(tmp_path),
            ]
        )
        == 2
    )
    assert not (tmp_path / "one.tar.2").exists()
    assert run.damaged() == []
