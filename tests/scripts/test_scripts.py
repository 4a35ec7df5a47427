"""Laws of the scripts in assets/: what they share with Python is the same on both sides, plotly's
own fields are read in one file, and their pure functions do what tests/scripts/*.mjs says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from landscape_app.dashboard import appearance, archives, factory, guard
from landscape_app.dashboard.checks import page as checks_ids
from landscape_app.dashboard.common import ids as common_ids
from landscape_app.dashboard.explore import bars, stores
from landscape_app.dashboard.explore import ids as explore_ids
from landscape_app.dashboard.launch import records
from landscape_app.dashboard.study import ids as study_ids
from landscape_app.dashboard.surface import ids as surface_ids
from landscape_app.figures.colours import COLOURS, PLAIN
from landscape_app.figures.figure_meta import FigureMeta, RankingMeta
from landscape_app.figures.palette import PALETTES
from landscape_app.number_text import number, percent, size

HERE = Path(__file__).parent
ASSETS = Path(factory.assets())
PACKAGE = Path(factory.__file__).parents[1]
SCRIPTS = {path.name: path.read_text() for path in sorted(ASSETS.glob("*.js"))}
STYLES = {path.name: path.read_text() for path in sorted(ASSETS.glob("*.css"))}
IDS = (explore_ids, surface_ids, study_ids, checks_ids, common_ids)
PURE = ("picks", "trails", "filters", "strip", "measureList")  # every function of these
PURE_ALONE = (
    *("tip.beside", "tip.under", "tip.lines", "mixed", "scaled", "stops"),
    *("camera.same", "camera.moved", "camera.turns", "gl.blended"),
    *("filtered.quantile", "filtered.middle", "filtered.followers"),
    *("focus.successor", "keyboard.ofSets", "player.stepOn", "player.course"),
    *("plane.drawnPoints", "studyNetworks"),
    *("recolour.decode", "recolour.valuesOf", "recolour.change"),
)
NODE = shutil.which("node") or shutil.which("nodejs")
with_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def python_sources() -> str:
    return "\n".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))


def known_ids() -> set[str]:
    """Every id that Python gives to an element: names of the ids modules, types of pattern ids,
    and ids written in place.
    """
    found = set(re.findall(r'id="([a-z-]+)"', python_sources()))
    for module in IDS:
        named = [value for name, value in vars(module).items() if name.isupper()]
        found |= {value for value in named if isinstance(value, str)}
        found |= set(re.findall(r'"type": "([a-z-]+)"', Path(str(module.__file__)).read_text()))
        page = Path(str(module.__file__)).parent
        text = "\n".join(path.read_text() for path in page.glob("*.py"))
        for name, end in re.findall(r'f"\{ids\.(\w+)\}(-[a-z-]+)"', text):
            found.add(f"{getattr(module, name, '')}{end}")
    return found


def run_node(expression: str) -> object:
    """The value of an expression over `window`, in which all scripts are loaded."""
    assert NODE is not None
    text = "import { load } from './page.mjs'; const window = load();"
    text += f"console.log(JSON.stringify({expression}))"
    command = [NODE, "--input-type=module", "--eval", text]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@with_node
def test_the_pure_functions_of_the_scripts_hold_their_laws() -> None:
    files = [str(path) for path in sorted(HERE.glob("*.test.mjs"))]
    assert files
    assert NODE is not None
    done = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.exhaustive
@with_node
def test_a_broken_function_of_the_scripts_fails_a_test_of_node() -> None:
    """Of those that need no page: what is written into it is held by the browser tests."""
    assert NODE is not None
    spaces = run_node(
        "Object.fromEntries(Object.entries(window.landscape).map(([name, space]) =>"
        " [name, Object.keys(space || {})]))"
    )
    assert isinstance(spaces, dict)
    names = [f"{space}.{name}" for space in PURE for name in spaces[space]] + list(PURE_ALONE)
    files = [str(path) for path in sorted(HERE.glob("*.test.mjs"))]
    missed = []
    for name in names:
        broken = {**os.environ, "LANDSCAPE_BROKEN": name}
        ended = subprocess.run([NODE, "--test", *files], env=broken, capture_output=True)
        if ended.returncode == 0:
            missed.append(name)
    assert len(names) > 25
    assert missed == []


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "internals.js"])
def test_only_one_file_reads_what_plotly_keeps_to_itself(name: str) -> None:
    own = (
        r"\._[a-z]|_full(Data|Layout)|glplot|linePlot|scatterPlot|[dplc]2[dplc]\(|getCamera|lookAt"
    )
    lines = [line for line in SCRIPTS[name].splitlines() if re.search(own, line)]
    assert lines == []


def test_every_id_of_the_scripts_is_one_of_the_page() -> None:
    table = SCRIPTS["constants.js"].partition("landscape.constants = ")[0]
    listed = dict(re.findall(r'^    (\w+): "([a-z-]+)",$', table, re.M))
    assert set(listed.values()) <= known_ids()
    asked = {
        name for text in SCRIPTS.values() for name in re.findall(r"landscape\.ids\.(\w+)", text)
    }
    assert asked == set(listed)  # none is missing, none is left over


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "constants.js"])
def test_ids_are_written_in_one_script(name: str) -> None:
    written = set(re.findall(r"""["'`]#?([a-z]+(?:-[a-z]+)*)["'` .\[]""", SCRIPTS[name]))
    ids = {value for value in known_ids() if "-" in value or value in ("explore", "surface")}
    namespaces = {"surface", "study", "checks", "explore"}  # of clientside functions as well
    assert written & ids - namespaces == set()
    assert re.findall(r"#(explore|surface|study|checks)\b", SCRIPTS[name]) == []


@with_node
def test_shared_constants_are_those_of_python() -> None:
    constants = run_node("window.landscape.constants")
    assert isinstance(constants, dict)
    assert constants["mostRuns"] == records.MOST_COMPARED
    assert constants["piece"] < guard.LARGEST_BODY
    assert constants["archiveHeader"][0] == archives.HEADER
    assert constants["schemeCookie"] == appearance.COOKIE
    assert constants["presentationKey"] == appearance.PRESENTATION_KEY
    share = round(100 * constants["presentation"])
    assert f":root[data-presentation] {{ font-size: {share}%; }}" in STYLES["theme.css"]
    assert [constants["paperColour"]] == [name for name in COLOURS if name not in PLAIN]
    assert set(constants["bars"]) == set(bars.BARS)
    figures = "\n".join(path.read_text() for path in (PACKAGE / "figures").glob("*.py"))
    assert f'"tickformat": "{constants["percentFormat"]}"' in figures


def test_scripts_read_only_what_the_stores_and_the_records_of_figures_hold() -> None:
    text = "\n".join(SCRIPTS.values())
    read = {
        stores.Pick: r"\bpick\.(\w+)",
        stores.KnownToScripts: r"landscape\.known\.(\w+)",
        stores.Filter: r"\bfilter\??\.(\w+)",
    }
    for record, pattern in read.items():
        asked = set(re.findall(pattern, re.sub(r"landscape\.pick\b\.", "pick.", text)))
        assert asked <= set(record.__annotations__), record
        assert asked, record
    asked = set(re.findall(r"\bmeta\??\.(\w+)", text))
    assert asked <= {*FigureMeta.__annotations__, *RankingMeta.__annotations__}


@with_node
def test_numbers_read_the_same_in_figures_and_under_the_pointer() -> None:
    values = [0.0, 1, -3, 0.03664, -0.5, 23.94, 1234.7, 99_999, 123_456.0, 1.24e-5, -3.2e9, 0.001]
    texts = run_node(f"{json.dumps(values)}.map(window.landscape.numbers.number)")
    assert texts == [number(value) for value in values]
    shares = run_node(f"{json.dumps(values)}.map(window.landscape.numbers.percent)")
    assert shares == [percent(value) for value in values]
    sizes = [0, 17, 999, 1000, 64_000, 1_234_567, 56_123_456, 2.5e9]
    assert run_node(f"{json.dumps(sizes)}.map(window.landscape.numbers.size)") == [
        size(value) for value in sizes
    ]


@with_node
def test_every_function_that_python_asks_of_a_script_is_there_and_none_is_left_over() -> None:
    written = run_node(
        "Object.entries(window.dash_clientside).flatMap(([space, functions]) =>"
        " Object.keys(functions).map((name) => `${space}.${name}`))"
    )
    sources = python_sources()
    pairs = set(re.findall(r'ClientsideFunction\(\s*"(\w+)",\s*"(\w+)"', sources))
    pairs |= {("explore", name) for name in re.findall(r'\bscript\(\s*"(\w+)"', sources)}
    assert set(written) == {f"{space}.{name}" for space, name in pairs}


def _classes(text: str) -> set[str]:
    return set(re.findall(r"\.(ls-[a-z0-9-]+)", re.sub(r"/\*.*?\*/", "", text, flags=re.S)))


def test_every_class_of_the_styles_is_used() -> None:
    users = python_sources() + "".join(SCRIPTS.values())
    plain = set(re.findall(r"ls-[a-z0-9-]+", users))
    stems = tuple(set(re.findall(r"(ls-[a-z-]+-)\$?\{", users)))
    unused = {
        name
        for text in STYLES.values()
        for name in _classes(text)
        if name not in plain and not name.startswith(stems)
    }
    assert unused == set()


def test_every_colour_variable_is_used_and_defined() -> None:
    text = "".join(STYLES.values())
    defined = set(re.findall(r"(--[a-z0-9-]+):", text)) | {"--share"}  # measures.js sets it
    asked = set(re.findall(r"var\((--[a-z0-9-]+)", text + python_sources()))
    assert asked <= defined
    palette = {f"--ls-{name}" for name in PALETTES["light"].named()}  # shared with the figures
    assert {name for name in defined if name.startswith("--ls-")} <= asked | palette
