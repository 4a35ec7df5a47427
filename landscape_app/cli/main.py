"""The command `landscape`: it parses words, calls the library and prints results. A mistake of the
user gives one line and exit code 2.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from cyclopts import CycloptsError

from landscape_app import imports
from landscape_app.cli import streams
from landscape_app.cli.commands import COMMANDS, program
from landscape_app.cli.flags import plain_suggestion
from landscape_app.errors import Cancelled, ChecksFailedError, LandscapeError, first_line
from landscape_app.jobs.session_progress import own_process

CANCELLED = 130  # as the shell says of a program that SIGINT ended
UNREAD = 141  # as the shell says of a program that SIGPIPE ended

app = program(COMMANDS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (without the program's name). Returns the exit code: 0, 1 (checks
    failed), 2 (user's mistake, or the output cannot be written), 130 (cancelled), 141 (the reader
    of the output has closed it, as in `| head`).
    """
    streams.prepare()
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    if argv is None:  # the process is ours
        own_process()
        os.environ.update(imports.environment())
        # a log that cannot be written is no reason to stop, nor for a traceback
        logging.raiseExceptions = False
    try:
        code = _code(argv)
    finally:
        streams.close()
    if argv is None and code == CANCELLED:
        os._exit(code)  # at once: a library's call that was left behind may still be at work
    return code


def _code(argv: Sequence[str] | None) -> int:
    try:
        app(
            list(argv) if argv is not None else None,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    except (LandscapeError, CycloptsError) as error:
        return _told(error)
    except (Cancelled, KeyboardInterrupt):
        streams.warn(
            "landscape: cancelled. What is committed stays. `landscape resume` goes on from there."
        )
        return CANCELLED
    except streams.UnreadError:
        return UNREAD
    except SystemExit as error:
        if streams.of_the_help(error):  # rich, which writes the help, when nobody reads it
            return UNREAD
        return _told(
            LandscapeError(
                f"Code that Landscape called ended the program (SystemExit: {first_line(error)})."
            )
        )
    except OSError as error:
        if not streams.of_the_help(error):
            raise
        fault = streams.fault(error)
        return UNREAD if isinstance(fault, streams.UnreadError) else _told(fault)
    return 0


def _told(error: Exception) -> int:
    """Print the error in one line. Returns the exit code."""
    words = " ".join(str(error).split())
    streams.warn(
        f"landscape: {plain_suggestion(words) if isinstance(error, CycloptsError) else words}"
    )
    return 1 if isinstance(error, ChecksFailedError) else 2
