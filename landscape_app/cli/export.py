"""The command export: a run as npz and csv, or a run or study as one archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Runs
from landscape_app.cli.output import say
from landscape_app.errors import SpecError
from landscape_app.store import archive

if TYPE_CHECKING:
    from landscape_app.store.packing import PackingList

SHOWN = 4  # names in one sentence

Target = Annotated[
    Path | None, Parameter(help="Folder for ID.npz and ID.csv. [default: the current one]")
]
Archive = Annotated[
    Path | None,
    Parameter(
        help="Write one archive file (.tar) instead, with the run, or the study and its runs."
        " Results only may also be a .zip file."
    ),
]
WithData = Annotated[
    bool,
    Parameter(
        help="Also put the run's data and checkpoint into the archive.",
        negative="",
    ),
]

ResultsOnly = Annotated[
    bool,
    Parameter(
        help="Put only a study's settings and results into the archive, without its runs.",
        negative="",
    ),
]


def export(
    id: Annotated[str, Parameter(help="The run's name. With --archive it may be a study's name.")],
    /,
    *,
    runs: Runs = Path("runs"),
    to: Target = None,
    archive: Archive = None,
    with_data: WithData = False,
    results_only: ResultsOnly = False,
) -> None:
    """Write a run's snapshots as npz (columns, δ from the anchor) and csv (columns).

    The columns hold the places in stored embeddings: of PHATE in weight space (phate_1 …), of PHATE
    and metric MDS in function space (function_phate_1 …, function_mds_1 …), and the distance to the
    anchor in function space (function_distance).

    With --archive: write everything that is stored of a run, or of a study and its runs, into one
    file. `landscape import` reads it on another machine. The log and the state of the jobs are not
    included. A study's tables and page are not included either: `landscape study ID` writes them
    again.

    With --results-only the archive of a study is small: the pages Study and Paper show it as
    before, but nothing can be computed again, and no run can be opened. FILE.zip is compressed.
    """
    from landscape_app.store.run import RunFolder

    if archive is not None:
        _check_no_folder(to)
        _pack(id, runs, archive, with_data, results_only)
        return
    for flag, given in (("--with-data", with_data), ("--results-only", results_only)):
        if given:
            raise SpecError(f"{flag} belongs to an archive. Name its file too: --archive FILE.")
    from landscape_app.pipeline.export import export as work

    for file in work(RunFolder.open(runs, id), to or Path()):
        say(str(file))


def _check_no_folder(to: Path | None) -> None:
    if to is not None:
        raise SpecError(
            "--to names the folder for npz and csv. --archive names its own file. Leave --to out."
        )


def _pack(id: str, runs: Path, target: Path, with_data: bool, results_only: bool) -> None:
    from landscape_app.store import packing

    if with_data and results_only:
        raise SpecError("--with-data is of runs, and --results-only leaves runs out. Choose one.")
    parts = packing.write(runs, id, target, data=with_data, results_only=results_only)
    manifest = parts.manifest
    without = " without its runs" if results_only else ""
    say(
        f"{target}: the {manifest.kind} {id}{without}, {len(manifest.files)} files,"
        f" {archive.told(manifest.content_size)}."
    )
    for line in _notes(parts, with_data):
        say(line)


def _notes(parts: PackingList, with_data: bool) -> list[str]:
    """What the archive does not contain, and what it reveals of this machine."""
    notes = []
    if parts.left:
        notes.append(f"Damaged, so left out of the archive: {_listed(parts.left)}.")
    if parts.data:
        size = archive.told(parts.data)
        notes.append(
            f"The archive contains the data and checkpoint: {size}."
            if with_data
            else (
                "The archive does not contain the data and checkpoint. After import, surface,"
                f" curvature and resume need them. --with-data adds {size}."
            )
        )
    if parts.needs:
        notes.append(
            "The settings contain names of code or files of this machine:"
            f" {_listed(parts.needs)}."
            " Everyone who gets the archive can read them."
        )
    return notes


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
