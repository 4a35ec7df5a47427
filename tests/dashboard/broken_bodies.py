"""A pytest plugin: breaks each public function of the page layer in turn and asks whether a test
that calls it fails.

`pytest -p tests.dashboard.broken_bodies tests/dashboard`: every test runs once and is watched for
what it calls. Then each public function and method of `landscape_app.dashboard` is made to return
None, and tests that call it run again, those that name it and the quick ones first, until one fails
that passes when the function is whole. A function that no test misses is printed and the exit code
is 1. `--broken explore.bars` breaks the functions of that module alone. Session fixtures
live on, so a run is cheap.
"""

from __future__ import annotations

import dis
import functools
import gc
import importlib
import inspect
import pkgutil
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import landscape_app.dashboard

TRIED = 25  # tests of a function at most
calls: dict[CodeType, dict[str, float]] = defaultdict(dict)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which functions are broken."""
    parser.addoption("--broken", default="", help="break these modules or packages alone: a,b")


def functions() -> Iterator[tuple[str, FunctionType]]:
    """(module:name, function) of every public function and method of the page layer."""
    package = landscape_app.dashboard
    names = [info.name for info in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    for name in names:
        module = importlib.import_module(name)
        for key, value in vars(module).items():
            for place, function in _functions_of(key, value):
                if function.__module__ == name and not _empty(function):
                    yield f"{name.removeprefix('landscape_app.dashboard.')}:{place}", function


def _empty(function: FunctionType) -> bool:
    """Whether it does nothing, so that nothing of it can be broken."""
    empty, own = (
        [(step.opname, step.argval) for step in dis.get_instructions(code)]
        for code in (nothing, function)
    )
    return own == empty


def _functions_of(key: str, value: Any) -> Iterator[tuple[str, FunctionType]]:
    if key.startswith("_"):
        return
    value = inspect.unwrap(value) if callable(value) else value
    if isinstance(value, FunctionType):
        yield key, value
    elif inspect.isclass(value):
        for name, member in vars(value).items():
            member = member.fget if isinstance(member, property) else member
            member = getattr(member, "__func__", member)
            member = getattr(member, "func", member)  # a cached_property
            written = isinstance(member, FunctionType) and member.__code__.co_filename != "<string>"
            own = written and member.__qualname__ == f"{value.__qualname__}.{name}"
            if own and not name.startswith("_"):
                yield f"{key}.{name}", member


def ran(item: pytest.Item) -> bool:
    """Whether the test passes, or is skipped. What lives for less than a session ends with it."""
    reports = runtestprotocol(item, log=False, nextitem=item.session)  # type: ignore[arg-type]
    return not any(report.failed for report in reports)


def watched(items: list[pytest.Item], codes: set[CodeType]) -> list[str]:
    """Run each test and note which functions it calls, in any thread and in its fixtures; the names
    of those that fail.
    """
    seen: set[CodeType] = set()

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in codes:
            seen.add(frame.f_code)

    failed = []
    threading.setprofile(note)
    for item in items:
        seen.clear()
        begun = time.monotonic()
        sys.setprofile(note)
        passes = ran(item)
        sys.setprofile(None)
        if not passes:
            failed.append(item.nodeid)
            continue
        for code in list(seen):
            calls[code][item.nodeid] = time.monotonic() - begun
    threading.setprofile(None)  # type: ignore[arg-type]
    return failed


def nothing() -> None:
    """What a broken function does."""


def broken(function: FunctionType) -> CodeType:
    """Code that takes what `function` takes and returns None."""
    code = function.__code__
    return nothing.__code__.replace(
        co_argcount=code.co_argcount,
        co_posonlyargcount=code.co_posonlyargcount,
        co_kwonlyargcount=code.co_kwonlyargcount,
        co_nlocals=code.co_argcount + code.co_kwonlyargcount + _stars(code),
        co_varnames=code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + _stars(code)],
        co_flags=nothing.__code__.co_flags
        | code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS),
        co_freevars=code.co_freevars,
    )


def _stars(code: CodeType) -> int:
    flags = code.co_flags
    return bool(flags & inspect.CO_VARARGS) + bool(flags & inspect.CO_VARKEYWORDS)


def caches() -> list[Any]:
    """The caches of the package, which may hold what a broken function answered."""
    objects = [thing for thing in gc.get_objects() if type(thing) is functools._lru_cache_wrapper]
    return [cache for cache in objects if cache.__module__.startswith("landscape_app")]


def missed(function: FunctionType, items: list[pytest.Item]) -> bool:
    """Whether one of `items` fails while the function is broken, and passes when it is whole."""
    code = function.__code__
    for item in items:
        function.__code__ = broken(function)
        try:
            passes = ran(item)
        finally:
            function.__code__ = code
            for cache in caches():
                cache.cache_clear()
        if not passes and ran(item):
            return True
    return False


def words(code: CodeType) -> set[str]:
    """The names and texts that a test's code holds, functions inside it included."""
    texts = {constant for constant in code.co_consts if isinstance(constant, str)}
    inner = [words(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return {*code.co_names, *texts}.union(*inner)


def tests_of(place: str, function: FunctionType, items: dict[str, pytest.Item]) -> list[str]:
    """The tests that call a function: those that name it first, then those that name its module
    and its package, the quickest of each first.
    """
    module, _, name = place.partition(":")
    own = {test: words(items[test].function.__code__) for test in calls[function.__code__]}  # type: ignore[attr-defined]
    seconds = calls[function.__code__]

    def rank(test: str) -> tuple[bool, int, float]:
        named = name.rpartition(".")[2] in own[test]
        nearness = sum(part in own[test] or part in test for part in module.split("."))
        return not named, -nearness, seconds[test]

    return sorted(own, key=rank)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Watch every test once, then break every function."""
    asked = tuple(session.config.getoption("--broken").split(","))
    public = [(place, function) for place, function in functions() if place.startswith(asked)]
    items = {item.nodeid: item for item in session.items}
    failed = watched(session.items, {function.__code__ for _, function in public})
    for name in failed:
        print(f"\nnot asked, as it fails while it is watched: {name}")  # noqa: T201
    print(f"{len(items)} tests watched, {len(public)} functions", flush=True)  # noqa: T201
    survivors = 0
    for place, function in public:
        tests = tests_of(place, function, items)
        if not missed(function, [items[test] for test in tests[:TRIED]]):
            survivors += 1
            print(f"\nnot missed: {place} ({len(tests)} tests call it)", flush=True)  # noqa: T201
    session.testsfailed += survivors  # that tests pass, others hold: watched, they are slower
    print(f"\n{len(public)} functions broken, {survivors} not missed by a test")  # noqa: T201
    return True
