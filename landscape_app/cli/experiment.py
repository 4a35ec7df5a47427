"""The command experiment: the paper's Table 1 on a study, with baselines and intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.cli.progress import session
from landscape_app.cli.verdicts import told

if TYPE_CHECKING:
    from landscape_app.records.experiment import Experiment, FeatureDifference, FeatureScore

Label = Annotated[
    str,
    Parameter(
        help="What is predicted: gap, or a column of the study's table (test_loss, a"
        " hyper-parameter). A number with more than five values is cut into five classes of equal"
        " size."
    ),
]


def experiment(
    study: str,
    /,
    *,
    label: Label = "test_loss",
    runs: Runs = Path("runs"),
    to: Annotated[
        Path | None, Parameter(help="Also write experiment.json into this folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Ask what the samples of a network tell of a label: Table 1 of Horoi et al. 2022. Eleven
    classifiers predict the class of each network of a study from its samples.

    The networks of one configuration are never in two folds. Beside jump and retrain stand the
    static samplings that the runs have (landscape sample), scrambled values, and baselines that
    cost nothing. Each difference has an interval and a p. The result is stored in the study's
    folder, and not computed again as long as the networks and their samples stay the same.

    Parameters
    ----------
    study: str
        The name of a study that is complete. It needs 10 configurations and 5 networks of each
        class.
    """
    from landscape_app.finding import table_claim
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import paper, stored_experiment, studies
    from landscape_app.store import grids
    from landscape_app.store.study import StudyFolder

    folder = StudyFolder.open(runs, study)
    paper.check(folder)
    networks = studies.tabulate(runs, folder, grids.read(folder))
    result = stored_experiment.current(runs, folder, networks, label)
    if result is None:
        with session(folder.path, asked=JobRequest("experiment")) as progress:
            result = stored_experiment.computed(runs, folder, networks, label, progress)
    verdicts = table_claim.verdicts(result)
    written = [] if to is None else [_write(to, result)]
    if json:
        decided = [vars(verdict) for verdict in verdicts]
        files = [str(path) for path in written]
        say_json({"study": study, **result.model_dump(), "verdicts": decided, "files": files})
        return
    decisions = [line for verdict in verdicts for line in told(verdict)]
    say("\n".join([*_lines(result), "", *decisions, *map(str, written)]))


def _write(folder: Path, result: Experiment) -> Path:
    from landscape_app.store import files

    files.make_own(folder)
    path = folder / "experiment.json"
    files.write_atomic(path, result.model_dump_json(indent=1).encode(), own=True)
    return path


def _lines(result: Experiment) -> Iterator[str]:
    classes = ", ".join(f"{name} ({count})" for name, count in result.classes.items())
    yield (
        f"{result.networks} networks of {result.configurations} configurations by"
        f" {result.column_label}, {len(result.classes)} classes: {classes}."
    )
    yield ""
    head = ["features", "", "networks", "accuracy, %", "±"]
    yield table(head, [_score(score) for score in result.scores])
    classifiers = max(len(score.accuracies) for score in result.scores)
    yield (
        f"Mean and standard error over {classifiers} untuned classifiers, as the paper prints them."
    )
    if result.differences:
        yield ""
        labels = {score.name: _named(score) for score in result.scores}
        head = ["", "minus", "points", "from", "to", "p", "p (Holm)", "80 % power at"]
        yield table(head, [_difference(each, labels) for each in result.differences])
        yield (
            "Differences in points, with 95 % intervals over configurations. p: by swaps of the two"
            " within configurations. The last column is the difference that would be found in 80 %"
            " of such studies."
        )
    yield from _left_out(result)


def _named(score: FeatureScore) -> str:
    return f"{score.label}, {score.what}" if score.what else score.label


def _score(score: FeatureScore) -> list[str]:
    return [
        score.label,
        score.what,
        str(score.networks),
        f"{100 * score.mean:.1f}",
        f"{100 * score.error:.1f}" if len(score.accuracies) > 1 else "",
    ]


def _difference(each: FeatureDifference, labels: dict[str, str]) -> list[str]:
    ends = ["" if end is None else f"{100 * end:+.1f}" for end in (each.low, each.high)]
    return [
        labels[each.name],
        labels[each.other],
        f"{100 * each.value:+.1f}",
        *ends,
        f"{each.p:.4f}",
        f"{each.holm:.4f}",
        f"{100 * each.detectable:.1f}",
    ]


def _left_out(result: Experiment) -> Iterator[str]:
    for name, why in result.absent.items():
        yield f"Not there: {name}: {why}"
    for id, why in result.left_out.items():
        yield f"Left out: {id}: {why}"
    for score in result.scores:
        yield from _missing(score.label, score.what, list(score.left_out.items()))


def _missing(label: str, what: str, left_out: Sequence[tuple[str, str]]) -> Iterator[str]:
    if left_out:
        id, why = left_out[0]
        more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        yield f"Without {label} ({what}): {id}{more}: {why}"
