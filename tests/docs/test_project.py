"""What stands around the code: metadata, versions, README, and the files of the project's host."""

from __future__ import annotations

import itertools
import re
import tomllib

import pytest
import yaml

from landscape_app import __version__
from landscape_app.cli.main import app
from tests.docs.markdown import PAGES, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PICTURES = sorted((ROOT / "docs" / "images").iterdir())
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
LARGEST = 300_000  # bytes of a picture


def requirements():
    extras = PROJECT["optional-dependencies"].values()
    return [*PROJECT["dependencies"], *itertools.chain.from_iterable(extras)]


def test_exact_versions_stand_in_the_constraints_alone():
    pinned = [
        re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower()
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert len(pinned) == len(set(pinned))
    for requirement in requirements():
        assert "==" not in requirement, requirement
        name = re.match(r"[\w.-]+", requirement)[0]
        assert re.sub(r"[-_.]+", "-", name).lower() in pinned, requirement


def test_the_version_stands_in_one_place():
    assert PROJECT["dynamic"] == ["version"]
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
    for name in ("pyproject.toml", "CITATION.cff", "README.md", "mkdocs.yml", "Dockerfile"):
        assert __version__ not in (ROOT / name).read_text(), name


def test_no_address_of_the_project_is_invented():
    assert "urls" not in PROJECT
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["authors"] == [{"name": "Landscape developers"}]
    assert not {"doi", "url", "repository-code"} & set(citation)
    assert citation["license"] == PROJECT["license"]


def test_the_readme_is_short_and_names_both_commands_and_every_command():
    readme = (ROOT / "README.md").read_text()
    assert len(readme.splitlines()) <= 150
    assert readme.count("![") == 1
    for words in ("make run", "make test", "How to cite", "Licence"):
        assert words in readme
    for command in app:
        assert command.startswith("-") or f"landscape {command}" in readme, command


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=lambda page: page.name)
def test_a_test_that_is_named_is_there(page):
    for named in re.findall(r"`(tests/[\w/.]+?)/?`", page.read_text()):
        assert (ROOT / named).exists(), named


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=lambda page: page.name)
def test_a_link_to_a_file_leads_to_it(page):
    for target in LINK.findall(page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "picture", sorted((ROOT / "docs" / "images").iterdir()), ids=lambda p: p.name
)
def test_a_picture_is_small(picture):
    assert picture.stat().st_size < LARGEST


def test_the_workflow_calls_targets_that_exist_on_every_python():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    (job,) = workflow["jobs"].values()
    called = [step["run"].removeprefix("make ") for step in job["steps"] if "run" in step]
    assert called == ["check", "docs", "test-whole"]
    assert set(called) <= targets
    measured = (ROOT / "Makefile").read_text().partition("\ncoverage:")[2].partition("\n\n")[0]
    assert "tests.twice --coverage tests" in measured
    assert "--fail-under=90" in measured
    named = re.findall(r"^make ([\w-]+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert named == called
    supported = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if ":: Python :: 3." in c]
    assert job["strategy"]["matrix"]["python"] == supported


@pytest.mark.parametrize(
    "form", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda p: p.name
)
def test_a_form_has_what_a_form_needs(form):
    values = yaml.safe_load(form.read_text())
    if form.name != "config.yml":
        assert {"name", "description", "body"} <= set(values)
        assert all(part["type"] == "markdown" or part["id"] for part in values["body"])


def test_hooks_before_a_commit_fetch_nothing():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
