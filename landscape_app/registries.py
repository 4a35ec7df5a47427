"""The tables: every data set, network, regime, embedding, filtration, measure and check by name,
one line each.

An entry holds `"module:name"`, resolved only when it is used, so that a form can list the networks
without importing torch. To add one: write its file, add its line here (CONTRIBUTING.md); it then
appears in the command line, the form and the tests.
"""

from __future__ import annotations

from landscape_app.check_table import CHECKS
from landscape_app.entries import Entry, find
from landscape_app.imports import ended, imported
from landscape_app.measure_table import MEASURES

# CHECKS and MEASURES have modules of their own
__all__ = ["CHECKS", "MEASURES", "Entry", "ended", "find", "imported"]

DATASETS: dict[str, Entry] = {
    "digits": Entry(
        "landscape_app.datasets.digits:load",
        "Digits 8×8",
        "1,797 handwritten digits, included: 1,000 train, 797 test rows.",
    ),
    "blobs": Entry(
        "landscape_app.datasets.synthetic:blobs",
        "Blobs",
        "Gaussian clusters in the plane, for trials and tests.",
    ),
    "stripes": Entry(
        "landscape_app.datasets.synthetic:stripes",
        "Stripes",
        "Noisy 8×8 images of bars in four orientations, for trials and tests.",
    ),
    "mnist1d": Entry(
        "landscape_app.datasets.mnist1d:load",
        "MNIST-1D",
        "Ten shapes as rows of 40 values, made by a program: 4,000 train, 1,000 test rows.",
    ),
    "iris": Entry(
        "landscape_app.datasets.tables:load",
        "Iris",
        "Included table: 150 flowers, 4 measures, 3 species; 100 train rows.",
        {"table": "iris"},
    ),
    "wine": Entry(
        "landscape_app.datasets.tables:load",
        "Wine",
        "Included table: 178 wines, 13 analyses, 3 growers; 118 train rows.",
        {"table": "wine"},
    ),
    "breast-cancer": Entry(
        "landscape_app.datasets.tables:load",
        "Breast cancer",
        "Included table: 569 tumours, 30 measures, 2 classes; 379 train rows.",
        {"table": "breast_cancer"},
    ),
    "diabetes": Entry(
        "landscape_app.datasets.tables:load",
        "Diabetes (regression)",
        "Included table: 442 patients, 10 measures, one number to predict; 294 train rows.",
        {"table": "diabetes"},
    ),
    "linnerud": Entry(
        "landscape_app.datasets.tables:load",
        "Linnerud (regression)",
        "Included table: 20 men, 3 exercises, 3 numbers to predict; 13 train rows, for trials.",
        {"table": "linnerud"},
    ),
    "mnist": Entry(
        "landscape_app.datasets.downloads:load",
        "MNIST",
        "70,000 handwritten digits 28×28: 60,000 train rows. Read from a local folder, or"
        " downloaded once.",
        {"source": "mnist"},
    ),
    "fashion-mnist": Entry(
        "landscape_app.datasets.downloads:load",
        "Fashion-MNIST",
        "70,000 pieces of clothing 28×28: 60,000 train rows. Read from a local folder, or"
        " downloaded once.",
        {"source": "fashion-mnist"},
    ),
    "cifar10": Entry(
        "landscape_app.datasets.downloads:load",
        "CIFAR-10",
        "60,000 colour photographs 32×32 in 10 classes: 50,000 train rows. Read from a local"
        " folder, or downloaded once.",
        {"source": "cifar10"},
    ),
    "cifar100": Entry(
        "landscape_app.datasets.downloads:load",
        "CIFAR-100",
        "60,000 colour photographs 32×32 in 100 classes: 50,000 train rows. Read from a local"
        " folder, or downloaded once.",
        {"source": "cifar100"},
    ),
}

