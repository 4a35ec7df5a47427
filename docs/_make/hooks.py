"""What MkDocs calls while it builds: generated tables, formulas as MathML, no outside address."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

sys.path.insert(0, str(Path(__file__).parent))
import generated

MARK = re.compile(r"^<!-- generated: ([a-z-]+) -->$", re.MULTILINE)
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
# What a browser could fetch from elsewhere. Namespaces are only names.
OUTSIDE = re.compile(r"https?://(?!www\.w3\.org/|127\.0\.0\.1|localhost)[^\s\"'`<>)\\,;]*")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Each line `<!-- generated: NAME -->` becomes what `generated` makes under that name."""
    return MARK.sub(lambda mark: generated.PARTS[mark[1]](), markdown)


def on_page_content(content: str, **_: Any) -> str:
    """TeX becomes MathML, which a browser draws by itself."""

    def drawn(formula: re.Match[str]) -> str:
        display = "block" if formula[1] == "div" else "inline"
        return convert(html.unescape(formula[2]).strip(), display=display)

    return FORMULA.sub(drawn, content)


def on_post_build(config: Any, **_: Any) -> None:
    """The search index as a script, too, for pages that are opened from a folder. No addresses.

    The theme's scripts name addresses of features that are off, and of licences: taken out.
    """
    site = Path(config["site_dir"])
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    (site / "search" / "search_index.js").write_text(f"var __index = {index}", encoding="utf-8")
    for path in site.rglob("*"):
        if path.suffix == ".map":
            path.unlink()
        elif path.suffix in (".js", ".css"):
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"/[*/][#@] sourceMappingURL=.*", "", text)
            path.write_text(OUTSIDE.sub("about:blank", text), encoding="utf-8")
