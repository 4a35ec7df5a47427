"""Numbers as a person reads them: significant digits, percent, durations, sizes.

The page, the figures and the command line all write numbers through this module.
"""

from __future__ import annotations

import math
from typing import Any

DASH = "–"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Any, digits: int = 3) -> str:
    """Three significant digits: 0.0366, 23.9, 1.2 × 10⁻⁵; – for what is not finite or not there."""
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return DASH
    value = float(value)
    if value.is_integer() and abs(value) < 1e5:
        return f"{value:.0f}".replace("-", "−")
    size = math.floor(math.log10(abs(value)))
    if not -4 <= size < 6:
        return f"{value / 10.0**size:.{max(0, digits - 2)}f} × 10{str(size).translate(SUPERSCRIPT)}"
    text = f"{value:.{max(0, digits - 1 - size)}f}"
    return text.replace("-", "−")


def plain(value: Any, digits: int = 4) -> str:
    """A value as scripts read it: floats with `digits` significant digits (1.2e-05), – for None."""
    if value is None:
        return DASH
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def plain_signed(value: float) -> str:
    """A score from −1 to 1 as scripts read it, always with its sign: +0.53, -0.08."""
    return f"{value:+.2f}"


def narrow(value: float) -> str:
    """Three digits, two where leading zeros make it long."""
    return number(value, 3 if abs(value) >= 0.01 else 2)


def score(value: Any) -> str:
    """A score between 0 and 1, to two digits or three decimals: 0.88, 0.10, 0.067, 0.004."""
    if value is None or not math.isfinite(value):
        return DASH
    if 0 < abs(value) < 0.0005:
        return "<0.001"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}".replace("-", "−")


def percent(value: Any) -> str:
    """A fraction as 96.2 %."""
    return (
        DASH
        if value is None or not math.isfinite(value)
        else f"{100 * value:.1f} %".replace("-", "−")
    )


def duration(seconds: float | None) -> str:
    """Seconds in words: 4 s, 3 min 20 s, 2 h 05 min; – where unknown."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return DASH
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(count: float) -> str:
    """Bytes with the unit that fits: 640 kB, 68 MB, 1.4 GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{three(count / scale)} {unit}"
    return f"{count:.0f} B"


def value(given: object) -> str:
    """A setting's value as a person reads it."""
    if given is None:
        return DASH
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, (tuple, list)):
        return ", ".join(value(part) for part in given)
    return f"{given:g}" if isinstance(given, float) else str(given)


def three(number: float) -> str:
    """Three significant digits, never in powers of ten."""
    return (
        f"{number:,.0f}"
        if number >= 100
        else (
            f"{number:.1f}".removesuffix(".0")
            if number >= 10
            else f"{number:.2f}".rstrip("0").rstrip(".")
        )
    )
