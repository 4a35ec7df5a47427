"""The command run: train a network, jump, retrain, and analyse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app import feasibility
from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json
from landscape_app.cli.progress import session
from landscape_app.cli.scheduler import Scheduler, run_elsewhere
from landscape_app.cli.trust import Trust, permitted
from landscape_app.errors import SpecError
from landscape_app.settings import PRESETS, AnalysisSpec, RunSpec, parse
from landscape_app.store import commands, names
from landscape_app.store.folder import is_id

if TYPE_CHECKING:
    from landscape_app.pipeline.beginning import Begun
    from landscape_app.store.run import RunFolder

Name = Annotated[
    str | None,
    Parameter(
        name=("--id", "--name"),
        help=(
            "Name of the run. Not given: a new name. If a run of this name exists and was not"
            " started yet, it starts now."
        ),
    ),
]
Preset = Annotated[
    str,
    Parameter(
        help="Start values: quick, or paper (as in Horoi et al. 2022). Other flags change single"
        " settings."
    ),
]
Analyse = Annotated[
    bool | None,
    Parameter(
        help=(
            "Analyse the run after it is sampled, or not. landscape resume remembers this choice."
            " [default: yes]"
        )
    ),
]


@with_settings(RunSpec)
def run(
    *,
    runs: Runs = Path("runs"),
    id: Name = None,
    preset: Preset = "quick",
    analyse: Analyse = None,
    scheduler: Scheduler = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Train a network, jump away from its minimum and retrain. Record every step and analyse the
    result.
    """
    from landscape_app.pipeline.beginning import free, undone_if_it_fails

    if id is not None and is_id(id):
        free(runs, id)
    begun = _begun(runs, id, preset, settings, analyse=analyse is not False)
    permitted(begun.run, trust, "run --id")
    with undone_if_it_fails(begun) as folder:
        finish(folder, analyse=analyse, scheduler=scheduler, json=json)


def _begun(
    runs: Path, id: str | None, preset: str, settings: dict[str, Any], *, analyse: bool
) -> Begun:
    """The run to sample: the existing one of that name, otherwise a new one of the settings."""
    from landscape_app.errors import RunExistsError, UnknownNameError
    from landscape_app.pipeline.beginning import Begun
    from landscape_app.store.run import RunFolder

    if preset not in PRESETS:
        raise UnknownNameError("preset", preset, PRESETS)
    if id is not None and is_id(id) and names.exists(runs / id, trusted=runs):
        if settings or preset != "quick":
            raise RunExistsError(
                f"A run called '{id}' exists in {runs}. Go on with it:"
                f" {commands.line('resume', id, runs)}. Or choose another --id."
            )
        return Begun(RunFolder.open(runs, id), made=False)
    return new_run(runs, id, {**PRESETS[preset], **settings}, analyse=analyse)


def new_run(runs: Path, id: str | None, settings: dict[str, Any], *, analyse: bool) -> Begun:
    """A new run with these settings. analyse: whether its analysis must be feasible, too. Raises
    SpecError, RunExistsError.
    """
    from landscape_app.pipeline.beginning import Begun
    from landscape_app.store.run import RunFolder

    spec = parse(RunSpec, settings)
    _not_given(spec)
    if analyse:
        feasibility.check(spec, AnalysisSpec())
    return Begun(RunFolder.create(runs, id or RunFolder.new_id(runs, spec), spec), made=True)


def finish(
    folder: RunFolder, *, analyse: bool | None, scheduler: str | None = None, json: bool
) -> None:
    """Sample the run to its end, and analyse it. analyse: None: as chosen when the run was
    begun. scheduler: see cli/scheduler.py.
    """
    from landscape_app.jobs import scheduler_address
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import whole_run
    from landscape_app.pipeline.report import of_run
    from landscape_app.store import verdict

    address = scheduler_address.chosen(scheduler)
    with session(folder.path, asked=JobRequest("run"), slot=not address) as progress:
        folder.ask(analyse)
        if folder.analysed_too and not folder.finished:
            feasibility.check(folder.spec, AnalysisSpec())
        if address:
            run_elsewhere(address, folder, progress)
        else:
            whole_run.finish(folder, progress)
    if json:
        bare = {"id": folder.id, "finished": folder.finished}
        say_json(of_run(folder) if folder.analysed_too else bare)
        return
    runs, done = folder.path.parent, f"{folder.id}: finished, {folder.spec.snapshots} snapshots"
    then = f"Look at it: landscape serve{commands.at(runs)}"
    if not folder.analysed_too:
        then = f"It is not analysed yet. To analyse it: {commands.line('analyse', folder.id, runs)}"
    say(f"{done}{verdict.clause(folder.path)}. {then}")


def _not_given(spec: RunSpec) -> None:
    from landscape_app.settings import GIVEN, OBJECTS

    for name in OBJECTS:
        if getattr(spec, name) == GIVEN:
            raise SpecError(
                f"{name}: '{GIVEN}' is for explore(model, …) in Python; the command line needs a"
                " name from the table."
            )
