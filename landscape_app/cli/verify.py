"""The command verify: check a run from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app.check_table import verdict
from landscape_app.cli.options import Json, RunName, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.progress import session
from landscape_app.cli.trust import Trust, trusted
from landscape_app.errors import AnalysisError, ChecksFailedError, RunDamagedError
from landscape_app.store import commands

if TYPE_CHECKING:
    from landscape_app.store.run import RunFolder

Store = Annotated[
    bool,
    Parameter(
        help="Store the result with the run, so that the page shows it. The run must be fully"
        " sampled.",
        negative="",
    ),
]


def verify(
    id: RunName,
    /,
    *,
    runs: Runs = Path("runs"),
    store: Store = False,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Check a run from its folder: what is stored, how it was sampled, the network, and what was
    computed from it.

    Each check shows its figure, its threshold, and the stored result that it used. The exit code is
    1 if a check fails. A note says what the network is, and is no failure. A check that does not
    apply says why. A run of another person may name code and files. Without --trust they are not
    used, and the checks that need them say so. Without --store nothing is written, so a job may
    work on the run at the same time.
    """
    from landscape_app.pipeline.verify import verify as work

    run = _trained(runs, id)
    trusted(run, trust)
    checks = _stored(run) if store else work(run)
    if json:
        say_json({"id": id, "checks": checks})
    else:
        cells = [_cells(check, runs) for check in checks]
        say(table(["check", "", "value", "threshold", "detail"], cells))
    _check_passed(checks)


def _trained(runs: Path, id: str) -> RunFolder:
    """The run `id`. Raises RunDamagedError if it has no trained network."""
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    if not run.committed("anchor"):
        raise RunDamagedError(
            f"Run {id} has no trained network yet; there is nothing to verify. Go on with it:"
            f" {commands.line('resume', id, runs)}"
        )
    return run


def _check_passed(checks: Sequence[Mapping[str, Any]]) -> None:
    """Raise ChecksFailedError if a check failed; then the exit code is 1."""
    failed = [check["label"] for check in checks if verdict(check) is False]
    if failed:
        raise ChecksFailedError(
            f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}."
        )


def _cells(check: Mapping[str, Any], runs: Path) -> list[Any]:
    parts = [commands.whole(part, runs) for part in (check["detail"], check["on"]) if part]
    passed = {True: "pass", False: "FAIL", "note": "note", None: "n/a"}[verdict(check)]
    return [check["label"], passed, check["value"], check["limit"], "; ".join(parts)]


def _stored(run: RunFolder) -> list[dict[str, Any]]:
    """Run the checks while holding the run's lock, and store their result. They take seconds, so
    they do not wait for a slot.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import verify as checking

    if not run.finished:
        raise AnalysisError(
            f"Run {run.id} is not fully sampled, so its checks cannot be stored yet. Without"
            " --store they can be shown."
        )
    with session(run.path, slot=False, asked=JobRequest("verify")) as progress:
        return checking.store(
            run, inputs=run.digest(), parameters=checking.parameters(run), progress=progress
        )
