"""The settings of a curvature analysis: how many products, draws and points it uses."""

from __future__ import annotations

from landscape_app.settings.base import Spec, setting

GROUP = "curvature"


class CurvatureSpec(Spec):
    """What is measured at a run's anchor with the network itself: spectrum, trace, sharpness,
    margins, noise, barriers.
    """

    seed: int = setting(
        0,
        "Seed",
        "All random starts, signs and draws come from it.",
        group=GROUP,
        ge=0,
        le=2**31 - 2,
    )
    eigenvalues: int = setting(
        5,
        "Eigenvalues",
        "How many of the largest Hessian eigenvalues are computed.",
        group=GROUP,
        ge=1,
        le=50,
    )
    lanczos_steps: int = setting(
        60,
        "Lanczos steps",
        "Largest number of Hessian-vector products for the eigenvalues.",
        group=GROUP,
        ge=2,
        le=1000,
    )
    probes: int = setting(
        4, "Probes", "Random vectors for the spectral density.", group=GROUP, ge=2, le=200
    )
    steps: int = setting(
        30,
        "Steps",
        "Hessian-vector products per probe of the spectral density. Up to four times as many are"
        " used until the negative share is stable.",
        group=GROUP,
        ge=2,
        le=1000,
    )
    trace_products: int = setting(
        45,
        "Trace products",
        "Hessian-vector products of Hutch++. One third is used for the sketch, one for its image"
        " and one for the random signs.",
        group=GROUP,
        ge=6,
        le=3000,
    )
    radius: float = setting(
        0.05,
        "Radius",
        "Length of the step in the worst direction (SAM), in units of the weights.",
        group=GROUP,
        gt=0,
        le=100,
    )
    adaptive_radius: float = setting(
        0.5,
        "Adaptive radius",
        "Length of the adaptive step (ASAM), relative to |weights|.",
        group=GROUP,
        gt=0,
        le=100,
    )
    draws: int = setting(
        8,
        "Draws",
        "Draws of Gaussian noise on the weights (PAC-Bayes).",
        group=GROUP,
        ge=2,
        le=1000,
    )
    drop: float = setting(
        0.1,
        "Drop",
        "How much accuracy the noise may cost on average. Without an accuracy: how much the loss"
        " may rise.",
        group=GROUP,
        gt=0,
        lt=1,
    )
    ends: int = setting(
        16,
        "End points",
        "Ends of trajectories between which barriers are computed. The largest jumps come first.",
        group=GROUP,
        ge=1,
        le=200,
    )
    points: int = setting(
        11,
        "Points",
        "Points on each straight segment, both ends included.",
        group=GROUP,
        ge=3,
        le=1001,
    )
