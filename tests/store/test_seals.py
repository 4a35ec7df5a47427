"""Laws of what is checked when a folder is opened: settings, journal and checksums; how the JSON is
written is no matter.
"""

from __future__ import annotations

import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import catalogue, grids
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
    samples.rewrite(
        run.path / "spec.json", lambda content: content["settings"].update({name: value})
    )
    with pytest.raises(RunDamagedError, match="changed") as refused:
        RunFolder.open(tmp_path, "run")
    if when == "prepared":
        assert f"{name} was {before!r}, is {value!r}" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert [(run.id, bool(run.problem)) for run in catalogue.list_runs(tmp_path)] == [
        ("run", True),
        ("sound", False),
    ]
    samples.rewrite(
        run.path / "spec.json", lambda content: content["settings"].update({name: before})
    )
    assert RunFolder.open(tmp_path, "run").spec == run.spec


def test_a_setting_changed_while_a_job_is_about_to_note_it_is_found_out_afterwards(tmp_path):
    run = RunFolder.create(tmp_path, "run", samples.spec())
    samples.rewrite(run.path / "spec.json", lambda content: content["settings"].update(epochs=6))
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
        samples.rewrite(path, lambda content: content.update(sealed))
        with pytest.raises(RunDamagedError, match="was changed or damaged"):
            open_(tmp_path, path.parent.name)


@pytest.mark.parametrize(
    "change",
    [{"runs": ["other"]}, {"analysis": AnalysisSpec(k=7).model_dump(mode="json")}, {"runs": []}],
)
def test_a_study_whose_content_was_changed_is_found_out(change, tmp_path):
    study = StudyFolder.create(tmp_path, "study", ["run"], AnalysisSpec())
    samples.rewrite(study.path / "study.json", lambda content: content.update(change))
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
    samples.rewrite(study.path / "grid.json", SPOILT[case])
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

    samples.rewrite(run.path / "spec.json", otherwise, **how)
    assert RunFolder.open(tmp_path, "run").spec == run.spec
