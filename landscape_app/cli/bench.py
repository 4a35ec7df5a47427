"""The command bench: how fast the program is on this machine, beside other packages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from landscape_app.cli import bench_tables
from landscape_app.cli.flags import Whole
from landscape_app.cli.options import Json
from landscape_app.cli.output import say, say_json, table

Sizes = Annotated[tuple[Whole, ...], Parameter(consume_multiple=True, negative="")]
bench = App(name="bench", help="Measure how fast this machine does the work of the program.")


@bench.command
def quickstart(*, json: Json = False) -> None:
    """Run the quickstart study in a new temporary folder. Shows the seconds of each phase, and
    the largest memory of the process.
    """
    from landscape_app.bench.quickstart import measure

    result = measure()
    if json:
        say_json(result)
        return
    say(
        table(["phase", "seconds"], [[name, seconds] for name, seconds in result["phases"].items()])
    )
    say(
        f"total {result['seconds']:.1f} s, peak memory {result['peak_memory_mib']:.0f} MiB,"
        f" {result['cores']} cores"
    )


@bench.command
def sampling(*, repeats: Whole = 5, json: Json = False) -> None:
    """Compare our sampling with the plain loop. Both run alternately. Shows trajectory-epochs per
    second, their ratio, and the share of this machine's peak for matrix products.

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
    say(
        f"trajectory-epochs per second; {result['device']}, {result['workers']} worker(s), peak"
        f" {result['peak_gflops']:.0f} GFLOP/s"
    )


