"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Runs = Annotated[Path, Parameter(help="Folder that holds the runs.")]


Json = Annotated[bool, Parameter(help="Print the result as JSON.", negative="")]
