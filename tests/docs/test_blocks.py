"""Every code block and every command of README and docs/ works, except those that say why not.

The blocks of a page run in its order, in a folder of their own with a finished quickstart. What
takes long is made small: fewer epochs, directions and rows, and otherwise as it stands there.
"""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from landscape_app import library
from landscape_app.cli.main import app, main
from landscape_app.jobs.session import session
from landscape_app.pipeline.quickstart import quickstart
from tests.docs.markdown import PAGES, ROOT, Block, blocks, commands
from tests.patience import patience, until

SMALL = {"train_epochs": 5, "epochs": 4, "seeds": 2, "step_sizes": (0.5, 1.0)}
ROWS = {"train_rows": 150}
# {command: what makes it small}
FLAGS = {
    "run": {f"--{name.replace('_', '-')}": value for name, value in {**SMALL, **ROWS}.items()},
    "surface": {"--points": 5},
    "sample": {"--directions": 4, "--lattice": (2, 2, 2)},
    "curvature": {"--probes": 2, "--draws": 2, "--ends": 2},
}
# in a study: three runs, without what needs the network
STUDY = {"seeds = 3": "seeds = 1\ncurvature = false", "[0.1, 0.05]": "[0.1]"}
SETTINGS = """[settings]
train_epochs = 5
epochs = 4
seeds = 2
step_sizes = [0.5, 1.0]
train_rows = 150
"""
LANGUAGES = ("sh", "python", "toml", "text")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


CODE = [page for page in PAGES if any(not block.not_run for block in blocks(page))]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A folder with a finished quickstart in runs/."""
    folder = tmp_path_factory.mktemp("quick")
    quickstart(folder / "runs", session=session, changes={**SMALL, **ROWS})
    return folder


@pytest.fixture
def workplace(quick, tmp_path, monkeypatch):
    """A copy of it as the current folder; what `explore` makes is small."""
    folder = tmp_path / "workplace"
    shutil.copytree(quick, folder)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    explore = library.explore

    def small(*objects, **settings):
        if settings.get("name") == "recorded":  # it goes on with settings that are noted already
            return explore(*objects, **settings)
        return explore(*objects, **{**settings, **SMALL, **_given(settings)})

    monkeypatch.setattr(library, "explore", small)
    return folder


def _given(settings):
    """Small numbers that the page itself names stay."""
    return {"train_epochs": 0} if settings.get("train_epochs") == 0 else {}


@pytest.mark.slow
@pytest.mark.parametrize("page", CODE, ids=name)
def test_every_block_of_a_page_works(page, workplace, capsys):
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks(page):
        if block.title:
            (workplace / block.title).write_text(_small_file(block))
        elif block.not_run:
            continue
        elif block.language == "python":
            exec(compile(block.text, str(block), "exec"), namespace)
        elif block.language == "sh":
            for line in block.text.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words:
                    _run(words, f"{block}: {line}", capsys)


def _small_file(block: Block) -> str:
    text = block.text
    if block.language == "toml":
        for long, short in STUDY.items():
            assert long in text
            text = text.replace(long, short)
        text = text.replace("[settings]\n", SETTINGS)
    return text


def _run(words: list[str], where: str, capsys) -> None:
    assert words[0] == "landscape", f"{where}: only the command landscape is run"
    if words[1] == "serve":
        _serve(words[2:])
        return
    for flag, value in FLAGS.get(words[1], {}).items():
        if flag not in words:
            words += [flag, *map(str, np.atleast_1d(value))]
    code = main(words[1:])
    said = capsys.readouterr()
    # a run of four epochs may fail a check of its quality, as it should
    assert code == 0 or (words[1] == "verify" and code == 1), f"{where}\n{said.err}"


def _serve(options: list[str]) -> None:
    with socket.socket() as channel:
        channel.bind(("127.0.0.1", 0))
        port = channel.getsockname()[1]
    options = [str(port) if word == "8050" else word for word in options]
    server = subprocess.Popen(
        [sys.executable, "-m", "landscape_app", "serve", *options],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        assert server.poll() is None, "the server ended"
        try:
            directly.open(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
        except OSError:
            return False
        return True

    try:
        until(answers)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=patience(20))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_block_is_run_or_says_why_not(page):
    for block in blocks(page):
        assert block.language in LANGUAGES, f"{block}: {block.language or 'no language'}"
        assert block.language != "toml" or block.title, f"{block}: of which file?"
        assert len(block.not_run) > 5 or "not run" not in block.text, str(block)
        if block.language == "sh" and not block.not_run:
            lines = [shlex.split(line, comments=True) for line in block.text.splitlines()]
            assert all(words[0] == "landscape" for words in lines if words), f"{block}: unmarked"


@pytest.fixture(scope="module")
def flags():
    """{command: its flags}, as its help names them."""
    sections = re.split(r"^#+ landscape ", app.generate_docs(), flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section))
        for section in sections
    }


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_command_within_a_sentence_exists_with_its_flags(page, flags):
    for command in commands(page):
        words = command.split()[1:]
        if words[0].startswith("-") or words[0].isupper():
            assert words[0] in ("--version", "--help", "COMMAND")
            continue
        longest = " ".join(words[:2]) if words[0] == "bench" and len(words) > 1 else words[0]
        assert longest in flags, command
        for word in words:
            assert not word.startswith("--") or word in flags[longest] | {"--help"}, command
