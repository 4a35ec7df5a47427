"""All checks of a run, from its folder alone, and their storing beside its other results."""

from __future__ import annotations

from typing import Any

from landscape_app.checks.subject import Subject
from landscape_app.registries import CHECKS
from landscape_app.store import derived, snapshots
from landscape_app.store.run import RunFolder


def verify(run: RunFolder) -> list[dict[str, Any]]:
    """[{"name", "label", "help", "value", "limit", "passed", "detail"}] for every check in the table; passed None: does not apply."""
    embedding = derived.find(run.path, "embedding", method="phate", dims=3)
    subject = Subject(
        settings=run.spec,
        facts=run.prepared() or {},
        snapshots=snapshots.read(run),
        tensors=run.tensors("anchor.safetensors"),
        damaged=tuple(run.damaged()),
        files=len(run.committed()),
        embedding=None if embedding is None else embedding.meta,
    )
    results = []
    for name, entry in CHECKS.items():
        outcome = entry.load()(subject)
        results.append({"name": name, "label": entry.label, "help": entry.help, **vars(outcome)})
    return results


def store(run: RunFolder, *, inputs: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """`verify` and keep the answer as the derived result "checks"."""
    results = verify(run)
    derived.write(run.path, "checks", parameters, {}, {"checks": results}, inputs)
    return results
