"""Laws of what the command line writes out: an export has the stored numbers, an archive the
whole run.
"""

from __future__ import annotations

import csv
import json

import numpy as np

from landscape_app.cli.main import main
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.cli.tiny import printed
from tests.store.samples import full_run


def test_an_export_is_what_was_stored(capsys, runs, tmp_path):
    printed(capsys, "export", "one", "--runs", str(runs), "--to", str(tmp_path))
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
    both = ["--archive", f"{file}.2", "--to", str(tmp_path)]
    assert main(["export", "one", "--runs", str(tmp_path / "here"), *both]) == 2
    assert not (tmp_path / "one.tar.2").exists()
    assert run.damaged() == []
