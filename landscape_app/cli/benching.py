"""The command bench: whole-process timings of what the program promises."""

from __future__ import annotations

from cyclopts import App

from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.sampling import Json

bench = App(name="bench", help="Measure this machine on the program's own work.")


@bench.command
def quickstart(*, json: Json = False) -> None:
    """The quickstart study in a new temporary folder: seconds by phase, and the largest memory of the process."""
    from landscape_app.bench.quickstart import measure

    result = measure()
    if json:
        say_json(result)
        return
    say(table(["phase", "seconds"], [[name, seconds] for name, seconds in result["phases"].items()]))
    say(f"total {result['seconds']:.1f} s, peak memory {result['peak_memory_mib']:.0f} MiB, {result['cores']} cores")


@bench.command
def sampling(*, repeats: int = 5, json: Json = False) -> None:
    """Our sampling against the plain loop, interleaved: trajectory-epochs a second, ratio, share of the matrix-multiply peak.

    Parameters
    ----------
    repeats: int
        Repetitions of both sides; medians are shown.
    """
    from landscape_app.bench.sampling import measure

    result = measure(repeats=repeats)
    if json:
        say_json(result)
        return
    head = ["case", "ours", "plain loop", "ratio", "loop's threads", "share of peak", "plan"]
    names = ("case", "ours", "loop", "ratio", "loop_threads", "fraction_of_peak", "plan")
    say(table(head, [[case[name] for name in names] for case in result["cases"]]))
    say(f"trajectory-epochs per second; {result['device']}, {result['workers']} worker(s), peak {result['peak_gflops']:.0f} GFLOP/s")


@bench.command
def plane(*, repeats: int = 3, points: int = 51, json: Json = False) -> None:
    """Our evaluation of a plane of losses against the plain loop over its points, interleaved: seconds, ratio, agreement.

    Parameters
    ----------
    repeats: int
        Repetitions of both sides; medians are shown.
    points: int
        Along each axis of the plane.
    """
    from landscape_app.bench.plane import measure

    result = measure(repeats=repeats, points=points)
    if json:
        say_json(result)
        return
    head = ["case", "ours", "plain loop", "ratio", "loop with", "losses apart"]
    names = ("case", "ours", "loop", "ratio", "better", "losses_apart")
    say(table(head, [[case[name] for name in names] for case in result["cases"]]))
    say(
        f"seconds for {points} × {points} points, {result['workers']} worker(s), load {result['load']:.1f} at the end; the loop evaluated "
        f"{', '.join(str(case['loop_points']) for case in result['cases'])} of them and is scaled, as it is linear in them"
    )
