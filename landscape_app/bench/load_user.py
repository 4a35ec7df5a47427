"""One of many who look at the dashboard at the same time: a page of Explore that is open, polls as
the page does while a job is at work, and is opened anew in another view from time to time.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field

from landscape_app.bench.connection import Browser, PageAnswer
from landscape_app.bench.requests_of_page import (
    CALLBACK,
    PAGE,
    PULSE,
    SEEN,
    OpenPage,
    PageCallbacks,
    Values,
)
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.explore import ids

POLL, FIGURES = 2.0, 10.0  # s between two looks, and between two views
# what people look at: each of them goes from one to the next
VIEWS = ("", "?dims=3", "?method=mds", "?filtration=test_loss", "?part=profile")
KINDS = {
    "poll": "look at the jobs and the runs",
    "page": "page Explore",
    "figures": "all figures of a page",
    "first": "… until the first begins to come",
}
FAULTS = 5  # that are kept in words


@dataclass
class Times:
    """What was asked for: the seconds of each kind, and how many were no answers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    requests: int = 0
    errors: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, kind: str, answer: PageAnswer, *, wanted: int = 0) -> bool:
        """Count an answer; whether it is one. wanted: lines that its body must have."""
        self.requests += 1
        lacks = wanted and answer.body.count(b"\n") != wanted
        if answer.status not in (200, 204) or lacks:
            self.errors += 1
            words = f"{kind}: {answer.status} {answer.body[:200].decode(errors='replace')}"
            self.faults = [*self.faults, words][:FAULTS]
            return False
        self.seconds[kind].append(answer.seconds)
        return True


class LoadUser:
    """One person with a browser; `number` decides where they begin."""

    def __init__(self, browser: Browser, times: Times, number: int = 0) -> None:
        self._browser, self._times, self._views = browser, times, number
        self._page: OpenPage | None = None
        self._pulse: object = None

    async def arrive(self) -> None:
        """Fetch what every page needs."""
        await self._browser.get("/")
        await self._browser.get("/_dash-layout")
        answer = await self._browser.get("/_dash-dependencies")
        self._callbacks = PageCallbacks(json.loads(answer.body))

    async def use(self, until: float, delay: float = 0.0) -> None:
        """Poll and look until that time of time.monotonic; begin after `delay` s."""
        await asyncio.sleep(delay)
        turns = 0
        while (now := time.monotonic()) < until:
            polled = [self.poll()]
            if turns % round(FIGURES / POLL) == 0:
                polled.append(self.look())
            await asyncio.gather(*polled)
            turns += 1
            await asyncio.sleep(max(0.0, now + POLL - time.monotonic()))

    async def poll(self) -> None:
        """What the open page asks every two seconds while a job is at work."""
        given = {f"{shell.PULSE}.data": self._pulse}
        answer = await self._call("poll", PULSE, given, f"{shell.TICK}.n_intervals")
        if answer.body:
            self._pulse = json.loads(answer.body)["response"][shell.PULSE]["data"]
        if self._page is not None:
            await self._call("poll", SEEN, self._page.values, f"{ids.TICK}.n_intervals")

    async def look(self) -> None:
        """Open the page in the next view, and fetch its figures."""
        view, self._views = VIEWS[self._views % len(VIEWS)], self._views + 1
        asked = {f"{shell.LOCATION}.pathname": "/", f"{shell.LOCATION}.search": view}
        answer = await self._call("page", PAGE, asked, f"{shell.LOCATION}.pathname")
        if answer.status != 200:
            return
        self._page = OpenPage(json.loads(answer.body))
        figures = await self._browser.get(self._page.figures)
        if self._times.note("figures", figures, wanted=self._page.cards):
            self._times.seconds["first"].append(figures.first)

    async def _call(self, kind: str, output: str, values: Values, changed: str) -> PageAnswer:
        answer = await self._browser.post(CALLBACK, self._callbacks.body(output, values, changed))
        self._times.note(kind, answer)
        return answer