@bench.command
def plane(*, repeats: Whole = 3, points: Whole = 51, json: Json = False) -> None:
    """Compare our evaluation of a plane of losses with the plain loop over its points. Both run
    alternately. Shows seconds, their ratio, and how far the losses are apart.

    Parameters
    ----------
    repeats: int
        Repetitions of both sides; medians are shown.
    points: int
        Number of points along each axis of the plane.
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
        f"seconds for {points} × {points} points, {result['workers']} worker(s), load"
        f" {result['load']:.1f} at the end; the loop evaluated"
        f" {', '.join(str(case['loop_points']) for case in result['cases'])} of them and is scaled,"
        " as it is linear in them"
    )


@bench.command
def static(*, repeats: Whole = 3, directions: Whole = 64, json: Json = False) -> None:
    """Compare our naive sampling with the plain loop over its points, which records the same. Both
    run alternately. Shows seconds, their ratio, and how far the columns are apart.

    Parameters
    ----------
    repeats: int
        Repetitions of both sides; medians are shown.
    directions: int
        Directions of the sampling, with ten step sizes each.
    """
    from landscape_app.bench.static import measure

    result = measure(repeats=repeats, directions=directions)
    if json:
        say_json(result)
        return
    head = ["case", "ours", "plain loop", "ratio", "loop with", "columns apart"]
    names = ("case", "ours", "loop", "ratio", "better", "apart")
    say(table(head, [[case[name] for name in names] for case in result["cases"]]))
    say(
        f"seconds for {result['points']} points, {result['workers']} worker(s), load"
        f" {result['load']:.1f} at the end; the loop evaluated"
        f" {', '.join(str(case['loop_points']) for case in result['cases'])} of them and is scaled,"
        " as it is linear in them"
    )


@bench.command
def forecast(*, repeats: Whole = 1, only: str = "", json: Json = False) -> None:
    """Compare forecasts with the jobs that they are of, small runs and studies, in turns: seconds
    and ratio, by phase and whole.

    Parameters
    ----------
    repeats: int
        Rounds. In each, every job is measured, forecast and carried out. Medians are shown.
    only: str
        Only the jobs whose name contains this.
    """
    from landscape_app.bench.forecast import measure

    result = measure(repeats=repeats, only=only)
    if json:
        say_json(result)
        return
    head = ["job", "phase", "forecast", "seconds", "ratio", "processor", "ratio of it"]
    names = ("forecast", "seconds", "ratio", "processor", "processor_ratio")
    lines = []
    for job in result["jobs"]:
        lines.append([job["job"], "", *(job[name] for name in names)])
        lines += [["", phase["name"], *(phase[name] for name in names)] for phase in job["phases"]]
    say(table(head, lines))
    say(
        "seconds: as they were, other work on the machine included; processor: what the job's"
        f" processor time would take alone; load {result['load'][0][0]} before and"
        f" {result['load'][1][0]} after, {result['cores']} cores"
    )


@bench.command
def study(
    *,
    networks: Whole = 8,
    curvature: bool = True,
    joint: bool = True,
    alone: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> None:
    """Make and analyse a study of digits MLPs in a new temporary folder. Shows networks per hour,
    whole and by phase.

    Parameters
    ----------
    networks: int
        Networks of the study, at least 3; with curvature and joint embedding unless switched off.
    alone: bool
        One process does everything, one run after another.
    """
    from landscape_app.bench.study import measure

    result = measure(networks=networks, curvature=curvature, joint=joint, alone=alone)
    if json:
        say_json(result)
        return
    names = ("name", "seconds", "processor", "networks_per_hour")
    head = ["phase", "seconds", "processor", "networks per hour"]
    say(table(head, [[phase[name] for name in names] for phase in result["phases"]]))
    say(
        f"{result['networks']} networks in {result['seconds']:.0f} s, processor"
        f" {result['processor']:.0f} s: {result['networks_per_hour']:.0f} networks per hour with"
        f" {result['workers']} worker(s) on {result['cores']} cores, load {result['load'][0][0]}"
        f" before and {result['load'][1][0]} after"
    )


@bench.command
def page(*, runs: Path | None = None, repeats: Whole = 3, json: Json = False) -> None:
    """Measure Explore in a headless Chromium: how long it takes to be there and to answer, and what
    it fetches. Needs the package playwright and a Chromium.

    Parameters
    ----------
    runs: Path
        Folder of finished runs. Not given: a quickstart in a new temporary folder.
    repeats: int
        How often the page is opened and measured. Medians are shown.
    """
    from landscape_app.bench.page import FIGURES, measure

    result = measure(runs=runs, repeats=repeats)
    if json:
        say_json(result)
        return
    lines = []
    for name, (words, unit) in FIGURES.items():
        figure = result["figures"][name]
        values = figure["values"]
        numbers = [figure["median"], min(values), max(values)] if values else [None] * 3
        numbers = [round(number) if number and number >= 100 else number for number in numbers]
        lines.append([words, *numbers, unit])
    say(table(["figure", "median", "least", "most", "unit"], lines))
    say(
        f"runs {', '.join(result['runs'])}; Chromium {result['browser']} with software WebGL,"
        f" {result['cores']} cores, load {result['load'][0][0]:.1f} before and"
        f" {result['load'][1][0]:.1f} after"
    )


@bench.command
def load(
    *,
    runs: Path | None = None,
    users: Whole = 20,
    seconds: Whole = 60,
    json: Json = False,
) -> None:
    """Measure the server of the page with many people at once, beside a job that samples: errors,
    how long answers take beside those to one person alone, memory, and the list of 1,000 runs.

    Parameters
    ----------
    runs: Path
        Folder of finished runs. Not given: a quickstart in a new temporary folder.
    users: int
        People who look at Explore, with six connections each.
    seconds: int
        How long they look.
    """
    from landscape_app.bench.load import measure

    result = measure(runs=runs, users=users, seconds=seconds)
    say_json(result) if json else bench_tables.load(result)


@bench.command
def analysis(
    *,
    sizes: Sizes = (821, 1_000, 2_500, 5_000),
    repeats: Whole = 3,
    reference_limit: Whole = 2_500,
    parameters: Whole = 10_000,
    memory: bool = True,
    json: Json = False,
) -> None:
    """Compare our analysis step by step with scipy, scikit-learn, phate, gudhi and ripser. Both
    run alternately. Shows seconds, their ratio, how far the results are apart, and memory.

    Parameters
    ----------
    sizes: tuple[int, ...]
        Numbers of snapshots, simulated as jump and retrain samples them.
    repeats: int
        Repetitions of both sides; medians are shown. A slow comparison is repeated less often.
    reference_limit: int
        Slow references take minutes. They run only up to this number of snapshots.
    parameters: int
        Number of parameters of each snapshot.
    memory: bool
        Measure the largest memory of the heavy steps too. Each runs in its own process.
    """
    from landscape_app.bench.analysis import measure

    result = measure(
        sizes=sizes, repeats=repeats, limit=reference_limit, parameters=parameters, memory=memory
    )
    say_json(result) if json else bench_tables.analysis(result, repeats)
