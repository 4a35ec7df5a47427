"""A run's folder: its settings, which never change, and the files that its journal names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import RunDamagedError, SpecError, first_line
from landscape_app.settings import RunSpec, parse
from landscape_app.store import (
    commands,
    derived,
    files,
    folder,
    lock,
    names,
    settings_record,
    signature,
)
from landscape_app.store.committed_files import CHUNKS, FILE, NEXT, intact
from landscape_app.store.inventory import Inventory
from landscape_app.store.journal import Journal, Line
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.store.tensors import pack, unpack

HEAD = "spec.json"


@dataclass(frozen=True)
class RunFolder:
    """The run `id` in `path`. A caller of `mark` or `commit` must hold its lock; reading needs no
    lock.
    """

    id: str
    path: Path
    spec: RunSpec
    created: float
    journal: Journal = field(repr=False, compare=False)
    settings: Mapping[str, Any] = field(repr=False, compare=False)  # as they stand in spec.json

    @staticmethod
    def create(runs: Path, id: str, spec: RunSpec) -> RunFolder:
        """Make a run, with this user's signature. Raises RunExistsError, SpecError (not an id),
        StorageError.
        """
        signed = signature.of_run(spec)
        beside = {} if signed is None else {signature.FILE: signature.content(signed)}
        folder.make(
            Path(runs),
            Path(runs),
            id,
            "run",
            HEAD,
            {"settings": spec.model_dump(mode="json")},
            [CHUNKS],
            beside,
        )
        return RunFolder.open(runs, id)

    @staticmethod
    def open(runs: Path, id: str) -> RunFolder:
        """An existing run. Raises RunMissingError, SchemaError; RunDamagedError: spec.json or the
        journal cannot be read, or was changed.
        """
        path = folder.place(Path(runs), id, "run")
        head, journal = folder.read_head(path, HEAD, "run"), Journal(path / JOURNAL)
        settings = head.get("settings")
        if not isinstance(settings, dict):
            raise RunDamagedError(
                f"The settings in {path / HEAD} are not readable: there are none."
            )
        try:
            spec = parse(RunSpec, settings)
        except (SpecError, TypeError, ValueError) as error:
            raise RunDamagedError(
                f"The settings in {path / HEAD} are not readable: {first_line(error)}"
            ) from error
        lines, why = read_journal(path)
        if why:
            raise RunDamagedError(f"{why} Delete the run, or put the file back from a copy.")
        # before the checksum: it can name what was changed
        settings_record.check(path / HEAD, settings, lines)
        folder.check_head(path, HEAD, "run", head)
        return RunFolder(id, path, spec, float(head["created"]), journal, settings)

    @staticmethod
    def new_id(runs: Path, spec: RunSpec) -> str:
        """A free id, made of data, network, regime and seed: digits-mlp-good-0,
        digits-mlp-good-0-2, …
        """
        words = re.sub(
            r"[^a-z0-9]+",
            "-",
            f"{Path(spec.data.removeprefix('npz:')).stem}-{spec.network}-{spec.regime}-{spec.seed}".lower(),
        )
        stem = words.strip("-")[:56] or "run"
        number = 1
        while names.exists(
            Path(runs) / (id := stem if number == 1 else f"{stem}-{number}"), trusted=Path(runs)
        ):
            number += 1
        return id

    @contextmanager
    def lock(self, *, work: bool = False) -> Iterator[None]:
        """Exclusive right to work on the run. RunLockedError names the holder. Also cleans up after
        a crash, and brings a run of an older schema to the present one. work: to do the work of a
        job that has that right on another machine.
        """
        with lock.hold(self.path, f"Run {self.id}", lock.WORK if work else lock.NAME):
            self._migrate()
            self._recover()
            yield

    def mark(self, kind: str, **facts: Any) -> None:
        """Write one fact without a file: a line of the journal. Raises StorageError.

        A "prepared" line also records the settings; spec.json is compared with them later.
        """
        settled = (
            {settings_record.SETTINGS: settings_record.record(self.settings)}
            if kind in settings_record.KINDS
            else {}
        )
        self.journal.append({"kind": kind, **facts, **settled})

    def ask(self, analyse: bool | None) -> None:
        """Record whether the run is to be analysed after it is sampled; None: as recorded before,
        or yes. Raises StorageError.
        """
        if analyse is not None and analyse != self.analysed_too:
            self.mark("asked", analyse=analyse)

    @property
    def analysed_too(self) -> bool:
        """As `Inventory.analysed_too`, now."""
        return self.inventory().analysed_too

    def inventory(self) -> Inventory:
        """What is committed now, and which of it is intact; reads the journal once. Raises
        RunDamagedError where it cannot be read.
        """
        return Inventory(self.path, self.spec, self.journal.lines())

    def commit(
        self, kind: str, file: str, tensors: Mapping[str, np.ndarray], /, **facts: Any
    ) -> None:
        """Write the tensors to `file`, then its line. The file is committed when this returns.
        Otherwise, also after a crash, nothing has changed.

        A committed file of that name stays until the new line is durable. Raises StorageError.
        """
        target = self._path_of(file)
        content = pack(tensors)
        line = {
            "kind": kind,
            "file": file,
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            **facts,
        }
        waiting = target.with_name(target.name + NEXT)
        if names.is_file(waiting):
            self._recover()  # it may hold the only sound copy of what its line says
        replaced = any(line["file"] == file for line in self.committed())
        with files.storing(target):
            if not names.is_folder(target.parent):
                names.make_folder(target.parent)
                files.sync_folder(self.path)
        files.write_atomic(waiting if replaced else target, content)
        self.journal.append(line)
        if replaced:
            with files.storing(target):
                names.rename(waiting, target)
                files.sync_folder(target.parent)

    def committed(self, kind: str | None = None) -> list[Line]:
        """As `Inventory.committed`, now; only of `kind` if given."""
        inventory = self.inventory()
        return list(inventory.committed) if kind is None else inventory.of(kind)

    def facts(self) -> dict[str, Any]:
        """As `Inventory.facts`, now."""
        return self.inventory().facts

    def prepared(self) -> dict[str, Any] | None:
        """As `Inventory.prepared`, now."""
        return self.inventory().prepared

    @property
    def finished(self) -> bool:
        """As `Inventory.finished`, now."""
        return self.inventory().finished

    def damaged(self) -> list[str]:
        """As `Inventory.damaged`, now."""
        return list(self.inventory().damaged)

    def tensors(self, file: str) -> dict[str, np.ndarray]:
        """Every array of a committed file, checked against its hash. Raises RunDamagedError if the
        file is missing or changed.
        """
        line = next((line for line in self.committed() if line["file"] == file), None)
        if line is None:
            raise RunDamagedError(f"Run {self.id} has no committed file '{file}'.")
        path = intact(self.path, line)
        content = (
            bytearray() if path is None else bytearray(files.read_bytes(path, most=line["bytes"]))
        )
        if hashlib.sha256(content).hexdigest() != line["sha256"]:
            raise RunDamagedError(
                f"{self.path / file} is missing or damaged. Make it again:"
                f" {commands.line('resume', self.id, self.path.parent)}"
            )
        return unpack(content, file)

    def digest(self) -> str:
        """As `Inventory.digest`, now."""
        return self.inventory().digest

    def _migrate(self) -> None:
        """Add what schema 2 has, from what exists: the settings in the journal, then the checksum
        in spec.json. After a crash it is done again.
        """
        older = folder.read_head(self.path, HEAD, "run")["schema"] < folder.SCHEMA
        if older and not any(
            line["kind"] == settings_record.MIGRATED for line in self.journal.lines()
        ):
            self.mark(settings_record.MIGRATED, schema=folder.SCHEMA)
        folder.bring_head(self.path, HEAD, "run")

    def _path_of(self, file: str) -> Path:
        if not FILE.fullmatch(file):
            raise RunDamagedError(f"'{file}' is no name of a run's file.")
        return self.path / file

    def _recover(self) -> None:
        """Finish replacements that a crash interrupted, and remove files that were never
        committed.
        """
        derived.tidy(self.path)
        newest = {str(line["file"]): line for line in self.committed()}
        with files.storing(self.path):
            for waiting in [
                place / name
                for place in self._places()
                for name in names.listed(place)
                if name.endswith(f".safetensors{NEXT}")
            ]:
                target = waiting.with_name(waiting.name.removesuffix(NEXT))
                line = newest.get(str(target.relative_to(self.path)))
                if line is not None and files.digest(waiting) == line["sha256"]:
                    names.rename(waiting, target)
                    files.sync_folder(target.parent)
                else:
                    names.remove(waiting)
            for place in self._places():
                files.sweep(place)

    def _places(self) -> list[Path]:
        """The folders of its files. Chunks in another folder, behind a link, do not count as its
        own.
        """
        return (
            [self.path, self.path / CHUNKS] if names.is_folder(self.path / CHUNKS) else [self.path]
        )


def read_journal(run: Path) -> tuple[tuple[Line, ...], str]:
    """(the lines of the journal in the folder `run`, what is wrong with it). The second is "" if
    nothing is wrong; a missing journal is wrong if files exist that it must have named.
    """
    content = Journal(run / JOURNAL).look()
    if content.problem or content.lines or not _orphaned(run):
        return content.lines, content.problem
    how = "has no whole line" if names.is_file(run / JOURNAL) else "is missing"
    return (), f"{run / JOURNAL} {how}, but files that it named are there."


def _orphaned(run: Path) -> bool:
    """Whether `run` has more sample files without a line than the one that a crash can leave."""
    there = [
        name
        for place in (run, run / CHUNKS)
        if names.is_folder(place)
        for name in names.listed(place)
    ]
    return sum(name.endswith(".safetensors") for name in there) > 1
