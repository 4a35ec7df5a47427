"""The ids of the page that are not of one page's own, for callbacks, scripts and tests."""

from __future__ import annotations

from typing import Any

# Shell
LOCATION = "location"
SCHEME = "scheme"  # dmc.ColorSchemeToggle; its computedColorScheme is "light" or "dark"
HEADER_SLOT = "header-slot"  # Explore puts its chips and controls here
PAGE = "page"
NAV = "nav"
TITLES = "titles"  # {path: the title of its page}, for the browser's tab
FOLLOWED = "followed"  # dcc.Store: notices about what of an address could not be followed
TITLED = "titled"  # dcc.Store: the output of the script that writes the title, never filled
SHOWN = "shown"  # dcc.Store: what the runs of the page are called, for the browser's tab
NAV_OPEN = "nav-open"  # the button of the list of pages, where the header has no room for them
NAV_LIVE = "nav-live"  # number of live jobs beside "Jobs"
NOTICES = "notices"
HELP = "help"
HELP_OPEN = "help-open"
PRESENTATION = "presentation-scale"  # the button that makes everything larger
RAIL = "rail"
RAIL_OPEN = "rail-open"  # the button in the header that draws the rail over the page
RAIL_FOLD = "rail-fold"  # the button in the rail that folds it away, or closes the drawer
TOUR_OPEN = "tour-open"  # read by assets/tour.js; seen where the page has a tour
NONCE = "nonce"  # one random word per opened page: among the arguments of every launch

# What goes on: the shell's tick; Explore's strip and the Jobs page have quicker ones
TICK = "tick"
PULSE = "pulse"  # dcc.Store: whether a job is at work, and a word for all that is known of jobs
PACED = "paced"  # dcc.Store: the output of the script that paces the clocks

REVISIT = "revisit"  # written to have the page at the same address drawn anew

ADDRESS = "address"  # what the address line of the page carries (addresses.py)

# Launching: one request store and one result store per slot (manager.py)
SLOTS = ("form", "row", "compare", "quickstart", "study", "lesson", "paper", "gallery")

# Strip in Explore's rail
STRIP = "strip"
STRIP_TICK = "strip-tick"
STRIP_SEEN = "strip-seen"  # what was last shown, so that an unchanged reading sends nothing

# The mark of the checks, in Explore's header
CHECKS_MARK = "checks-link"
CHECKS_MARK_TICK = "checks-link-tick"
CHECKS_MARK_SEEN = "checks-link-seen"

# The page without runs
QUICKSTART = "quickstart"

# Jobs
JOBS = "jobs"
JOBS_TICK = "jobs-tick"
JOBS_LOCATION = "jobs-location"
JOBS_SEEN = "jobs-seen"
JOBS_HEAD = "jobs-head"
JOBS_LIST = "jobs-list"
JOBS_TICKED = "jobs-ticked"
JOBS_COMPARE = "jobs-compare"
JOBS_DETAILS = "jobs-details"
JOBS_MORE = "jobs-more"
JOBS_IMPORT = "jobs-import"  # assets/archives.js sends the file
JOBS_IMPORT_SAYS = "jobs-import-says"

# Runs
LIBRARY = "library"
LIBRARY_TICK = "library-tick"
LIBRARY_SEEN = "library-seen"  # what was last shown, so that an unchanged reading sends nothing
LIBRARY_COUNT = "library-count"
LIBRARY_SEARCH = "library-search"
LIBRARY_GROUP = "library-group"
LIBRARY_GRID = "library-grid"
LIBRARY_CHOSEN = "library-chosen"  # the ids of the ticked runs, in the order of the grid
LIBRARY_COMPARE = "library-compare"
LIBRARY_EXPORT = "library-export"
LIBRARY_EXPORTED = "library-exported"  # the dialog with a link for each run
LIBRARY_LINKS = "library-links"
LIBRARY_DELETE = "library-delete"

# Deletion, on any page
DELETE_WANTED = "delete-wanted"  # {"ids": [...]} of several that a page wants to delete
DELETE_ASK = "delete-ask"
DELETE_NAMES = "delete-names"
DELETED = "deleted"  # when something was deleted
DELETE_TEXT = "delete-text"
DELETE_YES = "delete-yes"
DELETE_NO = "delete-no"

# New run
FORM = "form"
FORM_PRESET = "form-preset"
FORM_REGIMES = "form-regimes"
FORM_RUN_NAME = "form-run-name"
FORM_RUN_NAME_BOX = "form-run-name-box"
FORM_RUN_NAME_SAYS = "form-run-name-says"
FORM_STATUS = "form-status"
FORM_FORECAST = "form-forecast"
FORM_COMMAND = "form-command"
FORM_LAUNCH = "form-launch"
FORM_RESET = "form-reset"


def request(slot: str) -> str:
    """Store (memory) of what is asked to be launched from `slot`."""
    return f"request-{slot}"


def launched(slot: str) -> str:
    """Store (memory) of what was launched from `slot`: {"ids": [...], "error": str | None}."""
    return f"launched-{slot}"


def action(name: str, id: str, place: str) -> dict[str, str]:
    """A button that does `name` to the run or study `id`; `place` is where it stands."""
    return {"type": "action", "action": name, "id": id, "place": place}


def shipped(name: Any, place: Any) -> dict[str, Any]:
    """A button that opens the results of the study `name`; `place` is where it stands."""
    return {"type": "shipped", "name": name, "place": place}


def job_cell(id: Any, name: Any, place: str) -> dict[str, Any]:
    """The part `name` of what is shown of a job at work, which changes with every step."""
    return {"type": "job-cell", "id": id, "name": name, "place": place}


def field(name: str) -> dict[str, str]:
    """The form's control for the setting `name`."""
    return {"type": "field", "name": name}


def field_note(name: str) -> dict[str, str]:
    """What is said under the control: its fault, or how it differs from the preset."""
    return {"type": "field-note", "name": name}


def field_box(name: str) -> dict[str, str]:
    """The box around a field: marked where it is at fault or differs from the preset."""
    return {"type": "field-box", "name": name}


def field_help(name: str) -> dict[str, str]:
    """The help under a field."""
    return {"type": "field-help", "name": name}
