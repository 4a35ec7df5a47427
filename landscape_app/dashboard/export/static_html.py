"""The pages' components as HTML text, for a file that no server answers for.

Words, tables, marks and figures stay. A button of a component library starts something on the
server: it is left out. A link leads to another page: its words stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from dash.development.base_component import Component

NAMES = {"className": "class", "htmlFor": "for"}  # else the name in small letters
VOID = {"br", "hr", "img", "input", "meta"}
OWN, CORE = "dash_html_components", "dash_core_components"


def html_of(content: Any) -> str:
    """`content` as HTML: a component, text, a number, a list of them, or None."""
    if content is None or isinstance(content, bool):
        return ""
    if isinstance(content, (list, tuple)):
        return "".join(map(html_of, content))
    if not isinstance(content, Component):
        return escape(str(content), quote=False)
    if content._namespace == OWN:
        return element(content._type.lower(), _attributes(content), html_of(_children(content)))
    return _of_core(content) if content._namespace == CORE else ""


def text_of(content: Any) -> str:
    """The words of `content`, without those of buttons."""
    return " ".join(" ".join(_words(content)).split())


def element(tag: str, attributes: Mapping[str, Any], inside: str = "") -> str:
    """One HTML element; `inside` is HTML."""
    written = "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    return f"<{tag}{written}>" + ("" if tag in VOID else f"{inside}</{tag}>")


def identity(id: Any) -> str:
    """An id as the browser has it: of a pattern its JSON, sorted, as Dash writes it."""
    if isinstance(id, Mapping):
        return json.dumps(dict(id), sort_keys=True, separators=(",", ":"))
    return str(id)


def _children(component: Component) -> Any:
    return getattr(component, "children", None)


def _attributes(component: Component) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for name, value in component.to_plotly_json()["props"].items():
        if name == "id":
            attributes["id"] = identity(value)
        elif name == "style":
            attributes["style"] = ";".join(f"{_kebab(key)}:{part}" for key, part in value.items())
        elif name not in ("children", "n_clicks"):
            attributes[NAMES.get(name, name.lower())] = value
    return attributes


def _of_core(component: Component) -> str:
    kind = component._type
    given = component.to_plotly_json()["props"]
    if kind == "Graph":
        name = given["id"]["name"] if isinstance(given["id"], Mapping) else given["id"]
        return element("div", {"class": given.get("className"), "data-figure": name})
    if kind == "Link":
        return element("span", {"class": given.get("className")}, html_of(_children(component)))
    if kind == "Input" and given.get("type") == "hidden":
        return element("input", {name: given.get(name) for name in ("type", "id", "value")})
    return ""


def _kebab(name: str) -> str:
    return re.sub(r"([A-Z])", lambda letter: f"-{letter.group(1).lower()}", name)


def _words(content: Any) -> Iterator[str]:
    if isinstance(content, (list, tuple)):
        for part in content:
            yield from _words(part)
    elif isinstance(content, Component):
        if not content._type.endswith("Button"):
            yield from _words(_children(content))
    elif content is not None and not isinstance(content, bool):
        yield str(content)
