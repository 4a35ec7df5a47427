"""Types of the facts of a stored result: numbers, counts, names and texts with limits. They are
strict: a text is not a number. A result may come from someone else, so every length has a limit.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

# further keys are allowed: a later version may say more
LOOSE = ConfigDict(strict=True, extra="allow")

Number = Annotated[float, Field(allow_inf_nan=False)]
Known = Number | None  # None: not finite, or there is none
Count = Annotated[int, Field(ge=0, le=2**53)]
Text = Annotated[str, Field(max_length=10_000)]
Named = Annotated[str, Field(max_length=300)]
# of a column: as long as a cell of a table may be
Title = Annotated[str, Field(max_length=2_000)]
Reasons = dict[Named, Text]