# `settings` of a network are its builder's keyword arguments: those that a run may set, with the
# network's own values.
NETWORKS: dict[str, Entry] = {
    "mlp": Entry(
        "landscape_app.networks.mlp:build",
        "MLP 64-64",
        "Two hidden layers of 64 units with ReLU.",
        {"width": 64, "depth": 2, "dropout": 0.0},
    ),
    "mlp-small": Entry(
        "landscape_app.networks.mlp:build",
        "MLP 16",
        "One hidden layer of 16 units, for trials and tests.",
        {"width": 16, "depth": 1, "dropout": 0.0},
    ),
    "cnn": Entry(
        "landscape_app.networks.cnn:build",
        "Small CNN",
        "Two convolutions with BatchNorm, then a linear layer. For images only.",
        {"width": 8, "depth": 2, "dropout": 0.0},
    ),
    "resnet20": Entry(
        "landscape_app.networks.resnet:build",
        "ResNet-20",
        "Residual network of He et al. 2015 for small images. Its shortcuts have no parameters."
        " The depth is 6n+2.",
        {"depth": 20, "width": 16},
    ),
    "wrn-16-1": Entry(
        "landscape_app.networks.wrn:build",
        "WRN-16-1",
        "Wide ResNet of depth 16 and width 1, the small one. The depth is 6n+4.",
        {"depth": 16, "width": 1, "dropout": 0.0},
    ),
    "wrn-28-2": Entry(
        "landscape_app.networks.wrn:build",
        "WRN-28-2",
        "Wide ResNet of depth 28 and width 2, the paper's network. The depth is 6n+4.",
        {"depth": 28, "width": 2, "dropout": 0.0},
    ),
    "vit": Entry(
        "landscape_app.networks.vit:build",
        "Small ViT",
        "Vision transformer of four blocks of width 64 on about 16 to 64 patches.",
        {"width": 64, "depth": 4, "dropout": 0.0},
    ),
}

# The recipe of each regime: what makes a good or a poor generalizer of the same
# network on the same data.
REGIMES: dict[str, Entry] = {
    "good": Entry(
        "",
        "Good",
        "Weight decay, and augmentation of images.",
        {"weight_decay": 5e-4, "augmentation": True, "label_corruption": 0.0},
    ),
    "plain": Entry(
        "",
        "Plain",
        "Neither weight decay nor augmentation.",
        {"weight_decay": 0.0, "augmentation": False, "label_corruption": 0.0},
    ),
    "poor": Entry(
        "",
        "Poor",
        "Half of the train labels are drawn again at random.",
        {"weight_decay": 0.0, "augmentation": False, "label_corruption": 0.5},
    ),
    "memorizer": Entry(
        "",
        "Memorizer",
        "All train labels are drawn again at random.",
        {"weight_decay": 0.0, "augmentation": False, "label_corruption": 1.0},
    ),
}

OBJECTIVES: dict[str, Entry] = {
    "cross_entropy": Entry(
        "landscape_app.objectives.named_losses:cross_entropy",
        "Cross-entropy",
        "For class labels, in nats.",
        {"classification": True},
    ),
    "squared_error": Entry(
        "landscape_app.objectives.named_losses:squared_error",
        "Squared error",
        "Mean over the outputs, for regression.",
        {"classification": False},
    ),
    "absolute_error": Entry(
        "landscape_app.objectives.named_losses:absolute_error",
        "Absolute error",
        "Mean over the outputs, for regression.",
        {"classification": False},
    ),
}

# Of torch.optim. `fused`: one pass over the weights; `elementwise`: each number's update depends on
# its own history alone.
OPTIMIZERS: dict[str, Entry] = {
    "sgd": Entry(
        "torch.optim:SGD",
        "SGD",
        "With momentum. The paper uses it.",
        {"momentum": True, "fused": True},
    ),
    "adam": Entry(
        "torch.optim:Adam", "Adam", "Adaptive moments; weight decay as L2.", {"fused": True}
    ),
    "adamw": Entry(
        "torch.optim:AdamW", "AdamW", "Adaptive moments; decoupled weight decay.", {"fused": True}
    ),
    "adamax": Entry("torch.optim:Adamax", "Adamax", "Adam with the infinity norm."),
    "nadam": Entry("torch.optim:NAdam", "NAdam", "Adam with Nesterov momentum."),
    "radam": Entry("torch.optim:RAdam", "RAdam", "Rectified Adam."),
    "rmsprop": Entry(
        "torch.optim:RMSprop", "RMSprop", "Running mean of squared gradients.", {"momentum": True}
    ),
    "adagrad": Entry("torch.optim:Adagrad", "Adagrad", "Sum of squared gradients."),
    "adadelta": Entry("torch.optim:Adadelta", "Adadelta", "Ratio of running means."),
    "asgd": Entry("torch.optim:ASGD", "Averaged SGD", "SGD that also averages its iterates."),
    "rprop": Entry(
        "torch.optim:Rprop", "Rprop", "Signs of the gradient only.", {"weight_decay": False}
    ),
    "adafactor": Entry(
        "torch.optim:Adafactor",
        "Adafactor",
        "Factored second moments, tensor by tensor.",
        {"elementwise": False},
    ),
}

