"""Laws of components as text: words stay, markup cannot come in, what needs a server goes."""

from __future__ import annotations

from html.parser import HTMLParser

import dash_mantine_components as dmc
import pytest
from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.dashboard.export.static_html import VOID, html_of, text_of

pytestmark = pytest.mark.slow

TEXT = st.text(max_size=30)
TREES = st.recursive(
    TEXT | st.integers() | st.none(),
    lambda inside: st.lists(inside, max_size=3).map(
        lambda parts: html.Div(parts, className="a", **{"data-x": '"<&'})
    ),
    max_leaves=12,
)


class Reader(HTMLParser):
    """The words of HTML, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.words.append(data)


@given(TREES)
def test_the_words_are_those_of_the_components_and_nothing_else(tree) -> None:
    read = Reader(html_of(tree))
    assert read.open == []
    assert read.tags <= {"div"}
    assert " ".join(" ".join(read.words).split()).replace(" ", "") == text_of(tree).replace(" ", "")


def test_what_a_server_answers_is_left_out() -> None:
    card = html.Section(
        [
            dmc.Button("Compute", id="compute"),
            dcc.Store(id="store", data=1),
            dcc.Link("See Jobs", href="/jobs"),
            dcc.Graph(id={"type": "graph", "name": "scene-0"}),
            html.Span("kept", id={"type": "words", "name": "a"}, style={"gridArea": "c"}),
        ],
        className="ls-card",
        tabIndex=0,
    )
    text = html_of(card)
    assert "Compute" not in text
    assert "href" not in text
    assert "See Jobs" in text
    assert 'data-figure="scene-0"' in text
    assert 'id="{&quot;name&quot;:&quot;a&quot;,&quot;type&quot;:&quot;words&quot;}"' in text
    assert 'style="grid-area:c"' in text
    assert text.startswith('<section class="ls-card" tabindex="0">')
    assert text_of(card) == "See Jobs kept"
