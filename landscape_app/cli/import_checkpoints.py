"""The command import-checkpoints: a folder of checkpoints becomes a run with its training path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landscape_app.cli.flags import with_settings
from landscape_app.cli.options import Json, Runs
from landscape_app.cli.progress import session
from landscape_app.cli.run import Analyse, Name, finish, new_run
from landscape_app.cli.streams import warn
from landscape_app.cli.trust import Trust, permitted
from landscape_app.errors import SpecError
from landscape_app.settings import RunSpec


@with_settings(RunSpec)
def import_checkpoints(
    folder: Path,
    /,
    *,
    runs: Runs = Path("runs"),
    id: Name = None,
    analyse: Analyse = None,
    trust: Trust = False,
    json: Json = False,
    **settings: Any,
) -> None:
    """Make a run of the checkpoints of one training. They become its training path; the last one is
    its minimum, around which it jumps and retrains.

    Parameters
    ----------
    folder: Path
        Folder with the files (.pt, .pth, .ckpt, .safetensors), or with a folder for each. Their
        names have the step or the epoch: model-epoch-12.pt, checkpoint-500/model.safetensors.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import checkpoint_folder
    from landscape_app.pipeline.beginning import undone_if_it_fails

    for name in ("checkpoint", "train_epochs"):
        if name in settings:
            raise SpecError(f"{name}: the last file of the folder is the trained network.")
    files, left = checkpoint_folder.listed(folder)
    if left:
        warn(f"Left out, because their names have no number: {', '.join(left[:3])}.")
    trained = {"checkpoint": str(files[-1].path.absolute()), "train_epochs": 0}
    begun = new_run(runs, id, settings | trained, analyse=analyse is not False)
    permitted(begun.run, trust, "run --id")
    with undone_if_it_fails(begun) as run:
        with session(run.path, asked=JobRequest("run")) as progress:
            checkpoint_folder.keep(run, files, progress)
        finish(run, analyse=analyse, json=json)
