"""A stranger's result with a right checksum: words of another form are left out in one line, and
every reader goes on.
"""

from __future__ import annotations

import json
import logging
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest

from landscape_app.analysis.statistics.statistic import STATISTICS
from landscape_app.records.study_report import JudgedMeasure
from landscape_app.store import derived, files, result_types
from landscape_app.store.seal import sealed

FIXTURE = Path(__file__).parents[1] / "store" / "fixtures" / "schema-1.tar.xz"


@pytest.fixture(scope="module")
def real() -> dict[str, tuple[dict, dict]]:
    """{name: (parameters, meta)} of one real result of every kind, written by 0.2."""
    found = {}
    with tarfile.open(FIXTURE) as archive:
        for member in archive:
            if member.name.endswith("result.json"):
                facts = json.load(archive.extractfile(member))
                found[facts["name"]] = (facts["parameters"], facts["meta"])
    return found


def test_every_kind_of_result_is_described_and_real_ones_are_as_described(real):
    # nobody reads the words of neighbours; 0.2 had none of the others
    newer = {"claims", "climbs", "experiment", "function_space", "loops", "sampling"}
    newer |= {"cloud", "paper", "paper_diagram", "paper_embedding", "training_path"}
    assert set(result_types.METAS) == {*real, *newer} - {"neighbours"}
    for name, (parameters, meta) in real.items():
        assert result_types.fault(name, parameters, result_types.finite(meta)) == ""


def test_every_statistic_of_a_report_is_among_its_numbers():
    numbers = {*JudgedMeasure.model_fields} - {
        "name",
        "label",
        "baseline",
        "left_out",
        "partial_given",
        "partial_by",
        "kendall_by",
        "granulated_by",
        "twin",
    }
    assert numbers == set(STATISTICS)


def test_what_is_required_of_a_result_is_missed_and_what_is_of_another_type_is_left_out(real):
    for name, (parameters, meta) in (
        (name, real[name]) for name in result_types.METAS if name in real
    ):
        for key in (
            result_types._adapter(result_types.METAS[name]).json_schema().get("required", ())
        ):
            assert key in result_types.fault(
                name, parameters, {k: v for k, v in meta.items() if k != key}
            )
        for key in result_types.METAS[name].__annotations__:
            assert key in result_types.fault(name, parameters, meta | {key: object()}), (name, key)


@pytest.mark.parametrize("key", ["t", "dims", "points", "method", "decay"])
def test_parameters_of_another_type_are_left_out(key, tmp_path):
    write(tmp_path, "anything", {key: {"a": [1]}}, {})
    assert derived.all(tmp_path, "anything") == []


def test_a_result_that_is_left_out_is_told_once_and_an_older_sound_one_is_found(tmp_path, caplog):
    derived.write(tmp_path, "measures", {}, {}, {"measures": []}, "older")
    write(tmp_path, "measures", {}, {"measures": {"a": 1}})
    caplog.clear()
    with caplog.at_level(logging.WARNING, "landscape"):
        assert derived.find(tmp_path, "measures").inputs == "older"
    assert len([line for line in caplog.messages if "left out" in line and "\n" not in line]) == 1


@pytest.mark.parametrize(
    "change",
    [
        "value",
        "no checksum",
        "checksum",
        "schema",
        "deep",
        "huge",
        "overflow",
        "list",
        "pipe",
        "link",
    ],
)
def test_a_result_that_was_changed_after_it_was_written_is_left_out(change, tmp_path, caplog):
    path = (
        derived.write(tmp_path, "measures", {}, {}, {"measures": [], "n": 1}, "i").path
        / "result.json"
    )
    content = json.loads(path.read_bytes())
    text = {
        "value": lambda: json.dumps(content | {"meta": {"measures": [], "n": 2}}),
        "no checksum": lambda: json.dumps({k: v for k, v in content.items() if k != "checksum"}),
        "checksum": lambda: json.dumps(content | {"checksum": "0" * 64}),
        "schema": lambda: json.dumps(sealed(content | {"meta": []})),
        "deep": lambda: json.dumps(content).replace(
            '"n": 1', '"n": ' + "[" * 50_000 + "]" * 50_000
        ),
        "huge": lambda: json.dumps(content).replace('"n": 1', '"n": ' + "9" * 5000),
        "overflow": lambda: json.dumps(content).replace('"n": 1', '"n": 1e999'),
        "list": lambda: json.dumps([content]),
    }.get(change, lambda: "")()
    path.unlink()
    if change == "pipe":
        os.mkfifo(path)
    elif change == "link":
        path.symlink_to("/dev/zero")
    else:
        path.write_text(text)
    assert derived.find(tmp_path, "measures") is None
    assert derived.current(tmp_path, "measures", {}, "i") is None


def test_how_a_result_is_written_is_no_matter(tmp_path):
    path = (
        derived.write(
            tmp_path, "measures", {"decay": 40.0}, {"x": np.ones(2)}, {"measures": []}, "i"
        ).path
        / "result.json"
    )
    content = json.loads(path.read_bytes())
    content["parameters"]["decay"] = 40
    path.write_text(json.dumps(dict(reversed(content.items()))))
    assert derived.find(tmp_path, "measures").arrays["x"].tolist() == [1, 1]


def write(folder, name, parameters, meta):
    """A result with a right checksum, whatever it says; newer than any other."""
    found = derived.write(folder, name, parameters, {}, {}, "strange")
    content = json.loads((found.path / "result.json").read_bytes())
    content |= {"parameters": parameters, "meta": meta, "created": content["created"] + 1000}
    (found.path / "result.json").write_bytes(files.to_json(sealed(content)))
