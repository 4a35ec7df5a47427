"""The file of a study: a few lines of TOML. A longer or deeply nested file is refused before it is
parsed.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from landscape_app.errors import SpecError, first_line
from landscape_app.limits import Reading

MOST = 2**20  # bytes
DEPTH = 16  # tables and lists in each other
_PART = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
# a.b.c…: the parser's work grows with its cube
LONG_NAME = re.compile(rf"(?<![\w-])(?:{_PART}[ \t]*+\.[ \t]*+){{{DEPTH}}}{_PART}")
GIVE = "Give a TOML file with a grid, or the name of a study."


def read(path: Path) -> dict[str, Any]:
    """The values in the file. Raises SpecError: it cannot be read, is too long, is not TOML, or is
    nested too deeply.
    """
    try:
        with Reading(path, SpecError, str(path)) as file:
            if file.bytes > MOST:
                raise SpecError(
                    f"{path} has {file.bytes:,} bytes; a study's TOML has at most {MOST:,}. {GIVE}"
                )
            text = bytes(file.whole()).decode("utf-8-sig").replace("\r\n", "\n")
        if LONG_NAME.search(text):
            raise RecursionError
        values = tomllib.loads(text)
        _check_depth(values)
    except OSError as error:
        raise SpecError(f"{path} cannot be read: {error.strerror or error}. {GIVE}") from error
    except RecursionError as error:
        raise SpecError(
            f"{path} is nested more than {DEPTH} levels deep. A study's TOML never is."
        ) from error
    # of the parser, of the text's encoding, and of a number with thousands of digits
    except ValueError as error:
        raise SpecError(f"{path} is not a TOML file: {first_line(error)}.") from error
    return values


def _check_depth(values: Any) -> None:
    """Raise RecursionError for values that are nested too deep; works without recursion."""
    level = [values]
    for _ in range(DEPTH):
        level = [
            part
            for value in level
            for part in (
                value.values()
                if isinstance(value, dict)
                else value
                if isinstance(value, list)
                else ()
            )
        ]
        if not level:
            return
    raise RecursionError
