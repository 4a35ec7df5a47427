"""The HTML that the browser gets first: dark before the first paint where dark was chosen, no
request that leaves the machine.
"""

from __future__ import annotations

from typing import Literal

from flask import has_request_context, request

Scheme = Literal["light", "dark"]
COOKIE = "landscape-scheme"

# Runs before anything is painted. Mantine keeps the choice in localStorage; the cookie tells the
# server, whose figures follow it.
BEFORE_PAINT = (
    "(function(){var d=document,m=d.cookie.match(/(?:^|; )" + COOKIE + "=(light|dark)/),s=m?m[1]:"
    "(window.matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light');"
    "d.documentElement.setAttribute('data-mantine-color-scheme',s);"
    "try{localStorage.setItem('mantine-color-scheme-value',s)}catch(e){}"
    "if(!m)d.cookie='" + COOKIE + "='+s+';path=/;max-age=31536000;samesite=strict'})();"
)

PAGE = (
    """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
    <link rel="preload" href="/assets/fonts/inter-400.woff2" as="font" type="font/woff2" crossorigin>
    <script>"""
    + BEFORE_PAINT
    + """</script>
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <noscript>Landscape needs JavaScript.</noscript>
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""
)


def scheme() -> Scheme:
    """The colour scheme of the browser that asks: light where it has not said."""
    return "dark" if has_request_context() and request.cookies.get(COOKIE) == "dark" else "light"
