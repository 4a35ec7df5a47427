"""Laws of what is checked when a folder is opened: settings, journal and checksums; how the JSON is
written is no matter.
"""

from __future__ import annotations

import json
import os
import zlib

import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import catalogue, grids, journal
from landscape_app.store.journal import Journal, encode
from landscape_app.store.run import RunFolder
from landscape_app.store.seal import sealed
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study
from tests.store import samples

OTHER = {
    "epochs": 6,
    "seed": 1,
    "rate": 0.02,
    "train_rate": 0.2,
    "regime": "poor",
    "step_sizes": [0.25],
    "batch": 64,
    "width": 7,
    "controls": False,
}


def rewrite(path, change, **how):
    """`change` done to the JSON of the file."""
    content = json.loads(path.read_text())
    path.write_text(json.dumps(change(content) or content, **how))


@pytest.mark.parametrize(("name", "value"), OTHER.items())
@pytest.mark.parametrize("when", ["prepared", "created"])
def test_a_setting_that_was_changed_by_hand_is_said_with_both_values(name, value, when, tmp_path):
    run = (
        samples.full_run(tmp_path)
        if when == "prepared"
        else RunFolder.create(tmp_path, "run", samples.spec())
    )
    samples.full_run(tmp_path, "sound")
    before = run.settings[name]
    rewrite(run.path / "spec.json", lambda content: content["settings"].update({name: value}))
    with pytest.raises(RunDamagedError, match="changed") as refused:
        RunFolder.open(tmp_path, "run")
    if when == "prepared":
        assert f"{name} was {before!r}, is {value!r}" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert [(one.id, bool(one.problem)) for one in catalogue.list_runs(tmp_path)] == [
        ("run", True),
        ("sound", False),
    ]
    rewrite(run.path / "spec.json", lambda content: content["settings"].update({name: before}))
    assert RunFolder.open(tmp_path, "run").spec == run.spec


def test_a_setting_changed_while_a_job_is_about_to_note_it_is_found_out_afterwards(tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    rewrite(run.path / "spec.json", lambda content: content["settings"].update(epochs=6))
    run.mark("prepared", parameters=samples.PARAMETERS)
    with pytest.raises(RunDamagedError, match="epochs was 7, is 6"):
        RunFolder.open(tmp_path, "run")


@pytest.mark.parametrize(
    "sealed", [{"checksum": "0" * 64}, {"checksum": None}, {"created": 5.0}, {"more": 1}]
)
def test_whatever_else_was_changed_in_a_head_is_found_out(sealed, tmp_path):
    run = samples.full_run(tmp_path)
    study = StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec())
    for path, open_ in (
        (run.path / "spec.json", RunFolder.open),
        (study.path / "study.json", StudyFolder.open),
    ):
        rewrite(path, lambda content: content.update(sealed))
        with pytest.raises(RunDamagedError, match="was changed or damaged"):
            open_(tmp_path, path.parent.name)


@pytest.mark.parametrize(
    "change",
    [{"runs": ["other"]}, {"analysis": AnalysisSpec(k=7).model_dump(mode="json")}, {"runs": []}],
)
def test_a_study_whose_content_was_changed_is_found_out(change, tmp_path):
    study = StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec())
    rewrite(study.path / "study.json", lambda content: content.update(change))
    with pytest.raises(RunDamagedError, match="was changed or damaged"):
        StudyFolder.open(tmp_path, "study")
    assert "was changed or damaged" in catalogue.list_studies(tmp_path)[0].problem


