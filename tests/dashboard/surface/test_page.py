"""The page as it is served: every state in words, a surface computed by a click, and no request
that makes the server fail.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.launch import child
from landscape_app.dashboard.surface import ids
from landscape_app.errors import AnalysisError, ResumeError, RunLockedError
from landscape_app.jobs.launch import start_surface
from landscape_app.settings import RunSpec, SurfaceSpec, parse
from landscape_app.store import derived, sample_digest
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import Page
from tests.dashboard.test_launching import launch, until
from tests.patience import patience

STANDS = {
    f"{ids.KIND}.value": "random",
    f"{ids.VALUE}.value": "train_loss",
    f"{ids.HEIGHTS}.value": "log",
}
STANDS |= {f"{ids.POINTS}.value": 7, f"{ids.EXTENT}.value": 2.0}


def opened(page: Page, search: str) -> str:
    """What is on the page at /surface with this query."""
    values = {f"{shell.LOCATION}.pathname": "/surface", f"{shell.LOCATION}.search": search}
    answer = page.call(f"{shell.PAGE}.children", values, f"{shell.LOCATION}.pathname")
    assert answer.status_code == 200
    return str(answer.text)


def redraw(page: Page, runs: list[str], changed: str, seen: Any = None, **values: Any) -> Any:
    """The response to a control that changed."""
    given = {**STANDS, f"{ids.RUNS}.value": runs, f"{ids.SEEN}.data": seen, **values}
    given |= {"surface-graph": ["relief-0", "contours-0"], "surface-words": ["relief-0-head"]}
    return page.call(f"{ids.GRID}.children", given, changed)


def test_every_state_is_said_and_none_hides_the_others(page: Page) -> None:
    text = opened(page, "?runs=full,bare,begun,broken")
    assert all(name in text for name in ("relief-0", "contours-0"))
    assert "Random plane: not computed yet for this run." in text
    assert "Compute it" in text
    assert "Its surface can be computed when sampling is finished." in text
    assert '"data-state": "unusable"' in text or '"data-state":"unusable"' in text
    assert "There is no run called" in opened(page, "?runs=never-was")


def test_without_a_query_there_is_something_to_see(page: Page) -> None:
    assert '"surface-grid"' in opened(page, "")


def test_a_surface_of_other_snapshots_says_so(page: Page, runs: Path) -> None:
    stored = derived.find(runs / "full", "surface", kind="random")
    assert stored is not None
    lines = RunFolder.open(runs, "full").journal.lines()
    # when only the anchor was there
    before = sample_digest.digest([line for line in lines if line["kind"] == "anchor"])
    derived.write(
        runs / "full", "surface", stored.parameters, dict(stored.arrays), stored.meta, before
    )
    assert "older than those of the run" in opened(page, "?runs=full")


def test_a_damaged_surface_counts_as_none_and_a_damaged_chunk_leaves_its_snapshots_out(
    page: Page, runs: Path
) -> None:
    chunk = next((runs / "full" / "chunks").iterdir())
    chunk.write_bytes(chunk.read_bytes()[:-8] + b"damaged!")
    assert (
        "snapshots are damaged or missing and not drawn. Resume, on Jobs, makes them again."
        in opened(page, "?runs=full")
    )
    for path in (runs / "full" / "derived").glob("surface-*/arrays.safetensors"):
        path.write_bytes(path.read_bytes()[:-8] + b"damaged!")
    assert "not computed yet" in opened(page, "?runs=full")


def test_an_unchanged_folder_sends_nothing_and_a_control_redraws_figures_alone(page: Page) -> None:
    first = redraw(page, ["full"], f"{ids.KIND}.value").get_json()["response"]
    seen = first[ids.SEEN]["data"]
    assert redraw(page, ["full"], f"{ids.TICK}.n_intervals", seen).status_code == 204
    again = redraw(
        page, ["full"], f"{ids.HEIGHTS}.value", seen, **{f"{ids.HEIGHTS}.value": "linear"}
    ).get_json()["response"]
    assert ids.GRID not in again, "the cards stay, and the camera with them"
    assert (
        "figure" in again[json.dumps(ids.graph("relief-0"), separators=(",", ":"), sort_keys=True)]
    )


def test_a_click_computes_what_is_missing_and_the_page_finds_it(page: Page, runs: Path) -> None:
    values = {
        **STANDS,
        f"{ids.RUNS}.value": ["full", "bare"],
        f"{ids.COMPUTE}.n_clicks": 1,
        f"{shell.NONCE}.data": "page",
    }
    callback = next(
        callback for callback in page.callbacks if f"{ids.COMPUTE}.loading" in callback["output"]
    )
    body = page.body(callback, values, f"{ids.COMPUTE}.n_clicks")
    response = page.client.post("/_dash-update-component", json=body).get_json()["response"]
    asked = next(value["data"] for value in response.values() if "data" in value)
    assert (asked["do"], asked["ids"], asked["points"], asked["extent"]) == (
        "surface",
        ["bare"],
        7,
        2.0,
    ), "full has this one"
    assert launch(page, "compare", asked)["error"] is None
    until(
        lambda: (
            derived.find(runs / "bare", "surface", kind="random", points=7, extent=2.0) is not None
        )
    )
    until(
        lambda: (
            "not computed yet" not in opened(page, "?runs=full,bare")
            and "Computing" not in opened(page, "?runs=bare")
        )
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ids": []}, "one to 4 runs"),
        ({"ids": "full"}, "one to 4 runs"),
        ({"ids": ["full"] * 5}, "one to 4 runs"),
        ({"ids": [3]}, "one to 4 runs"),
        ({"ids": ["../../etc"]}, "is no run's id"),
        ({"ids": ["never-was"]}, "no run called 'never-was'"),
        ({"ids": ["full", "begun"]}, "begun"),
        ({"kind": "os:system"}, "no kind of plane called 'os:system'"),
        ({"kind": None}, "kind"),
        ({"points": 50}, "must be odd"),
        ({"points": 10**6 + 1}, "less than or equal to 1001"),
        ({"points": "many"}, "points"),
        ({"extent": 0}, "greater than 0"),
        ({"extent": float("nan")}, "extent"),
    ],
)
def test_a_launch_is_held_against_tables_and_ranges(
    runs: Path, changes: dict[str, Any], words: str
) -> None:
    before = sorted(runs.rglob("status.json"))
    stamps = [path.stat().st_mtime_ns for path in before]
    answer = child.launch(
        runs,
        launch_requests.ask(
            "page",
            "surface",
            **{"ids": ["bare"], "kind": "random", "points": 5, "extent": 1.0, **changes},
        ),
    )
    assert words in str(answer["error"])
    assert answer["ids"] == []
    assert [path.stat().st_mtime_ns for path in before] == stamps, "no job has begun"


def test_only_sampled_free_runs_that_a_job_can_rebuild_are_launched(runs: Path) -> None:
    given = {
        "data": "given",
        "network": "given",
        "regime": "given",
        "weight_decay": 0,
        "augmentation": False,
    }
    mine = RunFolder.create(runs, "mine", parse(RunSpec, given))
    with mine.lock():
        mine.mark("finished")
    for id, error in (("begun", AnalysisError), ("mine", ResumeError)):
        with pytest.raises(error):
            list(start_surface(runs, ["bare", id], SurfaceSpec()))
    with RunFolder.open(runs, "bare").lock(), pytest.raises(RunLockedError):
        list(start_surface(runs, ["bare"], SurfaceSpec()))
    assert derived.find(runs / "bare", "surface") is None


@pytest.mark.slow
def test_no_value_makes_the_page_fail(page: Page) -> None:
    odd: list[Any] = [None, -1, "../../etc", [None], {"a": []}, True, ["full"] * 9]
    mine = [
        callback
        for callback in page.served()
        if "surface" in callback["output"] and not callback["background"]
    ]
    assert len(mine) == 3
    for callback in mine:
        names = [
            f"{one['id']}.{one['property']}" for one in [*callback["inputs"], *callback["state"]]
        ]
        for name in names:
            for value in odd:
                values = {
                    **STANDS,
                    f"{ids.RUNS}.value": ["full"],
                    f"{ids.SAVE}.n_clicks": 1,
                    name: value,
                }
                body = page.body(
                    callback,
                    values,
                    f"{callback['inputs'][0]['id']}.{callback['inputs'][0]['property']}",
                )
                answer = page.client.post("/_dash-update-component", json=body)
                assert answer.status_code < 500, (
                    callback["output"],
                    name,
                    value,
                    answer.text[:300],
                )


def test_the_page_is_quick_to_say_that_nothing_is_new(page: Page) -> None:
    seen = redraw(page, ["full"], f"{ids.KIND}.value").get_json()["response"][ids.SEEN]["data"]
    begun = time.process_time()
    for _ in range(20):
        assert redraw(page, ["full"], f"{ids.TICK}.n_intervals", seen).status_code == 204
    assert (time.process_time() - begun) / 20 < patience(0.05)


@pytest.mark.parametrize(
    ("name", "text"), [("kind", "radnom"), ("value", "los"), ("heights", "logg")]
)
def test_an_unknown_word_of_the_address_falls_back_and_is_named(
    page: Page, name: str, text: str
) -> None:
    shown = opened(page, f"?runs=full&{name}={text}")
    assert "relief-0" in shown
    assert f"{name}: There is no" in shown
    assert f"'{text}'" in shown


def test_a_fifth_run_of_the_address_is_named(page: Page) -> None:
    assert "Left out: fifth." in opened(page, "?runs=full,bare,begun,broken,fifth")
    assert "Left out" not in opened(page, "?runs=full,bare,full")


def test_the_figure_that_is_saved_has_the_grid_of_the_controls(page: Page, runs: Path) -> None:
    """The newest plane has 7 points."""
    for points, extent in ((5, 1.0), (7, 2.0)):
        stands = {f"{ids.POINTS}.value": points, f"{ids.EXTENT}.value": extent}
        drawn = redraw(page, ["full"], f"{ids.POINTS}.value", **stands).get_json()["response"]
        cards = json.dumps(drawn[ids.GRID]["children"])
        (path,) = set(re.findall(r'"(/take/figure/surface\.csv\?[^"]*dims=3[^"]*)"', cards))
        rows = page.client.get(path).text.splitlines()
        ground = [row for row in rows if row.startswith("0,full,")]
        assert len(ground) == points**2, path
