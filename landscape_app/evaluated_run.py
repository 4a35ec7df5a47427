"""Surface and curvature of a run from Python: for a run made by `explore` with the objects that it
was made of. They are compared with those that the run has noted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from landscape_app.errors import SpecError
from landscape_app.networks.inspection import plain
from landscape_app.objectives import ignored_label, of_torch
from landscape_app.pipeline import curvature as curvatures
from landscape_app.pipeline import surface as surfaces
from landscape_app.pipeline import training_path as paths
from landscape_app.pipeline.alone import alone
from landscape_app.pipeline.brought import brought
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.shown_progress import closed, progress_of
from landscape_app.settings import GIVEN, CurvatureSpec, Spec, SurfaceSpec, parse
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder

Loss = str | Callable[[Tensor, Tensor], Tensor] | None
Objects = tuple[Any, Any, Any, Loss]  # model, train, test, loss; each None where not given


def surface(run: RunFolder, objects: Objects, **settings: Any) -> Result:
    """The result "surface"; settings: those of SurfaceSpec, and progress."""
    return _computed(surfaces.surface, SurfaceSpec, run, objects, settings)


def curvature(run: RunFolder, objects: Objects, **settings: Any) -> Result:
    """The result "curvature"; settings: those of CurvatureSpec, and progress."""
    return _computed(curvatures.curvature, CurvatureSpec, run, objects, settings)


def training_path(run: RunFolder, objects: Objects, **settings: Any) -> Result:
    """The result "training_path"; settings: progress."""
    return _computed(paths.training_path, None, run, objects, settings)


@alone()
def _computed(
    work: Callable[..., Result],
    kind: type[Spec] | None,
    run: RunFolder,
    objects: Objects,
    settings: dict[str, Any],
) -> Result:
    """What `work` makes of the run, with settings of this kind; None: it has none."""
    reporter = progress_of(settings.pop("progress", None))
    if kind is None and settings:
        raise SpecError(f"There is no setting '{next(iter(settings))}'.")
    specs = () if kind is None else (parse(kind, settings),)
    given = _objects(run, *objects)
    with closed(reporter), run.lock():
        return work(run, *specs, reporter, given)


def _objects(
    run: RunFolder, model: nn.Module | None, train: Any, test: Any, loss: Loss
) -> UserObjects | None:
    """The objects of a caller; None where the run's folder can rebuild what it needs."""
    given = [thing is not None for thing in (model, train, test)]
    if not any(given) and loss is None:
        return None
    if model is None or not all(given):
        raise SpecError("Give model, train and test together, as they were given to explore.")
    if GIVEN not in (run.spec.data, run.spec.network):
        raise SpecError(
            f"Run {run.id} was made from names, so its folder has everything. Call it without"
            " model, train and test."
        )
    network, own = plain(model), callable(loss)
    data = brought(
        network,
        train,
        test,
        run.spec,
        own_loss=own,
        own=own and not of_torch(loss),
        ignored=ignored_label(loss) if callable(loss) else None,
    )
    return UserObjects(data, network, loss if callable(loss) else None)
