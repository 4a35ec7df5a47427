"""Laws of kinds: what made a study and what a job does is read from where it is stored, never told
by a name or by the words of a command line.
"""

from __future__ import annotations

import json
import shutil

import pytest

from landscape_app.cli.main import main
from landscape_app.errors import RunDamagedError
from landscape_app.jobs import launch as launching
from landscape_app.jobs import process, status
from landscape_app.jobs.launch import start_quickstart, start_resume, start_study
from landscape_app.jobs.session import session
from landscape_app.pipeline.quickstart import quickstart
from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue
from landscape_app.store.folder import STUDIES
from landscape_app.store.seal import SUM, sealed
from landscape_app.store.study import HEAD, StudyFolder
from landscape_app.study_settings import parse_study
from tests.store import samples

pytestmark = pytest.mark.slow

NAME = "quickstart-mine"


@pytest.fixture
def launched(monkeypatch):
    """[(folder, argv, command)] of the jobs that would have been started."""
    jobs = []

    def note(folder, argv, *, asked=None, **_):
        jobs.append((folder, list(argv), None if asked is None else asked.command))

    monkeypatch.setattr(launching, "launch", note)
    return jobs


@pytest.fixture
def compared(tmp_path):
    """A runs folder with two sampled runs and a comparison of them."""
    for id in ("a", "b"):
        samples.full_run(tmp_path, id)
    StudyFolder.create(tmp_path, NAME, ["a", "b"], AnalysisSpec())
    return tmp_path


def without_kind(study):
    """The study as versions before 0.4 wrote it."""
    head = json.loads((study.path / HEAD).read_text())
    del head["made_by"], head[SUM]
    (study.path / HEAD).write_text(json.dumps(sealed(head)))


def names_in(runs):
    return {path.name for path in runs.iterdir() if not path.name.startswith("_")}


@pytest.mark.parametrize("older", [False, True])
def test_a_comparison_that_is_called_quickstart_is_resumed_as_a_comparison(
    compared, launched, older
):
    if older:
        without_kind(StudyFolder.open(compared, NAME))
    start_resume(compared, NAME)
    [(folder, argv, command)] = launched
    assert folder == compared / STUDIES / NAME
    assert (argv[:3], command) == (["analyse", "a", "b"], "analyse")
    main(["resume", NAME, "--runs", str(compared)])
    assert names_in(compared) == {"a", "b"}, "no run was made for it"
    assert status.read(folder).command == "analyse"


def test_every_way_to_make_a_study_stores_what_made_it(compared, launched):
    grid = parse_study({"name": "grid", "networks": ["mlp-small"], "settings": {"data": "blobs"}})
    start_quickstart(compared)
    start_study(compared, grid)
    made = {study.id: study.made_by for study in catalogue.list_studies(compared)}
    assert made == {NAME: "comparison", "quickstart": "quickstart", "grid": "study"}
    assert [(argv[0], command) for _, argv, command in launched] == [
        ("resume", "quickstart"),
        ("resume", "study"),
    ]


def test_folders_of_older_versions_are_told_by_their_content(compared, launched):
    start_quickstart(compared)
    grid = parse_study({"name": "grid", "networks": ["mlp-small"], "settings": {"data": "blobs"}})
    start_study(compared, grid)
    before = catalogue.list_studies(compared)
    for study in before:
        without_kind(StudyFolder.open(compared, study.id))
    assert catalogue.list_studies(compared) == before


@pytest.mark.parametrize("wrong", ["somebody", 7, None, ["study"]])
def test_a_kind_that_is_not_of_the_list_is_damage(compared, wrong):
    path = compared / STUDIES / NAME / HEAD
    head = json.loads(path.read_text())
    del head[SUM]
    path.write_text(json.dumps(sealed({**head, "made_by": wrong})))
    with pytest.raises(RunDamagedError, match="made_by"):
        StudyFolder.open(compared, NAME)


def test_the_quickstart_takes_a_free_name_where_a_comparison_has_its_own(compared, launched):
    shutil.move(compared / STUDIES / NAME, compared / STUDIES / "quickstart")
    assert start_quickstart(compared) == "quickstart-2"
    assert start_quickstart(compared) == "quickstart-2"
    assert StudyFolder.open(compared, "quickstart").runs == ["a", "b"]


def test_the_quickstart_that_is_gone_on_with_has_the_runs_of_its_study_and_no_others(tmp_path):
    for id in ("a", "b"):
        samples.full_run(tmp_path, id)
    StudyFolder.create(tmp_path, NAME, ["a", "b"], AnalysisSpec(), made_by="quickstart")
    quickstart(tmp_path, study=NAME, session=session)
    assert names_in(tmp_path) == {"a", "b"}


def test_what_a_job_does_is_said_by_its_launcher_and_not_told_by_its_words(tmp_path, monkeypatch):
    folder = samples.full_run(tmp_path, "run").path
    texts = []

    def run(command, **_):
        texts.append(json.loads(command[-1])["text"])
        return type("Answer", (), {"returncode": 0, "stderr": ""})

    monkeypatch.setattr(process.subprocess, "run", run)
    launching.launch(folder, ["verify", "--whatever"])
    assert "command" not in texts[0], "nobody said it"
    start_resume(tmp_path, "run")
    assert texts[1]["command"] == "run"
