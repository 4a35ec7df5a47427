"""The expected width of a study's interval for τ, by its numbers of configurations and seeds. It
shows what a grid can decide before the grid is computed.

The widths were simulated once, and a test simulates some of them again. They are median widths of
the 95 % interval of a τ of 0.5 that is drawn over configurations. Measure and gap are both normal:
97 % of their variance lies between configurations and 3 % between seeds of one, as in grids of
digits networks. More seeds help little: they say more about each configuration, and nothing about
others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

WIDTHS: Mapping[int, Mapping[int, float]] = {  # seeds of a configuration: {configurations: width}
    1: {
        5: 1.71,
        6: 1.23,
        8: 1.08,
        10: 0.84,
        15: 0.65,
        20: 0.53,
        30: 0.40,
        40: 0.34,
        60: 0.26,
        100: 0.20,
    },
    2: {
        5: 1.13,
        6: 0.98,
        8: 0.83,
        10: 0.72,
        15: 0.55,
        20: 0.46,
        30: 0.37,
        40: 0.31,
        60: 0.25,
        100: 0.18,
    },
    3: {
        5: 1.02,
        6: 0.88,
        8: 0.77,
        10: 0.67,
        15: 0.53,
        20: 0.45,
        30: 0.35,
        40: 0.29,
        60: 0.24,
        100: 0.18,
    },
    5: {
        5: 0.88,
        6: 0.79,
        8: 0.72,
        10: 0.62,
        15: 0.52,
        20: 0.44,
        30: 0.34,
        40: 0.29,
        60: 0.24,
        100: 0.18,
    },
}
WIDE = 0.5  # an interval this wide does not tell a τ of 0.5 from one of 0.25
FEW = 8  # configurations below which an interval that is drawn over them is too narrow …
LEAST = 5  # … and below which it says nothing, so that there is none
SHOWN = (10, 20, 40, 100)  # configurations named for comparison


def expected_width(configurations: int, seeds: float = 1.0) -> float:
    """Width of the 95 % interval of a τ near 0.5, at most 2. seeds: networks per configuration, on
    average; more than 5 count as 5.
    """
    most = max(WIDTHS)
    below = max(known for known in WIDTHS if known <= max(seeds, 1))
    above = min((known for known in WIDTHS if known >= seeds), default=most)
    left, right = (_by_configurations(WIDTHS[known], configurations) for known in (below, above))
    if above == below:
        return left
    share = math.log(seeds / below) / math.log(above / below)
    return math.exp((1 - share) * math.log(left) + share * math.log(right))


def _by_configurations(widths: Mapping[int, float], configurations: int) -> float:
    """The width for this number of configurations: between the known sizes a power law; beyond them
    proportional to 1/√n.
    """
    sizes, here = sorted(widths), max(configurations, 1)
    if here <= sizes[0] or here >= sizes[-1]:
        edge = sizes[0] if here <= sizes[0] else sizes[-1]
        return min(2.0, widths[edge] * math.sqrt(edge / here))
    right = next(size for size in sizes if size >= here)
    left = sizes[sizes.index(right) - 1]
    share = math.log(here / left) / math.log(right / left)
    return math.exp((1 - share) * math.log(widths[left]) + share * math.log(widths[right]))


def too_few(networks: int, configurations: int) -> str:
    """A sentence if configurations are too few to distinguish measures; otherwise ""."""
    seeds = networks / max(configurations, 1)
    if configurations < LEAST:
        return (
            f"Too few networks: {_grid(networks, configurations)}. With so few"
            " configurations there are no intervals."
        )
    width, parts = expected_width(configurations, seeds), []
    if width > WIDE:
        better = [
            f"{expected_width(count, seeds):.2f} at {count}"
            for count in SHOWN
            if count > configurations
        ]
        better[:1] = [f"{text}{' configurations' if seeds > 1 else ''}" for text in better[:1]]
        head = (
            f"with {networks} the" if seeds == 1 else f"{_grid(networks, configurations)}, so the"
        )
        parts.append(
            f"Too few networks: {head} 95 % interval of a τ near 0.5 is about {width:.2f} wide"
            f" ({', '.join(better)}), so measures cannot be told apart."
        )
    if configurations < FEW:
        parts.append(
            f"Few configurations: the intervals resample only {configurations} configurations, so"
            " they are too narrow."
        )
    return " ".join(parts)


def _grid(networks: int, configurations: int) -> str:
    """The numbers of configurations and seeds: 18 networks are 6 configurations of 3 seeds each."""
    seeds, many = (
        networks / max(configurations, 1),
        f"{configurations} configuration{'' if configurations == 1 else 's'}",
    )
    if seeds == 1:
        return f"there {'is' if configurations == 1 else 'are'} {many}"
    each = f"{networks // configurations} seeds each"
    return f"{networks} are {many} of {each if seeds.is_integer() else f'about {seeds:.1f} seeds'}"
