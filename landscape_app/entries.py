"""One line of a table, and how a name is looked up in one."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app.errors import SpecError, UnknownNameError, first_line


@dataclass(frozen=True)
class Entry:
    """One line of a table: where the thing is, what it is called on the page, one sentence about it, and its constants."""

    target: str
    label: str
    help: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def load(self) -> Any:
        """Import and return what `target` names."""
        module, _, name = self.target.partition(":")
        return getattr(importlib.import_module(module), name)


def find(kind: str, table: Mapping[str, Entry], name: str) -> Entry:
    """The entry called `name`; raises UnknownNameError with a suggestion."""
    if name not in table:
        raise UnknownNameError(kind, name, table)
    return table[name]


def imported(target: str, kind: str) -> Any:
    """What a person's own "module:name" names, the current folder included in the search. Raises SpecError saying what was not found."""
    module, _, name = target.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SpecError(
            f"The {kind} '{target}' cannot be imported: {first_line(error)}. Give module:name, importable from the current folder."
        ) from error
    except SystemExit as error:  # a script that parses arguments, or gives up
        remedy = "Put what the file does as a script under: if __name__ == '__main__'"
        raise SpecError(f"{ended(target, error)} when it was imported. {remedy}.") from error
    except Exception as error:  # whatever a person's own file raises when it is run
        raise SpecError(f"The {kind} '{target}' cannot be imported: {type(error).__name__}: {first_line(error)}{_where(error)}.") from error


def ended(target: str, error: SystemExit) -> str:
    """That a person's own code called sys.exit, in words without a full stop."""
    return f"'{target}' ended the program (SystemExit: {first_line(error)})"


def _where(error: Exception) -> str:
    """The file and line that raised `error`, in words; "" where there is none (a syntax error names its own)."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return "" if isinstance(error, SyntaxError) or not last else f" (in {Path(last[0].filename).name}, line {last[0].lineno})"
