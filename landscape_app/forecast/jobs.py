"""The forecast of the jobs on runs: the real numbers of steps of its phases at the pace of a
machine.

Nothing else is thought to be at work on it. A job is taken to begin from nothing, in a process of
its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from landscape_app.forecast.analysis import of_analysis, of_joint
from landscape_app.forecast.pace import Pace
from landscape_app.forecast.phases import JobForecast, PhaseForecast, joined
from landscape_app.interval_width import LEAST
from landscape_app.measure_table import NETWORK, of
from landscape_app.protocol import FUNCTION_METHODS
from landscape_app.settings import AnalysisSpec, CurvatureSpec, RunSpec, SampleSpec, SurfaceSpec
from landscape_app.study_settings import StudySpec

WRITE = 4e-9  # s a byte of a snapshot: it is hashed, written and made durable, and read again
# Lines between two minima of the sublevel bars: points on each, and how many there are for every
# 20 snapshots, up to the longest bars of the losses' diagrams.
POINTS, SNAPSHOTS_A_LINE, MOST_LINES = 21, 20, 20
JOINTLY = ("phate", "pca")  # of the methods of a study
# Seconds on the reference machine of what is imported by the phase that needs it first, once in a
# process; they differ where a network is trained.
IMPORTS = {"preparing": 0.5, "persistence": 0.1, "checks": 0.65, "eigenvalues": 0.2}
IMPORTS |= {"projection": 0.3}
TRAINING = {"preparing": 1.9}
NO_TRAINING = {"distances": 0.2, "checks": 0.9}
# Measures that the phases of a curvature share; every other measure of the network is a phase.
MEASURED = {
    *("hessian_top", "hessian_negative", "hessian_trace", "gradient_norm"),
    *("sam_sharpness", "asam_sharpness", "margin_10", "confidence", "path_norm"),
    *("pac_bayes_sigma", "pac_bayes_sigma_magnitude"),
    *("barrier_to_anchor", "barrier_between_ends", "barrier_persistence"),
}


def in_process(job: JobForecast, pace: Pace) -> JobForecast:
    """`job` in a process of its own, which has to import everything first."""
    trains = any(phase.name == "training" for phase in job.phases)
    imports = IMPORTS | (TRAINING if trains else NO_TRAINING)
    left = {name: seconds / pace.speed for name, seconds in imports.items()}
    return JobForecast(
        tuple(
            replace(phase, seconds=phase.seconds + left.pop(phase.name, 0.0))
            for phase in job.phases
        )
    )


def of_run(spec: RunSpec, pace: Pace, analysis: AnalysisSpec | None = None) -> JobForecast:
    """A run from its settings to the last snapshot; with `analysis`, its analysis too."""
    made = JobForecast(
        (
            PhaseForecast("preparing", pace.preparing),
            PhaseForecast("training", pace.epoch * spec.train_epochs, spec.train_epochs, "epochs"),
            _sampling(spec, pace),
        )
    )
    if analysis is not None:
        made = joined((made, analysed(spec, pace, analysis), _alone(climbs(spec, pace))))
    return made


def of_curvature(spec: RunSpec, pace: Pace, curvature: CurvatureSpec) -> JobForecast:
    """`landscape curvature`."""
    size, product = pace.parameters, pace.product
    loss = pace.loss + WEIGHT * size
    trajectories = len(spec.trajectories)
    ends = 1 + min(curvature.ends, trajectories)
    lines = ends * (ends - 1) // 2
    steps = min(size, curvature.lanczos_steps)
    seconds = {
        "preparing": pace.build + WRITE * _snapshot_bytes(pace),
        "eigenvalues": product * (_CONVERGED * steps + curvature.eigenvalues),
        "spectral density": product * curvature.probes * min(size, _SETTLED * curvature.steps),
        "trace": product * min(size, curvature.trace_products),
        "gradient": product / 2,
        "sharpness": product + 4 * loss,
        "margins": loss,
        "path norm": loss,
        "noise": loss * curvature.draws * _NOISES,
        "noise by magnitude": loss * curvature.draws * _NOISES,
        "barriers": loss * (ends + lines * (curvature.points - 2)),
    }
    seconds |= {name: product for name in of(NETWORK) if name not in MEASURED}
    return JobForecast(tuple(PhaseForecast(name, time) for name, time in seconds.items()))


# Of the steps that may be taken, how many are taken as a rule: eigenvalues converge earlier, the
# probes of a density take up to four times as many to settle. Noises are tried for each draw.
_CONVERGED, _SETTLED, _NOISES = 0.4, 3.5, 15
WEIGHT = 2.5e-8  # s a weight: where losses are asked for nearby, its value there is made


def of_surface(spec: RunSpec, pace: Pace, surface: SurfaceSpec) -> JobForecast:
    """`landscape surface`: of a plane, or of a line through the anchor."""
    points = surface.points if surface.kind == "line" else surface.points**2
    read = WRITE * spec.snapshots * _snapshot_bytes(pace)
    axes = {
        "hessian": PhaseForecast("curvature", pace.product * _PLANE_PRODUCTS),
        "pca": PhaseForecast("principal axes", read),
    }
    seconds = pace.point * points / pace.workers
    return JobForecast(
        (
            PhaseForecast("preparing", pace.build + read),
            *(phase for kind, phase in axes.items() if kind == surface.kind),
            PhaseForecast("surface", seconds, points, "points", pace.workers),
            PhaseForecast("projection", read),
        )
    )


def of_sampling(spec: RunSpec, pace: Pace, sample: SampleSpec) -> JobForecast:
    """`landscape sample`: points around the anchor, with all that a snapshot records."""
    stored = sample.points * (_snapshot_bytes(pace) - 4 * pace.parameters)
    seconds = sample.points * pace.point / pace.workers + WRITE * stored
    # the anchor, and the snapshots' files, which are hashed
    read = WRITE * spec.snapshots * _snapshot_bytes(pace)
    return JobForecast(
        (
            PhaseForecast("preparing", pace.build + read),
            PhaseForecast(
                f"{sample.kind} sampling", seconds, sample.points, "points", pace.workers
            ),
        )
    )


_PLANE_PRODUCTS = 30  # Hessian-vector products for two eigenvectors, as a rule


def of_comparison(
    specs: Sequence[RunSpec], paces: Sequence[Pace], analysis: AnalysisSpec
) -> JobForecast:
    """`landscape analyse` on several runs: their knees, every analysis, and the joint embedding."""
    whole = [analysed(spec, pace, analysis) for spec, pace in zip(specs, paces, strict=True)]
    knees = [JobForecast(job.phases[:1]) for job in whole]
    # the knees of function space, of which the seconds are with those of function space
    first = [JobForecast((_none(job.phases[0]),)) for job in whole]
    after = [JobForecast((_none(job.phases[0]), *job.phases[1:])) for job in whole]
    methods = tuple(dict.fromkeys((*FUNCTION_METHODS, *analysis.methods)))
    together = _alone(_joint(specs, paces, methods, analysis))
    return joined((*first, *knees, *after, together))


def climbs(spec: RunSpec, pace: Pace) -> PhaseForecast:
    """The train losses on the lines between the minima of a run's sublevel bars."""
    lines = min(MOST_LINES, math.ceil(spec.snapshots / SNAPSHOTS_A_LINE))
    seconds = pace.build + POINTS * lines * pace.point / pace.workers
    return PhaseForecast("climbs", seconds, POINTS * lines, "points", pace.workers)


