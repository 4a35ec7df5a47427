"""A process that reads mutants, asked line by line: `FORMAT FIRST COUNT`; it answers with a line
before and after each file.

before: {"seed": 7}. after: {"seed": 7, "said": "DataError" or "", "fault": traceback or "",
"extra": bytes of memory above the baseline}. COUNT 0: the sound samples, whose seeds are negative.
After the last file: {"done": true}.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from landscape_app.errors import LandscapeError
from landscape_app.limits import raised
from tests.mutations.formats import FORMATS, Format
from tests.mutations.mutator import mutant

MOST_GIB = 0.1


def made(name: str, seed: int, samples: list[bytes]) -> bytes:
    """The mutant of the format `name` that `seed` names; a sample itself where that is negative."""
    if seed < 0:
        return samples[seed]
    form, rng = FORMATS[name], np.random.default_rng([zlib.crc32(name.encode()), seed])
    if rng.random() < 0.5:
        sample = samples[rng.integers(len(samples))]
        return form.within(sample, lambda content: mutant([content], form.tokens, rng), rng)
    return mutant(samples, form.tokens, rng)


def peak() -> int:
    """The most bytes that this process has held."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _tried(form: Format, path: Path, content: bytes) -> dict[str, Any]:
    path.write_bytes(content)
    _forget_peak()
    before, said, fault = psutil.Process().memory_info().rss, "", ""
    try:
        with raised(MOST_GIB):
            form.read(path)
    except LandscapeError as error:
        said = type(error).__name__
        fault = (
            ""
            if "\n" not in str(error).strip() and len(str(error)) < 2_000
            else f"no line of words: {str(error)[:3_000]!r}"
        )
    except BaseException:
        fault = traceback.format_exc()
    return {"said": said, "fault": fault, "extra": max(peak() - before, 0)}


def main(folder: Path) -> None:
    """Answer until nobody asks."""
    logging.disable(logging.CRITICAL)
    tell = partial(print, file=sys.stdout, flush=True)
    for line in sys.stdin:
        name, first, count = line.split()
        form, place = FORMATS[name], folder / name
        if not place.is_dir():
            place.mkdir()
            form.prepare(place)
        samples = list(form.samples())
        for seed in (
            range(int(first), int(first) + int(count)) if int(count) else range(-len(samples), 0)
        ):
            tell(json.dumps({"seed": seed}))
            tell(
                json.dumps(
                    {"seed": seed, **_tried(form, place / form.file, made(name, seed, samples))}
                )
            )
        tell(json.dumps({"done": True}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
