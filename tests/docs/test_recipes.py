"""Each recipe of CONTRIBUTING.md is true to the letter: it is followed in a copy of this folder,
and the tests that it names pass.

A block with a title is a file. With `after`, it is lines that come after the first line that begins
so. Blocks of the shell are commands that run in the copy.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, Block, blocks

PAGE = ROOT / "CONTRIBUTING.md"
COPIED = ("landscape_app", "assets", "tests", "docs", "studies")
OTHERS = ("app.py", "pyproject.toml", "README.md", "CHANGELOG.md", "CITATION.cff", "SECURITY.md")
# of these in every suite
KEPT = ("A data set", "A measure of the snapshots", "A panel", "A command")


def recipes() -> dict[str, list[Block]]:
    """{title: blocks} of every section that has a file or a line to write."""
    heads = [
        (text[: mark.start()].count("\n"), mark[1])
        for text in [PAGE.read_text(encoding="utf-8")]
        for mark in re.finditer(r"^#{2,3} (.+)$", text, re.MULTILINE)
    ]
    sections: dict[str, list[Block]] = {}
    for block in blocks(PAGE):
        title = next((name for line, name in reversed(heads) if line < block.line), "")
        sections.setdefault(title, []).append(block)
    return {name: part for name, part in sections.items() if any(block.title for block in part)}


RECIPES = recipes()
ALL = [
    pytest.param(name, marks=[pytest.mark.slow] if name in KEPT else [pytest.mark.exhaustive])
    for name in RECIPES
]


def copy(folder: Path) -> None:
    """What the tests need of this folder; what is compiled of it already serves the copy, too."""
    ignore = shutil.ignore_patterns("_assets", "site")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in (*OTHERS, "CONTRIBUTING.md", "Makefile", "constraints.txt", "mkdocs.yml"):
        shutil.copy2(ROOT / name, folder / name)


def write(folder: Path, block: Block) -> None:
    """Make the file of a block, or insert its lines."""
    path = folder / block.title
    if "after" not in block.options:
        assert not path.exists(), f"{block}: {block.title} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if line.strip().startswith(block.options["after"])]
    assert places, f"{block}: {block.title} has no line that begins with {block.options['after']}"
    lines.insert(places[0] + 1, block.text)
    path.write_text("".join(lines), encoding="utf-8")


def run(folder: Path, line: str) -> None:
    """A command of the recipe, in the copy and on the copy's code."""
    words = shlex.split(line, comments=True)
    assert words[0] == "python", line
    # which lines of the copy run is nobody's question
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, *words[1:], *(["-x"] if "pytest" in words else [])],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("name", ALL)
def test_a_recipe_works_to_the_letter(name, tmp_path):
    copy(tmp_path)
    commands = []
    for block in RECIPES[name]:
        if block.title:
            write(tmp_path, block)
        elif block.language == "sh" and not block.not_run:
            commands += [line for line in block.text.splitlines() if line.strip()]
    assert commands, f"{name}: no test"
    for line in commands:
        run(tmp_path, line)


def test_there_is_a_recipe_for_everything_that_can_be_added():
    wanted = {
        "data set",
        "network",
        "regime",
        "loss",
        "schedule",
        "distance",
        "embedding",
        "filtration",
        "measure of the snapshots",
        "measure of the network",
        "measure of a diagram",
        "check",
        "panel",
        "page",
        "lesson",
        "command",
        "colour",
    }
    named = {re.sub(r"^An? ", "", name) for name in RECIPES}
    assert wanted <= named, wanted - named
    assert set(KEPT) <= set(RECIPES)


@pytest.mark.exhaustive  # they run tests that every suite runs
def test_the_commands_beside_the_recipes_run_too():
    for block in blocks(PAGE):
        assert block.language in ("sh", "python", "text"), str(block)
    of_recipes = [block for part in RECIPES.values() for block in part]
    for block in blocks(PAGE):
        if not block.not_run and block not in of_recipes:
            for line in block.text.splitlines():
                run(ROOT, line)
