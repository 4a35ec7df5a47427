"""The built documentation: whole, without a warning, without an address outside this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from landscape_app.cli.main import app
from landscape_app.registries import CHECKS, DATASETS, EMBEDDINGS, MEASURES, NETWORKS
from tests.docs.markdown import PAGES, ROOT

ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s\"'<>)]*", re.IGNORECASE)
# names of namespaces, which nobody fetches, and this machine
NAMES = ("http://www.w3.org/", "http://www.sitemaps.org/", "http://127.0.0.1:8050", "//127.0.0.1")
LOADED = {"src", "href", "srcset", "action", "data", "poster", "content"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder that `make docs` makes, built without network: an address that is asked fails."""
    folder = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "", done.stderr
    return folder


@pytest.mark.slow
def test_nothing_in_the_site_has_an_address_outside_this_machine(site):
    found = set()
    for path in site.rglob("*"):
        if path.suffix in (".html", ".css", ".js", ".json", ".xml", ".svg"):
            text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            found |= {
                f"{path.relative_to(site)}: {address}"
                for address in ADDRESS.findall(text)
                if address.startswith("http") and not address.startswith(NAMES)
            }
    assert found == set()


class Addresses(HTMLParser):
    """The attributes by which a page loads something, or leads somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attributes if name in LOADED]


@pytest.mark.slow
def test_a_page_loads_from_its_own_folder_and_formulas_need_no_script(site):
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        page = Addresses()
        page.feed(text)
        outside = [value for value in page.found if ":" in value.partition("/")[0] or "//" in value]
        assert [value for value in outside if not value.startswith("data:")] == [], path
        assert "arithmatex" not in text, path
    assert "<math" in (site / "method.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_site_names_every_entry_of_the_tables(site):
    for page, names in {
        "measures": MEASURES,
        "names": [*DATASETS, *NETWORKS, *EMBEDDINGS],
        "checked": [entry.label for entry in CHECKS.values()],
        "cli": [f"landscape {command}" for command in app if not command.startswith("-")],
    }.items():
        text = (site / f"{page}.html").read_text(encoding="utf-8")
        for name in names:
            assert name.replace("'", "&#39;") in text or name in text, (page, name)


@pytest.mark.slow
def test_every_page_is_there_and_the_search_works_from_a_folder(site):
    for page in PAGES:
        if page.parent != ROOT:
            assert (site / page.relative_to(ROOT / "docs")).with_suffix(".html").is_file(), page
    assert (site / "search" / "search_index.js").read_text().startswith("var __index = {")
    assert not list(site.rglob("*.py"))
