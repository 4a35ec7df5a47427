"""Every id of Explore: stable names for callbacks, scripts and browser tests. Scripts know the
names in capitals' comments too.
"""

from __future__ import annotations

# What is compared, and the button that has just these runs analysed together (demand.py).
RUNS = "explore-runs"  # dcc.Store: list of run ids, in the order of their slots
TOUR = "explore-tour"  # the tour's steps, read by assets/tour.js
COMPARE = "explore-compare"  # button "Compare these": there is at most one on the page

# Header
CHIPS = "explore-chips"
LEGEND = "explore-legend"
# The menu "Share": its entries; what a script asks for: {"what": "command" or "python", "camera",
# "pick", "stamp"}; and what the server wrote: {"text", "what", "stamp"}
COPY_LINK = "explore-copy-link"
COPY_COMMAND = "explore-copy-command"
COPY_PYTHON = "explore-copy-python"
ASKED = "explore-asked"
COPIED = "explore-copied"

# Rail: what is shown, and how
METHOD = "explore-method"
SAMPLING = "explore-sampling"
DIMS = "explore-dims"
DISTANCE = "explore-distance"
COLOUR = "explore-colour"
FILTRATION = "explore-filtration"
SEEDS = "explore-seeds"
STEPS = "explore-steps"
EPOCHS = "explore-epochs"
EPOCHS_SHOWN = "explore-epochs-shown"
PLAY = "explore-play"
DETAILS = "explore-details"

# Main grid
MAIN = "explore-main"
NOTE = "explore-note"
FINDING = "explore-finding"
# dcc.Input, hidden: what the cards of topology show; their switches (assets/switch.js) write it
PART = "explore-part"
JOINT_DIMS = "explore-joint-dims"  # dcc.Input, hidden: dimensions of the joint scene
CURVE = "explore-curve"
GRID = "explore-grid"
SPACES = "explore-spaces"
# button "Compute": the method and distance of the view, where they are not stored; at most one on
# the page
COMPUTE = "explore-compute"
CURVATURE = "explore-curvature"  # button "Compute curvature" under the measures
MEASURES_TABLE = "explore-measures-table"  # filled by assets/measures.js
MEASURES = "explore-measures"  # dcc.Store: the table, drawn by assets/measures.js

# What scripts and callbacks share
PICK = "explore-pick"  # dcc.Store: what is picked, by canonical snapshot ids (assets/link.js)
FILTER = "explore-filter"  # dcc.Store: which snapshots are shown
# dcc.Store: what the scripts know of each run: label, look, epochs, trajectories; palettes
KNOWN = "explore-known"
LINKED = "explore-linked"  # dcc.Store: what the address names beside runs and controls (linked.py)
# A script's callback without an output is not called when its inputs are put in place: these are
# the outputs.
LEARNT = "explore-learnt"
LISTED = "explore-listed"
SWITCHED = "explore-switched"
TICK = "explore-tick"  # dcc.Interval, at work only while something compared is unfinished
# dcc.Store: what was last drawn: a token of the folders, and the value of each control
SEEN = "explore-seen"


def graph(name: str) -> dict[str, str]:
    """A dcc.Graph: scene-0 … scene-3, joint, diagrams-0 … diagrams-3, curves."""
    return {"type": "graph", "name": name}


def place(name: str) -> dict[str, str]:
    """Where a card's figure is put when it comes, by the same names (assets/cards.js)."""
    return {"type": "place", "name": name}


def words(name: str) -> dict[str, str]:
    """The caption of a card, by the same names."""
    return {"type": "words", "name": name}


def twin(name: str) -> dict[str, str]:
    """Where a card's table is put."""
    return {"type": "twin", "name": name}


def twin_open(name: str) -> dict[str, str]:
    """The button that shows a card's table instead of its figure."""
    return {"type": "twin-open", "name": name}


def remove(run: str) -> dict[str, str]:
    """The cross on a run's chip."""
    return {"type": "remove-run", "run": run}


def add(run: str) -> dict[str, str]:
    """The entry of a run or study in the menu "add"."""
    return {"type": "add-run", "run": run}
