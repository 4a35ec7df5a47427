"""The address line carries what a page shows, so that a link shows it again.

Python says which controls the address line carries; the script `address` in assets/shell.js writes
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from dash import ClientsideFunction, Dash, Input, State, dcc

from landscape_app.dashboard.common import ids


class AddressLine(TypedDict):
    """The names in the query, in the order of the controls, and the values that are left out."""

    names: list[str]
    defaults: dict[str, str]


def store(defaults: Mapping[str, str]) -> Any:
    """The store that a page's layout holds; `defaults`: {name in the query: its default}."""
    line: AddressLine = {"names": list(defaults), "defaults": dict(defaults)}
    return dcc.Store(id=ids.ADDRESS, data=line)


def register(app: Dash, *controls: Input) -> None:
    """The address line follows these controls, which are in the order of the store's names."""
    app.clientside_callback(
        ClientsideFunction("shell", "address"),
        *controls,
        State(ids.ADDRESS, "data"),
        prevent_initial_call=True,
    )
