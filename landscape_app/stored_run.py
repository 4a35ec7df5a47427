"""The stored content of a run, opened for reading, without torch and without computing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app import stored_frames, stored_summary
from landscape_app.check_table import fits
from landscape_app.entries import load
from landscape_app.errors import AnalysisError, LandscapeError, SpecError
from landscape_app.finding.recorded import network_numbers
from landscape_app.finding.sentences import Finding, finding
from landscape_app.records.snapshots import Snapshots
from landscape_app.registries import SAMPLINGS, find
from landscape_app.settings import AnalysisSpec, RunSpec
from landscape_app.store import commands, derived, notes, samplings, snapshots, usable_results
from landscape_app.store.run import RunFolder
from landscape_app.stored_summary import ResultList

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects as go
    import xarray

    from landscape_app.figures.palette import Scheme

OF_A_DISTANCE = (
    "geometry",
    "diffusion",
    "embedding",
    "neighbours",
    "sublevel",
    "rips",
    "significance",
    "triangulation",
    "profile",
    "climbs",
)


@dataclass(frozen=True)
class OpenRun:
    """A run folder, read only. `snapshots()` is one aligned record; the rest are stored results by
    name.
    """

    folder: RunFolder

    @property
    def id(self) -> str:
        """The run's id: its folder's name."""
        return self.folder.id

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.folder.path

    @property
    def spec(self) -> RunSpec:
        """The settings it was made with."""
        return self.folder.spec

    @property
    def finished(self) -> bool:
        """Whether every snapshot of the protocol is committed."""
        return self.folder.finished

    @property
    def label(self) -> str:
        """The label that a person gave it, now; "" if it has none."""
        return notes.read(self.path).label

    @property
    def note(self) -> str:
        """The note on it, now: lines of plain text; "" if it has none."""
        return notes.read(self.path).note

    @property
    def interpolates(self) -> bool | None:
        """Whether the trained network fits the labels it was given (train accuracy of at least
        0.99 at the anchor); None for a regression. Raises RunDamagedError before it is trained.
        """
        scores = self.folder.tensors("anchor.safetensors")
        return fits(float(scores["scores.train_accuracy"].reshape(-1)[0]))

    def snapshots(self) -> Snapshots:
        """Every committed, intact snapshot: columns, δ from the anchor (lazy), probe outputs and
        losses (lazy).
        """
        return snapshots.read(self.folder)

    def sampling(self, kind: str = "naive", **parameters: Any) -> Snapshots:
        """The static sampling `kind` (naive, grid) as snapshots: the anchor, then its points,
        without weights. Raises AnalysisError if there is none.
        """
        find("kind of sampling", SAMPLINGS, kind)
        taken = samplings.read(self.folder, kind, **parameters)
        if taken is None:
            command = commands.line("sample", self.id, self.path.parent)
            raise AnalysisError(
                f"Run {self.id} has no {kind} sampling. Run: {command} --kind {kind}"
            )
        return taken

    def result(self, name: str, **parameters: Any) -> derived.Result:
        """The newest stored result called `name` whose parameters contain the given ones: .arrays,
        .meta, .parameters.

        Names: embedding (method=, dims=, t=), neighbours, sublevel (filtration=), rips, measures,
        checks, geometry, … What is built on a distance is that in weights unless another is named
        (distance="cosine"). Raises AnalysisError if there is none.
        """
        if name in OF_A_DISTANCE:
            parameters = {"distance": AnalysisSpec().distance} | parameters
        result = usable_results.find(self.path, name, **parameters)
        if result is None:
            raise AnalysisError(
                f"Run {self.id} has no result '{name}' with {parameters or 'any parameters'}. Run:"
                f" {commands.line('analyse', self.id, self.path.parent)}"
            )
        return result

    def results(self) -> ResultList:
        """What is stored of the run: name, parameters, and the shapes of the arrays of each
        result. `result(name, **parameters)` reads one.
        """
        return stored_summary.results(self.path)

    def frame(self) -> pandas.DataFrame:
        """The snapshots as a frame of pandas: a row each, with losses, accuracies and distance."""
        return stored_frames.of_snapshots(self.snapshots())

    def arrays(self, *, weights: bool = False) -> xarray.Dataset:
        """The snapshots as a dataset of xarray with named axes: columns, probe outputs, losses of
        single train rows; with `weights` also δ, (n, p) in memory.
        """
        return stored_frames.dataset(self.snapshots(), weights=weights)

    def surface(
        self,
        model: Any = None,
        train: Any = None,
        test: Any = None,
        *,
        loss: Any = None,
        **settings: Any,
    ) -> derived.Result:
        """Compute and store the loss surface around the anchor. settings: those of SurfaceSpec
        (kind="random", points=25, …), and progress.

        model, train, test, loss: for a run made by `explore`, the same objects again. Raises
        ResumeError where they are others than those that the run has noted, AnalysisError if the
        run is not fully sampled.
        """
        return self._evaluated("surface", (model, train, test, loss), settings)

    def curvature(
        self,
        model: Any = None,
        train: Any = None,
        test: Any = None,
        *,
        loss: Any = None,
        **settings: Any,
    ) -> derived.Result:
        """Compute and store Hessian spectrum, sharpness, margins and barriers at the anchor.
        settings: those of CurvatureSpec, and progress. Otherwise as `surface`.
        """
        return self._evaluated("curvature", (model, train, test, loss), settings)

    def training_path(
        self,
        model: Any = None,
        train: Any = None,
        test: Any = None,
        *,
        loss: Any = None,
        **settings: Any,
    ) -> derived.Result:
        """The states of the training with their scores, computed where they are not stored: those
        that `record` kept, else those of the run's own training. Arguments as of `surface`.

        arrays: step, epoch, train_loss, test_loss, train_accuracy, test_accuracy, distance (from
        the anchor), each (s,); probe, train_probe, losses (s, …). Raises AnalysisError where there
        are no states.
        """
        return self._evaluated("training_path", (model, train, test, loss), settings)

    def _evaluated(
        self, name: str, objects: tuple[Any, ...], settings: Mapping[str, Any]
    ) -> derived.Result:
        work = load(f"landscape_app.evaluated_run:{name}")  # torch, which reading does not need
        result: derived.Result = work(self.folder, objects, **settings)
        return result

    def finding(self, *others: OpenRun) -> Finding:
        """What the numbers of this run say; with `others`, what differs between them and what does
        not: `.sentences`, and `.reasons` with the numbers behind them.
        """
        several = (self, *others)
        return finding(
            [
                network_numbers(
                    run.id,
                    run.snapshots().columns,
                    run.folder.facts(),
                    () if stored is None else stored.meta["measures"],
                )
                for run in several
                for stored in [usable_results.find(run.path, "measures")]
            ]
        )

    def measures(self) -> dict[str, float | None]:
        """{name: value} of every measure of the run; None where it is not finite."""
        return {
            measure["name"]: measure["value"]
            for measure in self.result("measures").meta["measures"]
        }

    def figure(
        self,
        name: str,
        *,
        beside: Sequence[OpenRun] = (),
        scheme: Scheme = "light",
        camera: Mapping[str, Mapping[str, float]] | None = None,
        **settings: Any,
    ) -> go.Figure:
        """The figure that the page shows, as a plotly figure: "scene", "joint", "diagram",
        "barcode", "tree", "profile", "curves", "measures" or "surface".

        beside: up to three other runs of the same folder, which are compared with this one: they
        share its colours and axes; "joint" needs one at least. camera: of what is drawn in three
        dimensions, as plotly has it: eye, and if not plotly's own center and up, each with x, y and
        z. settings: method, dims, joint_dims, colour, filtration, distance, curve; filters
        (seeds=[0, 2], steps=[0.5], epochs=[0, 20]); of "measures" rows ("key", the six of the page,
        or "all"); of "surface" kind, value, heights, dims. Raises UnknownNameError, SpecError;
        AnalysisError where what the figure is made of has not been computed.
        """
        from landscape_app.dashboard.export import exported, opened

        if any(other.path.parent != self.path.parent for other in beside):
            raise SpecError("Runs that are shown together must be in one folder.")
        ids = [self.id, *(other.id for other in beside)]
        runs = opened.context(self.path.parent)
        drawn = exported.exported(runs, ids, name, settings, scheme=scheme, camera=camera)
        return drawn.figure

    def show(self, name: str = "scene", **settings: Any) -> None:
        """Show a figure: below the cell of a notebook, else in a browser. Arguments as `figure`."""
        self.figure(name, **settings).show()

    def _repr_html_(self) -> str:
        """What a notebook shows of the run: its state, scores and finding."""
        facts = [
            ("settings", f"{self.spec.network} on {self.spec.data}, regime {self.spec.regime}"),
            ("snapshots", f"{len(self.snapshots()):,} of {self.spec.snapshots:,}"),
            ("folder", str(self.path)),
        ]
        try:
            sentences = self.finding().sentences
        except LandscapeError as error:
            sentences = (str(error),)
        title = f"{self.label} ({self.id})" if self.label else self.id
        return stored_summary.card(title, sentences, facts)


def open_run(path: str | Path) -> OpenRun:
    """Open the run in the folder `path`. Raises RunMissingError, RunDamagedError or SchemaError,
    each saying what is wrong.
    """
    folder = Path(path)
    return OpenRun(RunFolder.open(folder.parent, folder.name))