GRID = {
    "name": "study",
    "regimes": ["good", "poor"],
    "networks": ["mlp-small"],
    "seeds": 2,
    "settings": {"data": "blobs"},
}
SPOILT = {
    "a setting": lambda content: content["settings"].update(data="iris"),
    "a surface": lambda content: content.update(surfaces=["line"]),
    "another name": lambda content: sealed(content | {"name": "other"}),
    "fewer runs": lambda content: sealed(content | {"seeds": [0]}),
    "no object": lambda content: [content],
    "no names": lambda content: sealed(content | {"regimes": {"a": 1}}),
    "no checksum and a surface": lambda content: (
        {name: value for name, value in content.items() if name != "checksum"} | {"seeds": 3}
    ),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_grid_that_was_changed_or_is_of_another_study_is_not_gone_on_with(case, tmp_path):
    spec = parse_study(GRID)
    study = StudyFolder.create(tmp_path, "study", list(spec.runs), spec.analysis)
    grids.write(study, spec)
    assert grids.read(study) == spec
    rewrite(study.path / "grid.json", SPOILT[case])
    with pytest.raises(RunDamagedError, match=r"grid\.json cannot be read"):
        grids.read(study)


@pytest.mark.parametrize(
    "how", [{"indent": 7}, {"separators": (",", ":")}, {"sort_keys": True, "ensure_ascii": False}]
)
def test_how_the_json_is_written_is_no_matter(how, tmp_path):
    run = RunFolder.create(
        tmp_path,
        "run",
        parse(
            RunSpec, {**samples.spec().model_dump(), "step_sizes": (1.0, 0.5), "weight_decay": 0.0}
        ),
    )
    run.mark("prepared", parameters=samples.PARAMETERS)

    def otherwise(content):
        # as other programs write 1.0 and 0.0
        content["settings"]["step_sizes"][0], content["settings"]["weight_decay"] = 1, 0
        return dict(reversed(content.items())) | {"signature": "as somebody signed it"}

    rewrite(run.path / "spec.json", otherwise, **how)
    assert RunFolder.open(tmp_path, "run").spec == run.spec


CHUNK = {
    "kind": "chunk", "bundle": 0, "trajectories": [0], "first": 0, "last": 5, "file": "chunks/000-00000-00005.safetensors",
    "sha256": "0" * 64, "bytes": 10,
}  # fmt: skip


def checked(text: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(text), text)


FOREIGN = {
    "a list for a number": encode({**CHUNK, "first": [0]}),
    "no list of trajectories": encode({**CHUNK, "trajectories": 3}),
    "words for trajectories": encode({**CHUNK, "trajectories": ["0"]}),
    "a truth for a number": encode({**CHUNK, "last": True}),
    "half an epoch": encode({**CHUNK, "last": 5.5}),
    "a number for a file": encode({**CHUNK, "file": 3}),
    "another folder": encode({**CHUNK, "file": "../x.safetensors"}),
    "a hash that is none": encode({**CHUNK, "sha256": "0"}),
    "nothing of a chunk": encode({"kind": "chunk"}),
    "a plan that is none": encode({"kind": "prepared", "plan": [1]}),
    "a bundle of words": encode({"kind": "prepared", "plan": {"bundles": ["ab"]}}),
    "tensors of nothing": encode({"kind": "prepared", "tensors": [1]}),
    "a negative size": encode({"kind": "prepared", "parameters": -1}),
    "a forecast in words": encode(
        {"kind": "prepared", "forecast": {"seconds": {"training": "soon"}}}
    ),
    "settings without a hash": encode({"kind": "prepared", "settings": {"values": {}}}),
    "a number that overflows": checked(b'{"kind": "finished", "n": 1e999}'),
    "a number of 5,000 digits": checked(b'{"kind": "finished", "n": ' + b"1" * 5000 + b"}"),
    "brackets in brackets": checked(
        b'{"kind": "finished", "n": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    ),
    "no kind": checked(b'{"n": 1}'),
    "no object": checked(b"[1]"),
    "no JSON": checked(b"finished"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_journal_that_no_program_wrote_is_one_line_about_one_run_and_never_finished(
    case, tmp_path
):
    samples.full_run(tmp_path, "sound")
    run = samples.full_run(tmp_path)
    with (run.path / "journal.jsonl").open("ab") as file:
        file.write(FOREIGN[case])
    unreadable(tmp_path, run)


@pytest.mark.parametrize("case", ["folder", "pipe", "link", "long", "many", "rubbish"])
def test_a_journal_that_is_no_file_or_too_large_is_said_and_ends(case, tmp_path, monkeypatch):
    samples.full_run(tmp_path, "sound")
    run = samples.full_run(tmp_path)
    path = run.path / "journal.jsonl"
    content = path.read_bytes()
    path.unlink()
    if case == "folder":
        path.mkdir()
    elif case == "pipe":
        os.mkfifo(path)
    elif case == "link":
        path.symlink_to("/dev/zero")
    elif case == "long":
        with path.open("wb") as file:
            file.truncate(journal.LARGEST + 1)  # a hole: it takes no space
    elif case == "many":
        monkeypatch.setattr(journal, "MOST", 1000)
        path.write_bytes(content + encode({"kind": "note"}) * 1000)
    else:
        path.write_bytes(b"rubbish\n")
    unreadable(tmp_path, run)


def unreadable(runs, run):
    """The run cannot be read, in one line; the other can."""
    for ask in (
        lambda: RunFolder.open(runs, "run"),
        lambda: run.finished,
        run.committed,
        run.prepared,
    ):
        with pytest.raises(RunDamagedError, match="cannot be read") as refused:
            ask()
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 400
    listed = {one.id: one.problem for one in catalogue.list_runs(runs)}
    assert "journal.jsonl cannot be read" in listed["run"]
    assert listed["sound"] is None


def test_a_line_of_a_kind_that_is_not_known_is_kept_and_changes_nothing(tmp_path):
    run = samples.full_run(tmp_path)
    before = run.committed(), run.digest(), run.prepared()
    run.mark("of-the-future", file=7, sha256=[], trajectories="all")
    again = RunFolder.open(tmp_path, "run")
    assert (again.committed(), again.digest(), again.prepared()) == before


@pytest.mark.parametrize("name", ["x" * 50_000, "\x1b[2Jx\ny", "data"])
def test_a_long_or_torn_setting_is_said_in_one_short_line(name, tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    rewrite(
        run.path / "spec.json", lambda content: content["settings"].update({name: "y" * 50_000})
    )
    with pytest.raises(RunDamagedError) as refused:
        RunFolder.open(tmp_path, "run")
    said = str(refused.value).replace(str(tmp_path), "")
    assert len(said) < 500
    assert said.isprintable()


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    run = samples.full_run(tmp_path)
    before = (run.path / "journal.jsonl").read_bytes()
    for line in (
        {"kind": "prepared", "parameters": 1.5},
        {"kind": "note", "n": 2**63},
        {"kind": "chunk"},
    ):
        with pytest.raises(ValueError, match=r"journal|number"):
            run.journal.append(line)
    assert (run.path / "journal.jsonl").read_bytes() == before


def test_only_what_is_new_in_a_journal_is_parsed(tmp_path, monkeypatch):
    run = samples.full_run(tmp_path)
    parsed = []
    real = journal._line
    monkeypatch.setattr(journal, "_line", lambda text: parsed.append(1) or real(text))
    other = Journal(run.path / "journal.jsonl")
    count = len(other.lines())
    parsed.clear()
    run.mark("note")
    parsed.clear()
    assert len(other.lines()) == count + 1
    assert len(parsed) == 1


def test_a_journal_that_is_rewritten_is_read_anew_though_it_has_grown(tmp_path):
    run = samples.full_run(tmp_path)
    path = run.path / "journal.jsonl"
    lines = run.journal.lines()
    path.write_bytes(
        b"".join(encode(line) for line in lines if line["kind"] != "anchor")
        + encode({"kind": "note", "of": "x" * 2000})
    )
    assert [line["kind"] for line in Journal(path).lines()] == [
        "prepared",
        *["chunk"] * 4,
        "finished",
        "note",
    ]
