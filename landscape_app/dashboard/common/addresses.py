"""The addresses of the pages: what a query says, how an address is written, and how the address
line follows what a page shows, so that a link shows it again.

Python says which controls the address line carries; the script `address` in assets/shell.js writes
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict
from urllib.parse import parse_qs, urlencode

from dash import ClientsideFunction, Dash, Input, State, dcc
from flask import has_request_context, request

from landscape_app.dashboard.common import ids
from landscape_app.errors import LandscapeError

Query = dict[str, str]


def parsed(search: str | None) -> Query:
    """The query of an address as {name: first value}; characters that cannot be printed go."""
    return {
        name: "".join(char for char in values[0] if char.isprintable())
        for name, values in parse_qs((search or "").lstrip("?")).items()
    }


def run_ids(query: Mapping[str, str], name: str = "runs") -> list[str]:
    """The ids in a list of the query: ?runs=ID,ID."""
    return [id for id in query.get(name, "").split(",") if id]


def written(
    runs: Sequence[str], values: Mapping[str, object], defaults: Mapping[str, object]
) -> str:
    """The query of these runs and values, without the values that are the defaults."""
    changed = {name: value for name, value in values.items() if value != defaults.get(name)}
    return urlencode({"runs": ",".join(runs), **changed}, safe=",")


def at(path: str) -> str:
    """The address of `path` ("/jobs") in the browser: after the prefix of this server, if any."""
    return f"{request.script_root}{path}" if has_request_context() else path


def path_of(pathname: str | None) -> str:
    """The path in the table of pages of an address in the browser: without the server's prefix."""
    path = pathname or ""
    root = at("")
    return (path.removeprefix(root) if f"{path}/".startswith(f"{root}/") else path) or "/"


def explore(runs: Sequence[str]) -> str:
    """The address at which Explore shows these runs."""
    return at(f"/?runs={','.join(runs)}")


def checks(runs: Sequence[str]) -> str:
    """The address at which Checks shows these runs."""
    return at(f"/checks?runs={','.join(runs)}")


def study(id: str) -> str:
    """The address of a study."""
    return at(f"/study?id={id}")


def job(id: str) -> str:
    """The address at which Jobs shows a run or study in full."""
    return at(f"/jobs?show={id}")


def sound(
    query: Mapping[str, str],
    defaults: Mapping[str, str],
    check: Callable[[Mapping[str, str]], object],
) -> tuple[Query, list[str]]:
    """(`query` without the values of controls that `check` refuses, a sentence for each).

    defaults: {name: its default} of the controls; `check` gets one such record, in which a single
    value is that of the query, and raises LandscapeError for one that is not in its table.
    """
    faults = {}
    for name, default in defaults.items():
        try:
            check({**defaults, name: query.get(name, default)})
        except LandscapeError as error:
            faults[name] = f"{name}: {error} The page shows its default, {default}."
    readable = {name: value for name, value in query.items() if name not in faults}
    return readable, list(faults.values())


def followed(faults: Sequence[str]) -> Any:
    """The store that says in the page's corner what of its address could not be followed."""
    look = {"action": "show", "color": "yellow", "autoClose": False, "withBorder": True}
    notices = [{**look, "title": "From the link", "message": fault} for fault in faults]
    return dcc.Store(id=ids.FOLLOWED, data=notices)


class _AddressLine(TypedDict):
    """The names in the query, in the order of the controls, and the values that are left out."""

    names: list[str]
    defaults: dict[str, str]


def line(defaults: Mapping[str, str]) -> Any:
    """The store that a page's layout holds; `defaults`: {name in the query: its default}."""
    data: _AddressLine = {"names": list(defaults), "defaults": dict(defaults)}
    return dcc.Store(id=ids.ADDRESS, data=data)


def follow(app: Dash, *controls: Input) -> None:
    """The address line follows these controls, which are in the order of the store's names."""
    app.clientside_callback(
        ClientsideFunction("shell", "address"),
        *controls,
        State(ids.ADDRESS, "data"),
        prevent_initial_call=True,
    )
