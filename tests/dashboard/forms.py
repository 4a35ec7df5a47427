"""The form of the page New run, filled in, as its callbacks are sent it."""

from __future__ import annotations

from typing import Any

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.new_run.values import FIELDS, of_preset


def filled(**changes: Any) -> dict[str, Any]:
    """The form's part of a request: the quick preset with `changes`, for the callbacks of the
    page.
    """
    key = '{"name":["ALL"],"type":"field"}'
    held = {**of_preset("quick"), **changes}
    return {
        f"{key}.value": [
            {"id": ids.field(name), "property": "value", "value": held[name]} for name in FIELDS
        ],
        f"{key}.id": [
            {"id": ids.field(name), "property": "id", "value": ids.field(name)} for name in FIELDS
        ],
        f"{ids.FORM_REGIMES}.value": ["good", "poor"],
        f"{ids.FORM_PRESET}.value": "quick",
        f"{ids.NONCE}.data": "page",
        **dict.fromkeys(("field-note", "field-box", "field-help"), FIELDS),
    }
