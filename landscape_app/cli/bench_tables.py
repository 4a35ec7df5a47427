"""What the longer benches say in the terminal."""

from __future__ import annotations

from typing import Any

from landscape_app.cli.output import say, table

OWN = (  # what only our side reports
    "error",
    "stress",
    "t",
    "smad",
    "largest",
    "trace",
    "standard_error",
    "mean_eigenvalue",
)


def load(result: dict[str, Any]) -> None:
    """The result of bench.load.measure."""
    from landscape_app.bench.load_user import KINDS

    lines = []
    for kind, words in KINDS.items():
        figure = result["kinds"][kind]
        ms = [round(1000 * figure[name], 1) for name in ("p50", "p95", "alone")]
        lines.append([words, figure["count"], *ms, round(figure["times"], 1)])
    say(table(["answer, ms", "count", "median", "p95", "alone", "p95 / alone"], lines))
    memory, listing, used = result["memory"], result["listing"], result["processor"]
    growth = "unknown" if memory["growth"] is None else f"{memory['growth']:.1f} MiB"
    say(
        f"{result['requests']:,} requests of {result['users']} users, {result['errors']} errors;"
        f" processor: server {used['server']:.1f} s of {result['seconds']} s, users"
        f" {used['users']:.1f} s; memory {memory['before']:.0f} MiB before, {memory['after']:.0f}"
        f" after, growth in 10 minutes {growth}"
    )
    names = {"catalogue": "list", "first": "first page Runs", "again": "again"}
    say(
        f"{listing['runs']:,} runs, s (processor): "
        + ", ".join(
            f"{words} {listing[name]['seconds']:.2f} ({listing[name]['processor']:.2f})"
            for name, words in names.items()
        )
        + f"; load {result['load'][0][0]:.1f} before and {result['load'][1][0]:.1f} after"
    )
    for fault in result["faults"]:
        say(fault)


def analysis(result: dict[str, Any], repeats: int) -> None:
    """The result of bench.analysis.measure."""
    say(
        table(
            ["n", "step", "ours", "reference", "its", "ratio", "agreement", "MiB"],
            [_line(row) for row in result["rows"]],
        )
    )
    facts = result["machine"]
    say(
        f"seconds, medians of up to {repeats}; {facts['cores']} cores, {facts['torch_threads']}"
        f" torch threads, BLAS: {'; '.join(facts['blas'])}; load {result['load'][0]} before and"
        f" {result['load'][1]} after; MiB: whole process of ours. Spreads and versions: --json"
    )


def _line(row: dict[str, Any]) -> list[Any]:
    own = {name: row[name] for name in OWN if name in row}
    words = [f"ours {name} {value:.4g}" for name, value in own.items()] + [
        f"{name} {value:.3g}" for name, value in row["agreement"].items()
    ]
    peak = None if row["peak_mib"] is None else round(row["peak_mib"])
    reference = ", ".join(filter(None, (row["reference"], row["note"])))
    return [
        row["n"],
        row["step"],
        row["ours"],
        reference,
        row["reference_seconds"],
        row["ratio"],
        "; ".join(words),
        peak,
    ]
