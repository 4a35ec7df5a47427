"""The command `landscape`: parses words, calls the library, prints results; a user's mistake is one line and exit code 2."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from landscape_app import __version__
from landscape_app.cli import analysing, benching, curving, measuring, reading, sampling, serving, studying, surfacing
from landscape_app.errors import Cancelled, ChecksFailedError, LandscapeError
from landscape_app.jobs.live import own_process

app = App(
    name="landscape",
    help="Explore the loss landscape around what a network learned: jump away from the minimum, retrain, look.",
    version=__version__,
)
for command in (
    sampling.quickstart,
    sampling.run,
    sampling.resume,
    analysing.analyse,
    surfacing.surface,
    curving.curvature,
    studying.study,
    measuring.measures,
    reading.list_,
    reading.show,
    reading.verify,
    reading.delete,
    reading.export,
    serving.serve,
):
    app.command(command, name=command.__name__.rstrip("_"))
app.command(benching.bench)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (without the program's name); returns the exit code.

    0, 1 (checks failed), 2 (user's mistake), 130 (cancelled).
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if argv is None:  # the process is ours
        own_process()
    try:
        app(list(argv) if argv is not None else None, exit_on_error=False, print_error=False, result_action="return_value")
    except (LandscapeError, CycloptsError) as error:
        sys.stderr.write(f"landscape: {' '.join(str(error).split())}\n")
        return 1 if isinstance(error, ChecksFailedError) else 2
    except (Cancelled, KeyboardInterrupt):
        sys.stderr.write("landscape: cancelled; what is committed stays, and `landscape resume` goes on from there.\n")
        return 130
    return 0
