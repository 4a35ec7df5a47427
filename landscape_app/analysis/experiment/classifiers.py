"""The eleven classifiers of Table 1, each as scikit-learn makes it: untuned, as in the paper.

Horoi et al. 2022 (arXiv 2102.00485) do not name their eleven. These are common ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sklearn.base import ClassifierMixin
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

SEED = 0
CHANCE = "MostFrequent"

CLASSIFIERS: Mapping[str, Callable[..., ClassifierMixin]] = {
    "LogisticRegression": LogisticRegression,
    "RidgeClassifier": RidgeClassifier,
    "LinearDiscriminantAnalysis": LinearDiscriminantAnalysis,
    "GaussianNB": GaussianNB,
    "KNeighbors": KNeighborsClassifier,
    "LinearSVC": LinearSVC,
    "SVC": SVC,
    "DecisionTree": DecisionTreeClassifier,
    "RandomForest": RandomForestClassifier,
    "ExtraTrees": ExtraTreesClassifier,
    "MLPClassifier": MLPClassifier,
}


def pipeline(name: str) -> Pipeline:
    """A new classifier of CLASSIFIERS, or CHANCE: the most frequent class of the train fold.

    Features are scaled to mean 0 and deviation 1 by the train fold alone. Raises KeyError.
    """
    if name == CHANCE:
        return make_pipeline(DummyClassifier(strategy="most_frequent"))
    make = CLASSIFIERS[name]
    seeded: dict[str, Any] = {"random_state": SEED} if "random_state" in make().get_params() else {}
    return make_pipeline(StandardScaler(), make(**seeded))
