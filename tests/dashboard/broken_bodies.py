"""A pytest plugin: breaks each public function of the page layer in turn and asks whether a test
that calls it fails.

`pytest -p tests.dashboard.broken_bodies tests/dashboard`: every test runs once and is watched for
what it calls. Then each public function and method of `landscape_app.dashboard` is made to return
None, and the quickest tests that call it run again, until one fails. A function that no test misses
is printed and the exit code is 1. Session fixtures live on, so a run is cheap.
"""

from __future__ import annotations

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

TRIED = 8  # tests of a function, the quickest first
calls: dict[CodeType, dict[str, float]] = defaultdict(dict)


def functions() -> Iterator[tuple[str, FunctionType]]:
    """(module:name, function) of every public function and method of the page layer."""
    package = landscape_app.dashboard
    names = [info.name for info in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    for name in names:
        module = importlib.import_module(name)
        for key, value in vars(module).items():
            for place, function in _functions_of(key, value):
                if function.__module__ == name:
                    yield f"{name.removeprefix('landscape_app.dashboard.')}:{place}", function


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
            if written and not name.startswith("_"):
                yield f"{key}.{name}", member


def watched(item: pytest.Item, nextitem: pytest.Item | None, codes: set[CodeType]) -> list[Any]:
    """The reports of one test; the functions that it calls, fixtures included, are noted."""
    seen: set[CodeType] = set()

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in codes:
            seen.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    begun = time.monotonic()
    try:
        reports: list[Any] = runtestprotocol(item, log=False, nextitem=nextitem)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    for code in seen:
        calls[code][item.nodeid] = time.monotonic() - begun
    return reports


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
        co_freevars=(),
    )


def _stars(code: CodeType) -> int:
    flags = code.co_flags
    return bool(flags & inspect.CO_VARARGS) + bool(flags & inspect.CO_VARKEYWORDS)


def missed(function: FunctionType, items: list[pytest.Item]) -> bool:
    """Whether one of `items` fails while the function is broken."""
    kept = function.__code__
    for item in items:
        function.__code__ = broken(function)
        try:
            reports = runtestprotocol(item, log=False, nextitem=item)
        finally:
            function.__code__ = kept
        if any(report.failed for report in reports):
            return True
    return False


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Watch every test once, then break every function."""
    public = [(place, function) for place, function in functions() if not function.__closure__]
    codes = {function.__code__ for _, function in public}
    items = {item.nodeid: item for item in session.items}
    for item in session.items:
        reports = watched(item, item, codes)
        if any(report.failed for report in reports):
            session.testsfailed += 1
            print(f"\nfails unbroken: {item.nodeid}")  # noqa: T201
            for node in [node for node in calls.values() if item.nodeid in node]:
                del node[item.nodeid]
    survivors = []
    for place, function in public:
        quickest = sorted(calls[function.__code__].items(), key=lambda call: call[1])[:TRIED]
        if not missed(function, [items[name] for name, _ in quickest]):
            survivors.append(f"{place} ({len(calls[function.__code__])} tests call it)")
    session.testsfailed += len(survivors)
    print(f"\n{len(public)} functions broken, {len(survivors)} missed by no test:")  # noqa: T201
    print("\n".join(survivors))  # noqa: T201
    return True
