"""A spec is no permission: what a stranger's settings name is neither imported nor opened, by no
command and no button, unasked.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app import explore
from landscape_app.cli.main import app, main
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.jobs.details import details
from landscape_app.dashboard.launch import child, starts
from landscape_app.errors import LandscapeError, TrustError
from landscape_app.jobs import launch
from landscape_app.networks.mlp import build
from landscape_app.pipeline import studies
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import journal, signature, sources
from landscape_app.store.run import RunFolder
from landscape_app.store.study import REGIMES, StudyFolder
from landscape_app.study_settings import parse_study
from tests.patience import patience

CODE = "strangers_code"
QUICK = ["--train-epochs", "1", "--epochs", "4", "--seeds", "2"]
MODULE = """
from pathlib import Path
import numpy as np
from landscape_app.networks.mlp import build

Path({marker!r}).write_text("imported")

def make(shape, outputs):
    return build(shape, outputs, width=4, depth=1, dropout=0.0)

def load():
    x = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    return (x[:24], np.arange(24) % 2), (x[24:], np.arange(16) % 2)
"""

_watched: set[str] = set()  # paths that must not be opened
_opened: list[str] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if (
        event == "open"
        and _watched
        and isinstance(arguments[0], (str, bytes))
        and os.fsdecode(arguments[0]) in _watched
    ):
        _opened.append(os.fsdecode(arguments[0]))
        raise PermissionError("a stranger's file")


sys.addaudithook(_hook)  # a hook stays; it looks at nothing while nothing is watched


@dataclass(frozen=True)
class Stranger:
    """What somebody made elsewhere: runs, and beside them the code and the files that their
    settings name.
    """

    runs: Path
    marker: Path
    files: tuple[Path, ...]

    @property
    def untouched(self) -> bool:
        return not self.marker.exists() and CODE not in sys.modules and not _opened


def _files(folder: Path) -> tuple[Path, Path]:
    x, y = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32), np.arange(40) % 2
    np.savez(folder / "table.npz", x_train=x[:24], y_train=y[:24], x_test=x[24:], y_test=y[24:])
    torch.save(build((4,), 2, width=4, depth=1, dropout=0.0).state_dict(), folder / "weights.pt")
    return folder / "table.npz", folder / "weights.pt"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """Made with another key: a run of a module, a file and a checkpoint; one of the module's data;
    a study of such a grid.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    runs, marker = folder / "runs", folder / "marker"
    (folder / f"{CODE}.py").write_text(MODULE.format(marker=str(marker)))
    table, weights = _files(folder)
    own = os.environ["LANDSCAPE_STATE"]
    os.environ["LANDSCAPE_STATE"] = str(folder / "state")
    sys.path.insert(0, str(folder))
    try:
        named = [
            "--network",
            f"{CODE}:make",
            "--data",
            f"npz:{table}",
            "--checkpoint",
            str(weights),
        ]
        assert (
            main(["run", "--runs", str(runs), "--id", "theirs", *named, *QUICK, "--no-analyse"])
            == 0
        )
        assert (
            main(
                [
                    "run",
                    "--runs",
                    str(runs),
                    "--id",
                    "arrays",
                    "--data",
                    f"{CODE}:load",
                    "--network",
                    "mlp-small",
                    *QUICK,
                    "--no-analyse",
                ]
            )
            == 0
        )
        only = ["--data", f"npz:{table}", "--network", "mlp-small"]
        assert (
            main(["run", "--runs", str(runs), "--id", "file", *only, *QUICK, "--no-analyse"]) == 0
        )
        assert (
            main(
                [
                    "run",
                    "--runs",
                    str(runs),
                    "--id",
                    "plain",
                    "--data",
                    "blobs",
                    "--network",
                    "mlp-small",
                    *QUICK,
                    "--no-analyse",
                ]
            )
            == 0
        )
        studies.open_study(
            runs,
            parse_study(
                {
                    "name": "grid",
                    "networks": [f"{CODE}:make"],
                    "seeds": 5,
                    "settings": {"data": f"npz:{table}"},
                }
            ),
        )
        yield Stranger(runs, marker, (table, weights))
    finally:
        os.environ["LANDSCAPE_STATE"] = own
        sys.path.remove(str(folder))
        sys.modules.pop(CODE, None)