SCHEDULES: dict[str, Entry] = {
    "constant": Entry(
        "landscape_app.training.schedules:constant", "Constant", "The same rate throughout."
    ),
    "steps": Entry(
        "landscape_app.training.schedules:steps",
        "Steps",
        "A tenth of the rate from 50 % of the epochs on, a hundredth from 75 % on.",
    ),
    "paper": Entry(
        "landscape_app.training.schedules:paper",
        "Paper",
        "The rate is divided by ten at 50, 75 and 92.5 % of the epochs.",
    ),
    "cosine": Entry(
        "landscape_app.training.schedules:cosine", "Cosine", "Half a cosine from the rate to 0."
    ),
    "linear": Entry(
        "landscape_app.training.schedules:linear", "Linear", "A straight line from the rate to 0."
    ),
    "warmup-cosine": Entry(
        "landscape_app.training.schedules:warmup_cosine",
        "Warm-up, cosine",
        "Rises over the first 5 % of the epochs, then a cosine to 0.",
    ),
}

_PUBLISHED = "landscape_app.analysis.published_distance:published"
# `settings` are keyword arguments of the function. `facts`: "seconds": about how long one run of
# 821 snapshots takes, in two and three dimensions with all other starts on one core, and three runs
# together; "distances": its own, whatever the settings' distance is; it has no joint picture then.
EMBEDDINGS: dict[str, Entry] = {
    "phate": Entry(
        "landscape_app.analysis.embeddings.phate:embed",
        "PHATE",
        "Diffusion potential of the trajectory-aware kernel, then metric MDS.",
        {"kernel": "trajectory"},
        {"seconds": (1.0, 8.0)},
    ),
    "phate-paper": Entry(
        "landscape_app.analysis.embeddings.phate:embed",
        "PHATE, paper kernel (k = 5)",
        "The kernel as published. Its graph tends to fall into components along trajectories. The"
        " layout between components is arbitrary.",
        {"kernel": "paper", "starts": 1},
        {"seconds": (0.5, 6.0)},
    ),
    "phate-published": Entry(
        "landscape_app.analysis.embeddings.phate_published:embed",
        "PHATE as published (phate package)",
        "The phate package, used as in the paper: cosine distance after 100 principal components,"
        " whatever the run's distance; k = 5; one t per run; epochs 0-39 of trajectories with a"
        " jump.",
        {"mds": "ours"},
        {"seconds": (5.0, 0.0), "distances": _PUBLISHED},
    ),
    "phate-published-mds": Entry(
        "landscape_app.analysis.embeddings.phate_published:embed",
        "PHATE as published, package MDS (does not converge)",
        "The same potential with the phate package's default MDS. This MDS stops before it"
        " converges, so neighbours on a trajectory are scattered.",
        {"mds": "package"},
        {"seconds": (22.0, 0.0), "distances": _PUBLISHED},
    ),
    "pca": Entry(
        "landscape_app.analysis.embeddings.pca:embed",
        "PCA",
        "Principal axes of the weight differences.",
        facts={"seconds": (0.1, 0.4)},
    ),
    "mds": Entry(
        "landscape_app.analysis.embeddings.mds:embed",
        "Classical MDS",
        "Classical (Torgerson) scaling of the distances.",
        facts={"seconds": (0.1, 0.4)},
    ),
    "metric-mds": Entry(
        "landscape_app.analysis.embeddings.metric_mds:embed",
        "Metric MDS",
        "Coordinates whose distances fit the input distances best (least stress).",
        facts={"seconds": (1.5, 2.5)},
    ),
    "isomap": Entry(
        "landscape_app.analysis.embeddings.isomap:embed",
        "Isomap",
        "Classical scaling of the path lengths along the graph of nearest neighbours.",
        {"neighbours": 15},
        {"seconds": (1.0, 3.0)},
    ),
    "tsne": Entry(
        "landscape_app.analysis.embeddings.tsne:embed",
        "t-SNE",
        "Keeps neighbours together. The distances between groups and their sizes mean nothing.",
        {"perplexity": 30.0},
        {"seconds": (25.0, 60.0)},
    ),
    "umap": Entry(
        "landscape_app.analysis.embeddings.umap:embed",
        "UMAP",
        "Layout of the fuzzy neighbour graph. It needs: pip install 'landscape-app[umap]'.",
        {"neighbours": 15, "min_dist": 0.1},
        {"seconds": (40.0, 60.0)},
    ),
}

