"""What was found by the probes as lines of measures, in the words of analysis.measures: value, unit, direction, source, detail."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from landscape_app.analysis.measures.measure import Measured
from landscape_app.analysis.measures.trajectories import mean_and_error, words
from landscape_app.probes.lanczos import Density, Top
from landscape_app.probes.noise import Noise
from landscape_app.probes.sharpness import Rise
from landscape_app.probes.trace import Trace

Line = dict[str, Any]
SHARPER = "higher = sharper"
LABELS = {  # name -> (label, help)
    "hessian_top": ("Largest Hessian eigenvalue", "Curvature of the train loss in its steepest direction, at the anchor. Infinitesimal."),
    "hessian_trace": ("Hessian trace", "Sum of the curvatures of the train loss in all directions, at the anchor. Infinitesimal."),
    "hessian_negative": (
        "Negative curvature",
        "Share of directions along which the train loss curves down by more than the density's width.",
    ),
    "sam_sharpness": ("Worst-direction sharpness", "Rise of the train loss at one gradient-ascent step of fixed length. Finite."),
    "asam_sharpness": ("Adaptive sharpness", "The same with every weight's move measured against its size, so rescaling changes nothing."),
    "gradient_norm": ("Gradient norm", "Length of the train loss' gradient at the anchor: how far from a stationary point it is."),
    "margin_10": ("10 % margin", "Label's output less the largest other: the value that a tenth of the train rows are below."),
    "confidence": ("Confidence", "Mean softmax probability of the predicted class over the train rows."),
    "path_norm": ("Path norm", "√ of the sum over all paths of the product of squared weights; for chains of layers with ReLU."),
    "pac_bayes_sigma": ("Noise borne, σ", "Standard deviation of Gaussian weight noise that costs the stated drop on average."),
    "pac_bayes_sigma_magnitude": ("Noise borne, magnitude-aware σ'", "The same with noise in proportion to each weight's size."),
    "barrier_to_anchor": (
        "Barrier, end to anchor",
        "Highest train loss on the straight line from where a jump ends to the anchor, above both.",
    ),
    "barrier_between_ends": ("Barrier between ends", "Highest train loss on the straight line between two ends of jumps, above both."),
    "barrier_persistence": (
        "Barrier tree's persistence",
        "Sum of the finite bars of the merge tree of ends and anchor under straight lines.",
    ),
}


def line(name: str, one: Measured) -> Line:
    """A dict as analysis.measures.measure_all gives; a value that is not finite becomes None, and its detail says so."""
    label, help = LABELS[name]
    finite = one.value is None or math.isfinite(one.value)
    return {
        "name": f"{name}[{one.part}]" if one.part else name,
        "label": f"{label}, {one.part_label or one.part}" if one.part else label,
        "value": one.value if finite else None,
        "unit": one.unit,
        "direction": one.direction,
        "source": one.source,
        "help": help,
        "detail": one.detail if finite else words(f"not finite ({one.value})", one.detail),
    }


def missing(name: str, why: str) -> Line:
    """A measure that cannot be told here."""
    return line(name, Measured(None, "", "", "", why))


def of_top(found: Top, seed: int, unit: str) -> list[Line]:
    """The largest eigenvalue, and those after it as parts."""
    source = "Lanczos with full reorthogonalisation; Keskar et al. 2017, arXiv 1609.04836"
    lines = []
    for k, (value, error) in enumerate(zip(found.values, found.errors, strict=True), start=1):
        detail = words(
            f"± {error:.2g} (residual, which bounds the distance to an eigenvalue)",
            f"{found.products} products, seed {seed}",
            "" if found.converged else "not all converged",
        )
        part, label = ("", "") if k == 1 else (str(k), f"number {k}")
        lines.append(line("hessian_top", Measured(float(value), unit, SHARPER, source, detail, part, label)))
    return lines


def of_trace(found: Trace, seed: int, unit: str) -> list[Line]:
    """The whole trace, and each layer's."""
    source = "Hutch++: Meyer et al. 2021, arXiv 2010.09649"

    def error(value: float) -> str:
        return f"± {value:.2g} (standard error, {found.products} products, seed {seed})" if value else f"exact, {found.products} products"

    whole = Measured(found.value, unit, SHARPER, source, error(found.error))
    parts = [Measured(value, unit, SHARPER, source, error(off), name, f"layer {name}") for name, (value, off) in found.layers.items()]
    return [line("hessian_trace", one) for one in (whole, *(parts if len(parts) > 1 else []))]


