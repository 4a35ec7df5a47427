"""Which tests are tried how often: by `make test`, by CI (slow), for a release (exhaustive).

A test carries its mark where it stands. Here are whole folders, and tests that take so long that
CI would take more than its twenty minutes: what they try is tried in CI by a smaller one.
"""

from __future__ import annotations

import pytest

# folders whose tests are all slow, and what is quick in them
SLOW = ("tests/browser/", "tests/docs/", "tests/kills/")
QUICK = ("tests/docs/test_project.py",)

# beginnings of names, by file
RELEASE = {
    "browser/test_axe.py": ["test_nothing_serious_on_any_page"],
    "browser/test_bench_page.py": [""],
    "browser/test_diverged.py": [""],
    "browser/test_downloads.py": ["test_a_scene_is", "test_a_card_of_topology", "test_curves"],
    "browser/test_explore.py": [
        "test_what_was_not_computed",
        "test_a_drag",
        "test_the_switch",
        "test_two_dimensions",
    ],
    "browser/test_figures_come.py": [
        "test_the_dark_scheme",
        "test_a_control_that_is_put_back",
        "test_a_card_that_fails",
    ],
    "browser/test_idle.py": [""],
    "browser/test_keyboard.py": ["test_cancel_keeps", "test_the_player_goes"],
    "browser/test_lesson.py": ["test_a_lesson_is_predicted"],
    "browser/test_panel_below.py": [""],
    "browser/test_paper.py": ["test_a_click_computes", "test_nothing_is_wider"],
    "browser/test_player.py": ["test_what_is_paused"],
    "browser/test_recolour.py": [
        "test_every_colour",
        "test_back_and_forth",
        "test_a_new_scheme",
    ],
    "browser/test_report.py": [
        "test_dark_and_light",
        "test_scenes_turn_together",
        "test_in_a_narrow_window_nothing_lies_on_the_cards[1024]",
        "test_the_switch_shows_another_part_and_keeps_what_is_picked[profile]",
        "test_the_switch_shows_another_part_and_keeps_what_is_picked[tree]",
    ],
    "browser/test_runs.py": ["test_a_thousand_runs"],
    "browser/test_study.py": ["test_on_a_telephone"],
    "browser/test_taking_away.py": [
        "test_a_report_from_share",
        "test_surface_saves",
        "test_a_refusal",
    ],
    "browser/test_widths.py": ["test_no_page_scrolls", "test_a_presentation", "test_explore_fits"],
    "browser/test_measures.py": ["test_a_search_finds", "test_a_family"],
    "docs/test_blocks.py": [
        "test_every_block_of_a_page_works[docs/index.md]",
        "test_every_block_of_a_page_works[docs/tutorials/study.md]",
        "test_every_block_of_a_page_works[docs/tutorials/lesson.md]",
        "test_every_block_of_a_page_works[docs/tutorials/checkpoints.md]",
    ],
    "docs/test_recipes.py": [
        "test_a_recipe_works_to_the_letter[A panel]",
        "test_a_recipe_works_to_the_letter[A measure of the snapshots]",
    ],
    "kills/test_jobs.py": ["test_ten_real_jobs[study-2]"],
    "test_extending.py": ["test_an_embedding_is_computed"],
    "analysis/experiment/test_correctness.py": ["test_scrambled_features_say"],
    "analysis/statistics/test_twin.py": ["test_what_follows_the_norm"],
    "bench/test_study.py": ["test_it_counts"],
    "cli/test_terminal.py": ["test_quiet_and_a_pipe"],
    "dashboard/explore/test_losses_below_zero.py": [
        "test_every_result_is_there_and_the_logarithm_says_what_it_leaves_out[constant",
        "test_every_result_is_there_and_the_logarithm_says_what_it_leaves_out[below",
    ],
    "dashboard/test_launching.py": ["test_a_click_becomes_runs"],
    "dashboard/lessons/test_lesson_study.py": ["test_a_finished_study"],
    "dashboard/study/test_presets.py": ["test_networks_of_a_study_preset"],
    "figures/test_publication.py": ["test_files_have_the_width"],
    "forecast/test_jobs.py": ["test_studies_and_comparisons"],
    "jobs/test_launch.py": ["test_two_equal_launches"],
    "networks/test_checkpoint.py": ["test_a_process_with_more_than_1024"],
    "analysis/test_pulses.py": ["test_ripser_in_a_process"],
    "jobs/test_kinds.py": ["test_the_quickstart_that_is_gone_on_with"],
    "pipeline/test_phate_published.py": ["test_it_is_the_same", "test_each_run_has"],
    "pipeline/test_curvature.py": ["test_spectrum_trace_and_eigenvalues"],
    "pipeline/test_studies.py": [
        "test_runs_of_different_data",
        "test_a_network_that_cannot_be_trained",
    ],
    "pipeline/test_workers.py": ["test_a_run_that_ends_its_process", "test_with_the_same_plans"],
}


def tier(nodeid: str) -> pytest.MarkDecorator | None:
    """The mark that a test has by its name, beside those where it stands."""
    path, _, name = nodeid.partition("::")
    if name.startswith(tuple(RELEASE.get(path.removeprefix("tests/"), ()))):
        return pytest.mark.exhaustive
    if nodeid.startswith(SLOW) and not nodeid.startswith(QUICK):
        return pytest.mark.slow
    return None
