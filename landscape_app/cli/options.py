"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Runs = Annotated[Path, Parameter(help="Folder that holds the runs.")]


RunName = Annotated[str, Parameter(help="The run's name.")]
Json = Annotated[bool, Parameter(help="Print the result as JSON.", negative="")]
