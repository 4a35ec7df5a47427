"""The table of commands, one line each: the name, its function, and what the function needs.

To add a command, write `landscape_app/cli/NAME.py` with one function and add one line here. The
function's docstring is the help; its keyword arguments are the options. An argument called `runs`
is checked before the function is called.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cyclopts import App

from landscape_app import __version__
from landscape_app.cli.flags import on_a_runs_folder, with_limit, with_quiet


@dataclass(frozen=True)
class Command:
    """target: `"module:function"`, or `"module:app"` of a group of commands.
    reads_files: it reads files of data or weights, so it has a limit on their size. works: it
    shows progress, so it has --quiet.
    """

    target: str
    reads_files: bool = False
    works: bool = False

    def load(self) -> Callable[..., Any] | App:
        """The function as the parser calls it, or the group."""
        module, _, name = self.target.partition(":")
        command = getattr(importlib.import_module(module), name)
        if isinstance(command, App):
            return command
        command = with_limit(command) if self.reads_files else command
        command = with_quiet(command) if self.works else command
        return on_a_runs_folder(command)


COMMANDS: dict[str, Command] = {
    "quickstart": Command("landscape_app.cli.quickstart:quickstart", works=True),
    "run": Command("landscape_app.cli.run:run", reads_files=True, works=True),
    "resume": Command("landscape_app.cli.resume:resume", reads_files=True, works=True),
    "analyse": Command("landscape_app.cli.analyse:analyse", reads_files=True, works=True),
    "sample": Command("landscape_app.cli.sample:sample", reads_files=True, works=True),
    "surface": Command("landscape_app.cli.surface:surface", reads_files=True, works=True),
    "curvature": Command("landscape_app.cli.curvature:curvature", reads_files=True, works=True),
    "study": Command("landscape_app.cli.study:study", reads_files=True, works=True),
    "experiment": Command("landscape_app.cli.experiment:experiment", works=True),
    "paper": Command("landscape_app.cli.paper:paper", works=True),
    "gallery": Command("landscape_app.cli.gallery:gallery_"),
    "measures": Command("landscape_app.cli.measures:measures"),
    "list": Command("landscape_app.cli.list_:list_"),
    "jobs": Command("landscape_app.cli.jobs:jobs"),
    "cancel": Command("landscape_app.cli.cancel:cancel"),
    "show": Command("landscape_app.cli.show:show"),
    "verify": Command("landscape_app.cli.verify:verify", reads_files=True, works=True),
    "note": Command("landscape_app.cli.note:note"),
    "delete": Command("landscape_app.cli.delete:delete"),
    "gc": Command("landscape_app.cli.gc:gc"),
    "figure": Command("landscape_app.cli.figure:figure"),
    "report": Command("landscape_app.cli.report:report"),
    "export": Command("landscape_app.cli.export:export"),
    "import": Command("landscape_app.cli.import_:import_"),
    "import-checkpoints": Command(
        "landscape_app.cli.import_checkpoints:import_checkpoints", reads_files=True, works=True
    ),
    "serve": Command("landscape_app.cli.serve:serve"),
    "worker": Command("landscape_app.cli.queue_worker:worker"),
    "bench": Command("landscape_app.cli.bench:bench"),
}


def program(commands: Mapping[str, Command]) -> App:
    """The command line with these commands."""
    app = App(
        name="landscape",
        help=(
            "Explore the loss landscape around what a network learned: jump away from the minimum,"
            " retrain, look."
        ),
        version=__version__,
        suppress_keyboard_interrupt=False,  # `main` says that it was cancelled
    )
    for name, command in commands.items():
        app.command(command.load(), name=name)
    return app
