"""Parts of pages that are made from the program's own tables: they are never out of date."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping

from landscape_app import registries
from landscape_app.entries import Entry
from landscape_app.measure_table import FAMILIES

NEEDS = {
    "snapshots": "Of the snapshots",
    "network": "Of the network at the anchor",
    "diagrams": "Of the diagrams",
}


def row(cells: Iterable[object]) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    head = list(head)
    return "\n".join([row(head), row(["---"] * len(head)), *(row(cells) for cells in rows)])


def entries(entries: Mapping[str, Entry]) -> str:
    """The names of a table, each with its label and what it is."""
    return table(
        ("name", "label", "what it is"),
        ((f"`{name}`", entry.label, entry.help) for name, entry in entries.items()),
    )


def meanings() -> str:
    """Every measure with what it means and when it misleads, by family."""
    parts = []
    for family, title in FAMILIES.items():
        lines = [
            (f"`{name}`", entry.help, entry.misleads)
            for name, entry in registries.MEASURES.items()
            if entry.family == family
        ]
        parts.append(f"### {title}\n\n{table(('measure', 'means', 'when it misleads'), lines)}")
    return "\n\n".join(parts)


def measures() -> str:
    """Every measure with label, unit, direction, cost and source, by what it needs."""
    from landscape_app.analysis.measures.listing import catalogue

    head = ("name", "label", "unit", "direction", "cost", "source")
    rows = catalogue()
    parts = []
    for needs, title in NEEDS.items():
        lines = [
            (
                f"`{measure['name']}`",
                measure["label"],
                measure["unit"] or "none",
                measure["direction"],
                measure["cost"],
                measure["source"],
            )
            for measure in rows
            if measure["needs"] == needs
        ]
        parts.append(f"### {title}\n\n{table(head, lines)}")
    return "\n\n".join(parts)


def checks() -> str:
    """Every check of `landscape verify` with what it asks and its threshold."""

    def limit(settings: Mapping[str, object]) -> str:
        for key, sign in (("most", "≤"), ("least", "≥")):
            if key in settings:
                number = f"{sign} {settings[key]}" if settings[key] else "= 0"
                return f"{settings['figure']} {number}"
        return f"{settings['figure']} {settings.get('varies', '')}"

    return table(
        ("check", "what it asks", "threshold"),
        (
            (f"**{entry.label}**", entry.help, limit(entry.settings))
            for entry in registries.CHECKS.values()
        ),
    )


def commands() -> str:
    """Every command with its flags, from the command line itself."""
    from landscape_app.cli.main import app

    program, sys.argv[0] = sys.argv[0], "landscape"  # else the usage names the program that builds
    try:
        text = app.generate_docs()
    finally:
        sys.argv[0] = program
    text = text[text.index("## landscape ") :]
    text = re.sub(r"```console\n(.*?)\n```", r"`\1`", text)
    # what reads as an option in the help is no HTML
    return re.sub(r"(?<!`)<(\w)", r"\\<\1", text)


PARTS: dict[str, Callable[[], str]] = {
    "meanings": meanings,
    "measures": measures,
    "checks": checks,
    "commands": commands,
    "data-sets": lambda: entries(registries.DATASETS),
    "networks": lambda: entries(registries.NETWORKS),
    "regimes": lambda: entries(registries.REGIMES),
    "losses": lambda: entries(registries.OBJECTIVES),
    "optimizers": lambda: entries(registries.OPTIMIZERS),
    "schedules": lambda: entries(registries.SCHEDULES),
    "embeddings": lambda: entries(registries.EMBEDDINGS),
    "distances": lambda: entries(registries.DISTANCES),
    "planes": lambda: entries(registries.PLANES),
    "filtrations": lambda: entries(registries.FILTRATIONS),
}
