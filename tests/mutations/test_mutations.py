"""Laws of readers: whatever a file holds, reading it gives a value or one line of words, within the
memory and the time allowed.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mutations.formats import FORMATS
from tests.mutations.worker import made

pytestmark = pytest.mark.slow

DEFAULT, EXHAUSTIVE = 1_000, 12_000  # mutants over all formats
MOST_MEMORY = 200 * 2**20
PATIENCE = 40.0  # seconds for one file, on a machine with other work; a hang is for ever


class Worker:
    """The process that reads; begun again where a file has ended it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin()

    def _begin(self) -> None:
        command = [
            sys.executable,
            "-X",
            "faulthandler",
            "-m",
            "tests.mutations.worker",
            str(self._folder),
        ]
        root = Path(__file__).parents[2]
        self._words = (self._folder / "stderr").open("ab")
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
            cwd=root,
            env=environment,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(
            target=self._listen, args=(self._process, self._lines), daemon=True
        )
        self._listener.start()

    @staticmethod
    def _listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    def read(self, name: str, first: int, count: int) -> Iterator[dict[str, Any]]:
        """What became of each mutant (`count` 0: of each sample); the last one is the one that
        ended the process, if one did.
        """
        self._process.stdin.write(f"{name} {first} {count}\n")
        self._process.stdin.flush()
        seed = first
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                line = ""
                fault = f"no answer in {PATIENCE:.0f} s"
            else:
                fault = "the process ended"
            if not line:
                self.close()
                self._begin()
                yield {"seed": seed, "said": "", "fault": fault, "extra": 0}
                return
            answer = json.loads(line)
            if "done" in answer:
                return
            seed = answer["seed"]
            if "fault" in answer:
                yield answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._words):
            stream.close()


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    found = Worker(tmp_path_factory.mktemp("mutants"))
    yield found
    found.close()


def _faults(worker: Worker, name: str, count: int, folder: Path) -> tuple[list[str], list[str]]:
    """(what each bad outcome is, with the seed and where the file was kept; the kinds of errors
    met).
    """
    bad, said, first = [], [], 0
    while first < count:
        for answer in worker.read(name, first, count - first):
            first = answer["seed"] + 1
            said.append(answer["said"])
            too_much = (
                f"{answer['extra'] / 2**20:.0f} MB more memory"
                if answer["extra"] > MOST_MEMORY
                else ""
            )
            if answer["fault"] or too_much:
                kept = folder / f"{name}-{answer['seed']}-{Path(FORMATS[name].file).name}"
                kept.write_bytes(made(name, answer["seed"], list(FORMATS[name].samples())))
                bad.append(
                    f"{name}, seed {answer['seed']}, kept as {kept}: {answer['fault'] or too_much}"
                )
    return bad, said


def _check(worker: Worker, name: str, count: int, folder: Path) -> None:
    bad, said = _faults(worker, name, count, folder)
    assert not bad, f"{len(bad)} of {count}\n" + "\n".join(bad[:5])
    assert len(said) == count
    assert sum(map(bool, said)) > count / 10, "the mutants are hardly damaged"


@pytest.mark.parametrize("name", FORMATS)
def test_a_sound_sample_is_read(name, worker):
    answers = list(worker.read(name, 0, 0))
    assert answers
    assert [(answer["said"], answer["fault"]) for answer in answers] == [("", "")] * len(answers)


@pytest.mark.parametrize("name", FORMATS)
def test_a_mutant_is_read_or_refused_in_words(name, worker, tmp_path):
    _check(worker, name, -(-DEFAULT // len(FORMATS)), tmp_path)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", FORMATS)
def test_many_mutants_are_read_or_refused_in_words(name, worker, tmp_path):
    _check(worker, name, -(-EXHAUSTIVE // len(FORMATS)), tmp_path)
