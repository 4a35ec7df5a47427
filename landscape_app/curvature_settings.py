"""The settings of a curvature analysis: how many products, draws and points it takes."""

from __future__ import annotations

from landscape_app.settings import Spec, setting

GROUP = "curvature"


class CurvatureSpec(Spec):
    """What is measured at a run's anchor with the network itself: spectrum, trace, sharpness,
    margins, noise, barriers.
    """

    seed: int = setting(
        0, "Seed", "Of every random start, sign and draw.", group=GROUP, ge=0, le=2**31 - 2
    )
    eigenvalues: int = setting(
        5, "Eigenvalues", "The largest of the Hessian, by Lanczos.", group=GROUP, ge=1, le=50
    )
    lanczos_steps: int = setting(
        60, "Lanczos steps", "Products that the eigenvalues may take.", group=GROUP, ge=2, le=1000
    )
    probes: int = setting(
        4, "Probes", "Random vectors of the spectral density.", group=GROUP, ge=2, le=200
    )
    steps: int = setting(
        30,
        "Steps",
        "Products per probe of the spectral density; up to four times as many until its negative"
        " share settles.",
        group=GROUP,
        ge=2,
        le=1000,
    )
    trace_products: int = setting(
        45,
        "Trace products",
        "Of Hutch++, a third each for sketch, image and signs.",
        group=GROUP,
        ge=6,
        le=3000,
    )
    radius: float = setting(
        0.05, "Radius", "Of the worst-direction step (SAM), in weights.", group=GROUP, gt=0, le=100
    )
    adaptive_radius: float = setting(
        0.5,
        "Adaptive radius",
        "Of the adaptive step (ASAM), relative to |weights|.",
        group=GROUP,
        gt=0,
        le=100,
    )
    draws: int = setting(
        8, "Draws", "Of Gaussian weight noise (PAC-Bayes).", group=GROUP, ge=2, le=1000
    )
    drop: float = setting(
        0.1,
        "Drop",
        "Mean loss of accuracy that the noise may cause; without accuracy, rise of the loss.",
        group=GROUP,
        gt=0,
        lt=1,
    )
    ends: int = setting(
        16,
        "End points",
        "Of trajectories between which barriers are taken, largest jumps first.",
        group=GROUP,
        ge=1,
        le=200,
    )
    points: int = setting(
        11, "Points", "On each straight segment, both ends included.", group=GROUP, ge=3, le=1001
    )
