"""The settings of an analysis: how runs are embedded and described."""

from __future__ import annotations

from landscape_app.settings.base import Spec, setting
from landscape_app.settings.names import DistanceName, EmbeddingName

# settings in which two analyses of one study may differ
ALSO = {"distance", "methods", "rips_dimension", "null_repeats", "loss_repeats", "stability"}


class AnalysisSpec(Spec):
    """How runs are embedded and described. Runs that are compared share all of these, t too."""

    distance: DistanceName = setting(
        "euclidean",
        "Distance",
        "How the distance between two snapshots is computed. Embeddings and Rips persistence use"
        " it.",
        group="kernel",
    )
    methods: tuple[EmbeddingName, ...] = setting(
        ("phate", "phate-paper", "pca", "mds"),
        "Methods",
        "Embeddings to compute, each in two and three dimensions.",
        group="kernel",
        min_length=1,
    )
    k: int = setting(
        5,
        "k",
        "Nearest snapshots that the kernel connects to each snapshot.",
        group="kernel",
        ge=1,
        le=100,
    )
    k_cross: int = setting(
        3,
        "k×",
        "Nearest snapshots of other trajectories that the kernel connects to each snapshot.",
        group="kernel",
        ge=1,
        le=100,
    )
    decay: float = setting(
        40.0,
        "Decay",
        "Exponent of the kernel. A larger one makes the kernel fall off faster.",
        group="kernel",
        ge=1,
        le=1000,
    )
    t: int | None = setting(
        None,
        "t",
        "Diffusion time. Empty: the knee of the entropy curve. Compared runs: the median of their"
        " knees.",
        group="kernel",
        ge=1,
        le=100,
    )
    graph_k: int = setting(
        20,
        "Graph k",
        "Neighbours of each snapshot in the graph of the sublevel filtration.",
        group="topology",
        ge=1,
        le=200,
    )
    rips_quantile: float = setting(
        0.25,
        "Rips threshold",
        "The Rips filtration of H1 stops at this quantile of the distances.",
        group="topology",
        gt=0,
        le=1,
    )
    rips_dimension: int = setting(
        1,
        "Rips dimension",
        "1: loops. 2: also voids, which take much longer.",
        group="topology",
        ge=1,
        le=2,
    )
    null_repeats: int = setting(
        39,
        "Null repeats",
        "Number of null draws: simulated runs without structure. The longest loop is compared"
        " with theirs. This gives its p-value. 0: no test.",
        group="topology",
        ge=0,
        le=9_999,
    )
    loss_repeats: int = setting(
        199,
        "Loss null repeats",
        "How often the changes of the loss are permuted. The persistence of the loss is compared"
        " with that of the permuted losses. This gives a two-sided p-value. 0: no test.",
        group="topology",
        ge=0,
        le=9_999,
    )
    stability: int = setting(
        3,
        "Stability seeds",
        "How often each embedding is computed again, each time from another start.",
        group="topology",
        ge=0,
        le=100,
    )
    seed: int = setting(
        0,
        "Seed",
        "All random numbers come from it: subsamples, null draws, random starts of embeddings.",
        group="topology",
        ge=0,
        le=2**31 - 1,
    )

    def compares_as(self, other: AnalysisSpec) -> bool:
        """Whether both belong to one study: they are equal, or differ only in `ALSO`."""
        return self.model_dump(exclude=ALSO) == other.model_dump(exclude=ALSO)