def of_density(found: Density, seed: int) -> list[Line]:
    """The share of directions that curve down."""
    shares = found.share(-math.inf, -found.width)
    error = shares.std(ddof=1) / math.sqrt(len(shares))
    detail = f"± {error:.2g} (standard error, {len(shares)} probes of {found.steps} products, seed {seed}); below −{found.width:.3g}"
    source = "stochastic Lanczos quadrature: Ghorbani et al. 2019, arXiv 1901.10159"
    return [line("hessian_negative", Measured(float(shares.mean()), "fraction", "higher = further from a minimum", source, detail))]


def of_rise(name: str, found: Rise, radius: float, unit: str) -> Line:
    """Sharpness at one step."""
    source = "SAM: Foret et al. 2021, arXiv 2010.01412" if name == "sam_sharpness" else "ASAM: Kwon et al. 2021, arXiv 2102.11600"
    detail = f"ρ = {radius:g}, a step of {found.length:.3g} in weights; one step of ascent, nothing random"
    return line(name, Measured(found.rise, unit, SHARPER, source, detail))


def of_gradient(norm: float, unit: str) -> Line:
    """The gradient's length."""
    unit = f"{unit}/weight" if unit else ""
    return line(
        "gradient_norm", Measured(norm, unit, "higher = further from a stationary point", "Jiang et al. 2020, arXiv 1912.02178", "")
    )


def of_margins(margin: np.ndarray, confidence: np.ndarray) -> list[Line]:
    """The 10 % quantile and the mean confidence over all train rows."""
    rows, source = f"{len(margin)} train rows", "Jiang et al. 2019, arXiv 1810.00113"
    surer = "higher = surer"
    return [
        line(
            "margin_10", Measured(float(np.quantile(margin, 0.1)), "logit", surer, source, words(f"median {np.median(margin):.3g}", rows))
        ),
        line("confidence", Measured(float(confidence.mean()), "fraction", surer, "Guo et al. 2017, arXiv 1706.04599", rows)),
    ]


def of_path(value: float) -> Line:
    """The path norm."""
    return line("path_norm", Measured(value, "", "higher = larger function", "Neyshabur et al. 2015, arXiv 1503.00036", "nothing random"))


def of_noise(name: str, found: Noise, seed: int, what: str) -> Line:
    """σ at the stated drop."""
    spread = (
        f"± {found.error:.2g} (standard error, {found.draws} draws, seed {seed})" if math.isfinite(found.error) else "no standard error"
    )
    unit = "weight" if name == "pac_bayes_sigma" else "relative"
    detail = words(spread, f"mean {what} {found.drop:.3g}")
    return line(name, Measured(found.sigma, unit, "higher = flatter", "Jiang et al. 2020, arXiv 1912.02178, Appendix C", detail))


def of_barriers(
    to_anchor: np.ndarray, seeds: np.ndarray, between: np.ndarray, finite_bars: Iterable[float], unit: str, note: str
) -> list[Line]:
    """to_anchor (s,) and seeds (s,) of the ends, between (e,) the pairs of ends; values that are not finite are left out and counted."""
    source = "linear mode connectivity: Frankle et al. 2020, arXiv 1912.05671"
    higher = "higher = ends further apart"
    good = np.isfinite(to_anchor)
    mean, error = mean_and_error(to_anchor[good].tolist(), seeds[good].tolist())
    lost = f"{int((~good).sum())} not finite" if not good.all() else ""
    lines = [line("barrier_to_anchor", Measured(mean, unit, higher, source, words(f"{good.sum()} ends", error, lost, note)))]
    inside = between[np.isfinite(between)]
    pairs = words(f"{len(inside)} pairs, which share ends, so no standard error" if len(inside) else "no two ends", note)
    lines.append(line("barrier_between_ends", Measured(float(inside.mean()) if len(inside) else None, unit, higher, source, pairs)))
    bars = list(finite_bars)
    lines.append(line("barrier_persistence", Measured(math.fsum(bars), unit, higher, source, words(f"{len(bars)} bars", note))))
    return lines
