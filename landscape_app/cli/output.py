"""The output of the command line: results on standard output (text or JSON), everything else
through logging on standard error.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from landscape_app import number_text
from landscape_app.cli import streams, terminal


def say(text: str = "") -> None:
    """Print one line of the result on standard output."""
    streams.write(text + "\n")


def say_json(value: Any) -> None:
    """Print `value` as JSON on standard output. Numbers that are not finite become null, and
    letters that its encoding does not have are escaped.
    """
    text = json.dumps(finite(value), indent=2, ensure_ascii=False)
    say(text if streams.encodable(text) else json.dumps(finite(value), indent=2))


def finite(value: Any) -> Any:
    """`value` with every float that is not finite replaced by None, in dicts and lists too."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Aligned columns: text on the left, numbers on the right, – for a missing value.

    At a terminal the table fits its width. Elsewhere each row is one line of any length.
    """
    texts = [[number_text.plain(value) for value in row] for row in [head, *rows]]
    lines = [[streams.printable(text) for text in row] for row in texts]
    numeric = [
        all(isinstance(row[i], (int, float, type(None))) for row in rows) for i in range(len(head))
    ]
    if rows and terminal.is_terminal(sys.stdout):
        return terminal.table(lines[0], lines[1:], numeric)
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def minute(moment: float | None) -> str:
    """A time in seconds as a date and a minute in this machine's time zone; "" where unknown."""
    if not moment:
        return ""
    return datetime.datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M")