def statistics(study: StudySpec) -> float:
    """Seconds on the reference machine: tables, and a bootstrap of every measure where there are
    configurations enough.
    """
    networks = len(study.points)
    if networks < LEAST * len(study.seeds):
        return TABLES
    share = (networks / NETWORKS) ** POWER * study.statistics.resamples / 1_000
    return float(TABLES + BOOTSTRAP * share)


# Seconds of the tables and figures, and of a bootstrap of 1,000 resamples of so many networks; the
# power by which more of them take longer.
TABLES, BOOTSTRAP, NETWORKS, POWER = 0.5, 4.0, 18, 1.7


def _sampling(spec: RunSpec, pace: Pace) -> PhaseForecast:
    trajectories = len(spec.trajectories)
    seconds = trajectories * spec.epochs / max(pace.rate, 1e-9)
    # the jumps are scored like epochs, and trained no step
    seconds += trajectories * pace.point / pace.workers
    seconds += WRITE * spec.snapshots * _snapshot_bytes(pace)
    return PhaseForecast("sampling", seconds, spec.snapshots - 1, "trajectory-epochs", pace.workers)


def _snapshot_bytes(pace: Pace) -> int:
    """About how many bytes of a snapshot are stored: its weights, its answers and its losses."""
    return 4 * pace.parameters + 24_576


def analysed(spec: RunSpec, pace: Pace, analysis: AnalysisSpec) -> JobForecast:
    """`landscape analyse` on the run of `spec`."""
    return of_analysis(spec.snapshots, pace.parameters, analysis, speed=pace.speed)


def _joint(
    specs: Sequence[RunSpec], paces: Sequence[Pace], methods: Sequence[str], spec: AnalysisSpec
) -> PhaseForecast:
    speed = min(pace.speed for pace in paces)
    return of_joint(sum(run.snapshots for run in specs), methods, spec, speed=speed)


def _alone(phase: PhaseForecast) -> JobForecast:
    """A job of one phase."""
    return JobForecast((phase,))


def _none(phase: PhaseForecast) -> PhaseForecast:
    """A phase of which nothing is left to do, as its result is stored."""
    return PhaseForecast(phase.name, 0.0)
