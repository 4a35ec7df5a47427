"""Laws of the command line: results on standard output, mistakes in one line and exit code 2, every
command explains itself.
"""

from __future__ import annotations

import json
import shutil

import pytest

from landscape_app import check_table
from landscape_app.cli.main import app, main
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun
from tests.cli.tiny import printed

COMMANDS = [name for name in app if not name.startswith("-")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(capsys, command):
    out = printed(capsys, command, "--help").out
    assert "Usage" in out
    assert len(out) > 100


def test_the_documentation_names_every_command_and_no_other(request):
    readme = (request.config.rootpath / "README.md").read_text()
    for command in COMMANDS:
        assert f"landscape {command}" in readme or f"| {command} " in readme, command


def test_list_show_and_verify_speak_of_the_run(capsys, runs):
    rows = json.loads(printed(capsys, "list", "--runs", str(runs), "--json").out)
    assert {(row["id"], row["state"]) for row in rows} >= {("one", "finished"), ("two", "finished")}
    assert "blobs" in printed(capsys, "list", "--runs", str(runs)).out
    shown = json.loads(printed(capsys, "show", "one", "--runs", str(runs), "--json").out)
    assert shown["report"]["snapshots"] == RunFolder.open(runs, "one").spec.snapshots
    assert shown["settings"]["data"] == "blobs"
    assert "gap" in printed(capsys, "show", "one", "--runs", str(runs)).out
    capsys.readouterr()
    code = main(["verify", "one", "--runs", str(runs), "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    failed = {check["name"] for check in checks if check_table.verdict(check) is False}
    assert failed <= {"embedding", "trustworthiness", "stability"}
    assert code == (1 if failed else 0)


def test_show_of_several_runs_says_what_differs_between_them(capsys, runs):
    told = printed(capsys, "show", "one", "two", "--runs", str(runs)).out
    shown = json.loads(printed(capsys, "show", "one", "two", "--runs", str(runs), "--json").out)
    first, second = (OpenRun(RunFolder.open(runs, id)) for id in ("one", "two"))
    assert shown["sentences"] == list(first.finding(second).sentences)
    assert shown["reasons"] == list(first.finding(second).reasons)
    assert all(sentence in told for sentence in shown["sentences"] + shown["reasons"])
    assert "one" in shown["sentences"][0]
    printed(capsys, "show", "one", "../two", "--runs", str(runs), code=2)


def test_verify_keeps_its_answer_only_when_asked_to_and_of_whole_runs(capsys, runs):
    before = derived.find(runs / "two", "checks")
    main(["verify", "two", "--runs", str(runs)])
    assert derived.find(runs / "two", "checks").created == before.created
    assert main(["verify", "two", "--runs", str(runs), "--store"]) in (0, 1)
    after = derived.find(runs / "two", "checks")
    assert after.created > before.created
    assert [stored.path for stored in derived.all(runs / "two", "checks")] == [after.path], (
        "of the same analysis: it takes the old one's place"
    )
    RunFolder.create(runs, "part", RunFolder.open(runs, "two").spec)
    told = printed(capsys, "verify", "part", "--runs", str(runs), "--store", code=2)
    assert "nothing to verify" in told.err


@pytest.mark.slow
def test_runs_are_compared_at_one_t_and_jointly(capsys, runs):
    asked = ["analyse", "one", "two", "--runs", str(runs), "--study", "both", "--json"]
    result = json.loads(printed(capsys, *asked).out)
    assert result["joint"]["t"] is not None
    assert len({run["embedding"]["t"] for run in result["runs"]}) == 1
    assert "both" in printed(capsys, "list", "--runs", str(runs)).out


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
    short = ["--train-epochs", "3", "--epochs", "2", "--no-analyse"]
    assert main(["run", "--runs", str(runs), "--id", "own", *short, *names]) == 0
    made = RunFolder.open(runs, "own")
    assert made.finished
    spec = made.spec
    assert (spec.regime, spec.weight_decay, spec.augmentation) == ("given", 0.0, False)
    assert "nothing is added to your network. Weight decay 0, no augmentation." in caplog.text


def test_deleting_takes_the_run_and_nothing_else(capsys, runs):
    shutil.copytree(runs / "one", runs / "doomed")
    printed(capsys, "delete", "doomed", "--runs", str(runs), "--yes")
    left = {
        row["id"] for row in json.loads(printed(capsys, "list", "--runs", str(runs), "--json").out)
    }
    assert "doomed" not in left
    assert {"one", "two"} <= left