# What "apart" means between two snapshots. `normed`: compared runs are shown in units of ‖θo‖;
# `weights`: between weights, so that two networks have no common place; `axes`: Euclidean, so that
# it has principal axes; `note`: what a
# reader of its pictures must know.
DISTANCES: dict[str, Entry] = {
    "euclidean": Entry(
        "landscape_app.analysis.distances:euclidean",
        "Weights",
        "Euclidean distance between the trainable weights.",
        {"normed": True, "weights": True, "axes": True},
        {"words": "weights", "brief": "Weights", "joint": "softmax"},
    ),
    "cosine": Entry(
        "landscape_app.analysis.cosine_distance:cosine",
        "Direction (cosine)",
        "1 − cos of the angle between the directions from the anchor. The lengths do not count.",
        {
            "weights": True,
            "note": (
                "The anchor, and control snapshots equal to it, have no direction and are left"
                " out. All jumps of one direction are one point."
            ),
        },
        {"words": "cosine of δ", "brief": "Direction (cosine)", "joint": "softmax"},
    ),
    "centred_cosine": Entry(
        "landscape_app.analysis.cosine_distance:centred_cosine",
        "Direction (centred cosine)",
        "1 − cos of the angle between the directions from the mean of all snapshots.",
        {
            "weights": True,
            "note": (
                "Directions are measured from the mean of the snapshots. This mean depends on the"
                " protocol."
            ),
        },
        {"words": "centred cosine of δ", "brief": "Direction, centred", "joint": "softmax"},
    ),
    "softmax": Entry(
        "landscape_app.analysis.function_space:softmax",
        "Function space (softmax)",
        "Root-mean-square difference of the softmax outputs on the probe set.",
        {
            "axes": True,
            "note": "Comparable between networks that have the same probe set.",
        },
        {"words": "softmax on the probe set", "brief": "Functions, softmax", "joint": "softmax"},
    ),
    "outputs": Entry(
        "landscape_app.analysis.function_space:outputs",
        "Function space (outputs)",
        "For regression: root-mean-square difference of the outputs on the probe set, each in units"
        " of the standard deviation of its target.",
        {
            "axes": True,
            "note": "Comparable between networks with the same probe set and the same targets.",
        },
        {"words": "outputs on the probe set", "brief": "Functions, outputs", "joint": "outputs"},
    ),
    "losses": Entry(
        "landscape_app.analysis.function_space:losses",
        "Function space (losses)",
        "ρ: mean absolute difference of the losses of single train examples.",
        {"note": "Comparable only between networks that have the same train labels."},
        {"words": "losses of single examples", "brief": "Functions, losses", "joint": "losses"},
    ),
}

SAMPLINGS: dict[str, Entry] = {
    "naive": Entry(
        "landscape_app.sampling.sampling_kinds:naive",
        "Naive sampling",
        "Many random directions with several step sizes each; nothing is retrained.",
    ),
    "grid": Entry(
        "landscape_app.sampling.sampling_kinds:grid",
        "Grid sampling",
        "A lattice in three random directions; nothing is retrained.",
    ),
}

_P = "landscape_app.sampling.planes_kinds:"
PLANES: dict[str, Entry] = {
    "line": Entry(
        _P + "line",
        "Random line",
        "Along one filter-normalised random direction. The jumps in this direction lie on the"
        " line.",
    ),
    "random": Entry(
        _P + "random",
        "Random plane",
        "Spanned by two filter-normalised random directions (Li et al. 2018). The jumps in these"
        " directions lie in the plane.",
    ),
    "hessian": Entry(
        _P + "hessian",
        "Hessian plane",
        "Spanned by the two directions in which the train loss has the largest curvature at the"
        " anchor.",
    ),
    "pca": Entry(
        _P + "pca",
        "PCA plane",
        "The plane through the anchor that is nearest to all snapshots: their two principal axes.",
    ),
}

FILTRATIONS: dict[str, Entry] = {
    "train_loss": Entry(
        "landscape_app.analysis.topology.filtrations:train_loss",
        "train loss",
        "Cross-entropy on the training set.",
    ),
    "log_train_loss": Entry(
        "landscape_app.analysis.topology.filtrations:log_train_loss",
        "log₁₀ train loss",
        "Decimal logarithm of the train loss: bars are ratios. Losses of 0 or less have no"
        " logarithm and are left out.",
        {"log_of": "train_loss"},
    ),
    "rank_train_loss": Entry(
        "landscape_app.analysis.topology.filtrations:rank_train_loss",
        "rank of train loss",
        "Rank of the train loss among the snapshots, from 0 to 1.",
        {"changes_of": "log_train_loss"},
    ),
    "test_loss": Entry(
        "landscape_app.analysis.topology.filtrations:test_loss",
        "test loss",
        "Uses the test labels, so it cannot be used to predict the gap.",
    ),
}
