"""How the user's own code is imported, and from where it is never imported: from a runs folder,
which may come from a stranger.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from landscape_app.errors import SpecError, first_line

HEAD = "spec.json"  # what makes a folder among runs one of them
ROOT = str(Path(__file__).parents[1])

_closed: set[Path] = set()  # runs folders


def imported(target: str, kind: str) -> Any:
    """The object of the user's own "module:name"; the current folder is searched too. Raises
    SpecError saying what was not found.
    """
    module, _, name = target.partition(":")
    _look_in(Path.cwd(), module.partition(".")[0])
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SpecError(
            f"The {kind} '{target}' cannot be imported: {first_line(error)}. Give module:name,"
            " importable from the current folder."
        ) from error
    except SystemExit as error:  # a script that parses arguments, or gives up
        remedy = "Put the script part of the file under: if __name__ == '__main__'"
        raise SpecError(f"{ended(target, error)} when it was imported. {remedy}.") from error
    except Exception as error:  # whatever a person's own file raises when it is run
        raise SpecError(
            f"The {kind} '{target}' cannot be imported: {type(error).__name__}:"
            f" {first_line(error)}{_where(error)}."
        ) from error


def environment() -> dict[str, str]:
    """Variables for a Python process that this program starts: it does not import modules from the
    current folder.

    Python does so by default (see PYTHONSAFEPATH). Then a `json.py` among the runs would be run by
    every process that is started there.
    """
    variables = {"PYTHONSAFEPATH": "1"}
    paths = list(filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    # not installed: started in the folder that holds the package
    if sys.path[:1] in ([ROOT], [""]) and ROOT not in paths:
        variables["PYTHONPATH"] = os.pathsep.join([ROOT, *paths])
    return variables


def close(folder: Path) -> None:
    """Import nothing from `folder`, nor from the folders that the program made in it: everything
    among runs is data.
    """
    _closed.add(folder.resolve())


def _look_in(folder: Path, top: str) -> None:
    """Let modules be imported from `folder`, unless it is closed. Raises SpecError where `top`
    would be imported from a closed folder.
    """
    if not any(_among(folder.resolve(), closed) for closed in _closed):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    elif (folder / top / "__init__.py").is_file() or (folder / f"{top}.py").is_file():
        raise SpecError(
            f"'{top}' is in the runs folder. Nothing is imported from there. Keep your modules in"
            f" another folder and work there: cd FOLDER, and --runs {folder}"
        )


def _among(folder: Path, runs: Path) -> bool:
    """Whether `folder` is the runs folder, or is inside a run, a study or the shared data."""
    if folder == runs:
        return True
    first = folder.relative_to(runs).parts[0] if folder.is_relative_to(runs) else ""
    return bool(first) and (first.startswith("_") or (runs / first / HEAD).is_file())


def ended(target: str, error: SystemExit) -> str:
    """The message that the user's own code called sys.exit, without a full stop."""
    return f"'{target}' ended the program (SystemExit: {first_line(error)})"


def _where(error: Exception) -> str:
    """The file and line that raised `error`, in words; "" where they are not known (a syntax error
    names its own).
    """
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return (
        ""
        if isinstance(error, SyntaxError) or not last
        else f" (in {Path(last[0].filename).name}, line {last[0].lineno})"
    )