class Bomb:
    """A pickle that writes a file when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.marker}",)


@pytest.fixture
def stranger(
    elsewhere: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stranger]:
    """A copy of the runs in the hands of a user who made none of them; the files they name have
    become a pipe and a bomb.
    """
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    runs = tmp_path / "runs"
    shutil.copytree(elsewhere.runs, runs)
    table, weights = elsewhere.files
    originals = [path.read_bytes() for path in elsewhere.files]
    table.unlink()
    os.mkfifo(table)
    weights.write_bytes(pickle.dumps(Bomb(elsewhere.marker)))
    elsewhere.marker.unlink(missing_ok=True)
    sys.modules.pop(CODE, None)
    _watched.update(map(str, elsewhere.files))
    try:
        yield Stranger(runs, elsewhere.marker, elsewhere.files)
    finally:
        _watched.clear()
        _opened.clear()
        table.unlink()
        for path, content in zip(elsewhere.files, originals, strict=True):
            path.write_bytes(content)


def edited(run: Path, dropped: Any = lambda line: False) -> None:
    """The run's journal, its lines changed, or dropped where `dropped` is true, as a stranger can
    who knows the format.
    """
    path = run / "journal.jsonl"
    lines = [line for line in journal.decode(path.read_bytes())[0] if not dropped(line)]
    path.write_bytes(b"".join(map(journal.encode, lines)))


def hostile(stranger: Stranger) -> Stranger:
    """The same without anything that is kept, with a run that is not done, and with a quickstart
    study of such runs.
    """
    shutil.rmtree(stranger.runs / "_data")
    shutil.copytree(stranger.runs / "theirs", stranger.runs / "begun")
    edited(stranger.runs / "begun", lambda line: line["kind"] == "finished")
    for regime in REGIMES:
        shutil.copytree(stranger.runs / "begun", stranger.runs / f"quickstart-{regime}")
    StudyFolder.create(
        stranger.runs,
        "quickstart",
        [f"quickstart-{regime}" for regime in REGIMES],
        AnalysisSpec(),
        made_by="quickstart",
    )
    shutil.rmtree(stranger.runs / "grid-s3")  # a run of the grid that is still to be made
    return stranger


ANALYSIS = ["--methods", "pca", "--stability", "0", "--null-repeats", "0", "--loss-repeats", "0"]
COMMANDS = {  # command -> whether it says what it would import and open
    ("resume", "theirs"): True,
    ("resume", "begun"): True,
    ("run", "--id", "theirs"): True,
    ("verify", "theirs"): True,
    ("verify", "theirs", "--store"): True,
    ("curvature", "theirs"): True,
    ("surface", "theirs"): True,
    ("sample", "theirs"): True,
    ("analyse", "theirs", "--t", "3", *ANALYSIS): False,
    ("resume", "grid"): True,
    ("study", "grid"): True,
    ("study", "grid", "--only-table"): False,
    ("experiment", "grid"): False,
    ("paper", "grid"): False,
    ("quickstart",): True,
    ("resume", "quickstart"): True,
    ("list",): False,
    ("jobs", "--all"): False,
    ("gc",): False,
    ("show", "theirs"): False,
    ("export", "theirs", "--to", "out"): False,
    ("figure", "theirs", "--panel", "curves", "--to", "curves.json"): False,
    ("report", "theirs", "--to", "report.html"): False,
    ("note", "theirs", "--label", "theirs"): False,
}


OTHERS = {"bench", "measures", "cancel", "delete", "import", "serve"}


def test_no_command_imports_or_opens_what_a_strangers_settings_name(
    stranger: Stranger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    hostile(stranger)
    monkeypatch.chdir(tmp_path)
    for command, told in COMMANDS.items():
        capsys.readouterr()
        code = main([*command, "--runs", str(stranger.runs)])
        assert stranger.untouched, command
        said = "".join(capsys.readouterr())
        if told:
            assert code == (0 if command[0] == "verify" else 2), (command, said)
            assert f"'{CODE}:make'" in said, (command, said)
            assert f"'{stranger.files[0]}'" in said, (command, said)
            assert "not made by you on this machine" in said, command
            assert "--trust" in said
    # nothing is made, and signed, for a stranger's grid
    assert not (stranger.runs / "grid-s3").exists()


def test_no_command_is_forgotten_here() -> None:
    """Those left out show nothing of a spec, or have tests of their own (archives); a new command
    belongs into the table.
    """
    assert {command[0] for command in COMMANDS} == {
        name for name in app if not name.startswith("-")
    } - OTHERS


def test_no_button_does(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile(stranger)
    monkeypatch.setattr(launch, "launch", lambda folder, argv, **_: main(list(argv)))
    values = parse(RunSpec, {"data": "blobs", "network": "mlp-small"}).model_dump(mode="json")
    requests: dict[str, list[dict[str, Any]]] = {
        "resume": [{"id": "begun"}, {"id": "grid"}, {"id": "grid-s0"}, {"id": "quickstart"}],
        "curvature": [{"ids": ["theirs"]}],
        "surface": [{"ids": ["theirs"], "kind": "line", "points": 3}],
        "verify": [{"ids": ["theirs"]}],
        "analyse": [
            {
                "ids": ["theirs"],
                "analysis": {
                    "methods": ["pca"],
                    "stability": 0,
                    "t": 4,
                    "null_repeats": 0,
                    "loss_repeats": 0,
                },
            }
        ],
        "quickstart": [{}],
        "run": [{"specs": [{**values, "network": f"{CODE}:make"}]}],
        "study": [{"study": {"name": "mine", "networks": [f"{CODE}:make"]}}],
        "lesson": [{"lesson": f"{CODE}:make"}],
        "paper": [{"id": "grid"}],
        "preset": [{"preset": f"{CODE}:make"}],
    }
    assert set(requests) == set(starts.STARTS)
    for do, asked in requests.items():
        for one in asked:
            answer = child.launch(stranger.runs, launch_requests.ask("page", do, **one))
            assert stranger.untouched, one
            if do in ("resume", "curvature", "surface", "quickstart"):
                assert f"'{CODE}:make'" in answer["error"], one
                assert "--trust" in answer["error"]
                assert "\n" not in answer["error"]
            elif do in ("run", "study", "lesson", "preset"):
                assert answer["error"], one
            else:
                assert answer["error"] is None


def texts(part: Any) -> Iterator[str]:
    """Everything in a part of the page that is read, in order."""
    if isinstance(part, str):
        yield part
    for inside in part if isinstance(part, (list, tuple)) else [getattr(part, "children", None)]:
        yield from texts(inside) if inside is not None and not isinstance(part, str) else ()


def test_the_page_says_what_going_on_would_do_and_how_and_shows_the_rest(
    stranger: Stranger,
) -> None:
    board = Board(stranger.runs)
    for id in ("theirs", "grid"):
        shown = "".join(texts(details(board, stranger.runs, id)))
        assert f"'{CODE}:make'" in shown
        assert f"landscape resume {id} --runs {stranger.runs} --trust" in shown
        assert "Delete" in shown
    assert "--trust" not in str(details(board, stranger.runs, "plain"))
    assert stranger.untouched


def test_explore_does_not_either(stranger: Stranger) -> None:
    x = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    with pytest.raises(LandscapeError):
        explore(
            nn.Linear(4, 2),
            (x, np.arange(20) % 2),
            (x, np.arange(20) % 2),
            out=stranger.runs,
            name="theirs",
            analyse=False,
        )
    assert stranger.untouched


def lost_chunk(runs: Path, id: str) -> RunFolder:
    run = RunFolder.open(runs, id)
    (run.path / run.committed("chunk")[-1]["file"]).unlink()
    return run


@pytest.mark.parametrize("id", ["plain", "file", "arrays"])
def test_what_lies_in_the_runs_folder_with_its_hash_is_data(
    stranger: Stranger, id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lost_chunk(stranger.runs, id).digest()
    assert main(["resume", id, "--runs", str(stranger.runs)]) == 0
    capsys.readouterr()
    main(["verify", id, "--runs", str(stranger.runs), "--json"])
    checks = {one["name"]: one["passed"] for one in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["data"] is True
    assert checks["anchor_loss"] is True
    assert RunFolder.open(stranger.runs, id).digest() == before
    assert not RunFolder.open(stranger.runs, id).damaged()
    assert stranger.untouched


def test_other_bytes_in_the_runs_folder_are_not_what_the_run_recorded(stranger: Stranger) -> None:
    kept = next((stranger.runs / "_data").glob("*/table.npz"))
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    with pytest.raises(TrustError, match=r"table\.npz"):
        sources.located(RunFolder.open(stranger.runs, "file"))
    assert stranger.untouched


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    """A run that the user made of a module, a file and a checkpoint of their own."""
    monkeypatch.syspath_prepend(tmp_path / "work")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / f"{CODE}.py").write_text(MODULE.format(marker=str(tmp_path / "marker")))
    table, weights = _files(tmp_path / "work")
    named = ["--network", f"{CODE}:make", "--data", f"npz:{table}", "--checkpoint", str(weights)]
    assert (
        main(
            [
                "run",
                "--runs",
                str(tmp_path / "runs"),
                "--id",
                "mine",
                *named,
                *QUICK,
                "--no-analyse",
            ]
        )
        == 0
    )
    yield RunFolder.open(tmp_path / "runs", "mine")
    sys.modules.pop(CODE, None)


CURVATURE = [
    "--eigenvalues",
    "1",
    "--probes",
    "2",
    "--steps",
    "2",
    "--trace-products",
    "6",
    "--draws",
    "2",
    "--ends",
    "2",
    "--points",
    "3",
]


def test_nobody_who_made_a_run_is_asked(
    mine: RunFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = mine.path.parent
    shutil.copytree(mine.path, runs / "copy")
    (runs / "mine").rename(runs / "renamed")
    moved = runs.with_name("moved")
    runs.rename(moved)
    monkeypatch.setattr(launch, "launch", lambda folder, argv, **_: main(list(argv)))
    for id in ("copy", "renamed"):
        lost_chunk(moved, id)
        edited(moved / id, lambda line: line["kind"] == "finished")
        if id == "copy":
            assert main(["resume", id, "--runs", str(moved)]) == 0
        else:
            answer = child.launch(moved, launch_requests.ask("page", "resume", id=id))
            assert answer["error"] is None
        assert not RunFolder.open(moved, id).damaged()
    assert main(["verify", "copy", "--runs", str(moved)]) == 0
    assert main(["surface", "copy", "--kind", "line", "--points", "3", "--runs", str(moved)]) == 0
    assert main(["curvature", "copy", *CURVATURE, "--runs", str(moved)]) == 0
    assert "--trust" not in "".join(capsys.readouterr())


def test_a_run_without_a_signature_is_trusted_by_one_word_from_then_on(
    mine: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = str(mine.path.parent)
    (mine.path / signature.FILE).unlink()
    # as 0.2 has left it
    edited(mine.path, lambda line: line.pop("signature", None) is None and False)
    surface = ["surface", "mine", "--kind", "line", "--points", "3", "--runs", runs]
    assert main(surface) == 2
    capsys.readouterr()
    assert main([*surface, "--trust"]) == 0
    told = capsys.readouterr().err
    assert (
        f"import '{CODE}:make' and open '{mine.spec.data.removeprefix('npz:')}' and"
        f" '{mine.spec.checkpoint}'" in told
    )
    lost_chunk(mine.path.parent, "mine")
    assert main(["resume", "mine", "--runs", runs]) == 0
    assert "trust" not in "".join(capsys.readouterr())


def test_without_a_key_the_user_s_own_command_goes_on_and_another_process_would_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("no folder")
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    table, _ = _files(tmp_path)
    named = ["--data", f"npz:{table}", "--network", "mlp-small"]
    assert (
        main(
            [
                "run",
                "--runs",
                str(tmp_path / "runs"),
                "--id",
                "mine",
                *named,
                *QUICK,
                "--no-analyse",
            ]
        )
        == 0
    )
    assert "is not signed" in caplog.text
    assert not (tmp_path / "runs" / "mine" / signature.FILE).exists()
    monkeypatch.setattr(signature, "_here", set())  # as another process begins
    assert not sources.permitted(RunFolder.open(tmp_path / "runs", "mine"))
    # all it needs lies in the runs folder
    assert main(["resume", "mine", "--runs", str(tmp_path / "runs")]) == 0


def test_a_signature_permits_what_was_signed_and_nothing_else(
    mine: RunFolder, tmp_path: Path
) -> None:
    assert sources.permitted(mine)

    def elsewhere(line: dict[str, Any]) -> None:
        if "sources" in line:
            line["sources"]["data"]["relative"] = "../../etc/passwd"

    before = (mine.path / "journal.jsonl").read_bytes()
    edited(mine.path, elsewhere)
    assert not sources.permitted(RunFolder.open(mine.path.parent, "mine"))
    shutil.rmtree(mine.path.parent / "_data")
    assert "/etc/passwd" in sources.wanted(RunFolder.open(mine.path.parent, "mine")).words
    (mine.path / "journal.jsonl").write_bytes(before)
    assert sources.permitted(RunFolder.open(mine.path.parent, "mine"))
    head = json.loads((mine.path / "spec.json").read_text())
    for name, other in (
        ("network", "os:abort"),
        ("data", "npz:/dev/zero"),
        ("checkpoint", "/dev/zero"),
    ):
        changed = parse(RunSpec, {**head["settings"], name: other})
        other_run = dataclasses.replace(mine, spec=changed)
        assert not sources.permitted(other_run), name
    for text in ("", "é" * 64, None, 3, [], "0" * 64):
        (mine.path / signature.FILE).write_text(json.dumps({"signature": text}))
        assert not signature.is_of_run(mine.spec, None, (signature.stored(mine.path),))


def test_a_stranger_s_text_is_shown_on_one_line_and_not_endless(tmp_path: Path) -> None:
    spec = parse(RunSpec, {"network": "a\x1b[31m\n\u202eb:c" + "x" * 10_000, "data": "blobs"})
    words = sources.named_by([spec]).words
    assert words.isprintable()
    assert len(words) < 300


def test_what_a_run_was_trusted_for_is_checked_after_all(
    stranger: Stranger, elsewhere: Stranger, capsys: pytest.CaptureFixture[str]
) -> None:
    # the kept copies are used; the files themselves are looked at, once they are trusted
    _watched.clear()
    for path in elsewhere.files:
        path.unlink()
        path.write_bytes(b"gone")
    assert main(["analyse", "theirs", *ANALYSIS, "--runs", str(stranger.runs)]) == 0
    assert main(["analyse", "theirs", *ANALYSIS, "--trust", "--runs", str(stranger.runs)]) == 0
    from landscape_app.store import derived

    found = derived.find(stranger.runs / "theirs", "checks")
    assert found is not None
    passed = {one["name"]: one["passed"] for one in found.meta["checks"]}
    assert passed["anchor_loss"] is True


def test_nothing_is_imported_from_a_runs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    for folder in (tmp_path, tmp_path / "_data"):
        folder.mkdir(exist_ok=True)
        (folder / "among_runs.py").write_text(MODULE.format(marker=str(tmp_path / "marker")))
        monkeypatch.chdir(folder)
        assert (
            main(
                [
                    "run",
                    "--network",
                    "among_runs:make",
                    "--data",
                    "blobs",
                    "--runs",
                    str(tmp_path),
                    *QUICK,
                ]
            )
            == 2
        )
        assert "is in the runs folder" in capsys.readouterr().err
        assert str(folder) not in sys.path
    assert not (tmp_path / "marker").exists()


def test_a_job_that_begins_among_runs_takes_no_module_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder.create(
        tmp_path, "one", parse(RunSpec, {"data": "blobs", "network": "mlp-small"})
    )
    for name in ("json", "numpy", "torch", "cyclopts", "landscape_app"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    launch.launch(run.path, ["show", "one", "--runs", str(tmp_path)])
    until = time.monotonic() + patience(60)
    while (
        "mlp-small" not in (log := (run.path / "log.txt").read_text()) and time.monotonic() < until
    ):
        time.sleep(0.05)
    assert "mlp-small" in log
    assert not (tmp_path / "marker").exists()
