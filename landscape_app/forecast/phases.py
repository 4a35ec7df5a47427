"""A forecast: the phases that a job goes through, under the names that it records, with the seconds
and steps of each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from landscape_app.number_text import duration

NAMED = 4  # phases that are named in words


@dataclass(frozen=True)
class PhaseForecast:
    """One phase. steps: how many `unit`s it counts, 0 where it counts none. workers: cores that
    are busy in it.
    """

    name: str
    seconds: float
    steps: int = 0
    unit: str = ""
    workers: int = 1


@dataclass(frozen=True)
class JobForecast:
    """The phases of a job in their order. A job may go through one phase several times."""

    phases: tuple[PhaseForecast, ...]

    @property
    def seconds(self) -> float:
        """Of the whole job."""
        return sum(phase.seconds for phase in self.phases)

    @property
    def by_name(self) -> dict[str, PhaseForecast]:
        """{name: the phase}, those of one name added up."""
        phases: dict[str, PhaseForecast] = {}
        for phase in self.phases:
            before = phases.get(phase.name)
            phases[phase.name] = (
                phase
                if before is None
                else replace(
                    before,
                    seconds=before.seconds + phase.seconds,
                    steps=before.steps + phase.steps,
                )
            )
        return phases

    @property
    def words(self) -> str:
        """In one line, the longest phases by name: about 3 min (runs 2 min, curvature 12 s, …)."""
        longest = sorted(self.by_name.values(), key=lambda phase: -phase.seconds)[:NAMED]
        named = {phase.name for phase in longest}
        parts = [
            f"{phase.name} {duration(phase.seconds)}"
            for phase in self.by_name.values()
            if phase.name in named
        ]
        more = [] if len(named) == len(self.by_name) else ["…"]
        return f"about {duration(self.seconds)} ({', '.join([*parts, *more])})"

    def under(self, name: str, steps: int = 0, unit: str = "") -> PhaseForecast:
        """The whole job as one phase of another job."""
        busy = sum(phase.seconds * phase.workers for phase in self.phases)
        workers = round(busy / self.seconds) if self.seconds else 1
        return PhaseForecast(name, self.seconds, steps, unit, max(1, workers))


def joined(jobs: Iterable[JobForecast]) -> JobForecast:
    """Jobs one after another, as one."""
    return JobForecast(tuple(phase for job in jobs for phase in job.phases))
