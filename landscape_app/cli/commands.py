"""The table of commands, one line each: the name, its function, and what the function needs.

To add a command, write `landscape_app/cli/NAME.py` with one function and add one line here. The
function's docstring is the help; its keyword arguments are the options. An argument called `runs`
is checked before the function is called.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cyclopts import App

from landscape_app.cli.flags import on_a_runs_folder, with_limit, with_quiet


@dataclass(frozen=True)
class Command:
    """target: `"module:function"` in this package, or `"module:app"` of a group of commands.
    reads_files: it reads files of data or weights, so it has a limit on their size. works: it
    shows progress, so it has --quiet.
    """

    target: str
    reads_files: bool = False
    works: bool = False

    def load(self) -> Callable[..., Any] | App:
        """The function as the parser calls it, or the group."""
        module, _, name = self.target.partition(":")
        command = getattr(importlib.import_module(f"landscape_app.cli.{module}"), name)
        if isinstance(command, App):
            return command
        command = with_limit(command) if self.reads_files else command
        command = with_quiet(command) if self.works else command
        return on_a_runs_folder(command)


COMMANDS: dict[str, Command] = {
    "quickstart": Command("quickstart:quickstart", works=True),
    "run": Command("run:run", reads_files=True, works=True),
    "resume": Command("resume:resume", reads_files=True, works=True),
    "analyse": Command("analyse:analyse", reads_files=True, works=True),
    "surface": Command("surface:surface", reads_files=True, works=True),
    "curvature": Command("curvature:curvature", reads_files=True, works=True),
    "study": Command("study:study", reads_files=True, works=True),
    "measures": Command("measures:measures"),
    "list": Command("list_:list_"),
    "show": Command("show:show"),
    "verify": Command("verify:verify", reads_files=True, works=True),
    "delete": Command("delete:delete"),
    "export": Command("export:export"),
    "import": Command("import_:import_"),
    "serve": Command("serve:serve"),
    "bench": Command("bench:bench"),
}
