"""Laws of the code's arrangement: short files and functions, one meaning for a class name, names
that say what they hold.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import tiers

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "landscape_app"
LONGEST_FILE = 300
LONG_FUNCTION = 30
SHARE = 0.95  # of the functions that are shorter
# Literal tables: as long as what they list.
TABLES = {"registries.py", "measure_table.py", "check_table.py", "store/result_types.py"}
LOOSE = {"one"}  # a loop variable that says nothing of what it is
VAGUE = {"found", "said", "kept"}  # names that say where a value is from, not what it is


@cache
def trees() -> dict[str, ast.Module]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {str(file.relative_to(PACKAGE)): ast.parse(file.read_text("utf-8")) for file in files}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


@pytest.mark.parametrize("folder", [PACKAGE, TESTS], ids=lambda folder: folder.name)
def test_no_file_is_longer_than_300_lines(folder: Path) -> None:
    lengths = {
        str(file.relative_to(folder)): len(file.read_text("utf-8").splitlines())
        for file in folder.rglob("*.py")
    }
    long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert {name: long[name] for name in long if name not in TABLES} == {}


def test_of_100_functions_95_are_shorter_than_30_lines() -> None:
    lengths = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, node in functions()
    }
    long = {name: length for name, length in lengths.items() if length >= LONG_FUNCTION}
    assert len(long) <= (1 - SHARE) * len(lengths), long


def test_a_class_name_has_one_meaning() -> None:
    places = defaultdict(list)
    for name, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


@pytest.mark.parametrize("loose", sorted(LOOSE))
def test_a_loop_variable_says_what_it_is(loose: str) -> None:
    places: Counter[str] = Counter()
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.For | ast.comprehension):
                targets = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
                places[name] += loose in targets
    assert +places == {}


def bound(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, name) of every variable, field, parameter and function of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name


def test_a_value_is_named_after_what_it_is() -> None:
    places = [
        f"{file}:{line} {name}"
        for file, tree in trees().items()
        for line, name in bound(tree)
        if name in VAGUE
    ]
    assert places == []


def test_nothing_points_to_a_document_that_is_not_here() -> None:
    texts = {name: (PACKAGE / name).read_text("utf-8") for name in trees()}
    assert [name for name, text in texts.items() if "SCIENCE" in text or "DESIGN §" in text] == []


def test_tests_that_wait_for_a_release_are_there() -> None:
    for path, names in tiers.RELEASE.items():
        text = (TESTS / path).read_text()
        assert all(f"def {name.partition('[')[0]}" in text for name in names), path
