"""Slips in what is removed from a results folder: each would lose what a sweep still needs, or keep what none does."""

from tests.mutations.mutation import mutations

CLEAN = "tests/orchestrator/cli/test_clean.py"
STAGE = f"{CLEAN}::test_a_stage_stays_while_a_trial_of_any_sweep_can_use_it"
RUNNING = f"{CLEAN}::test_a_running_sweep_keeps_its_files_and_all_stages"

CLEANING = (
    *mutations(
        "orchestrator/store/cleaning/stages.py",
        ("stages-of-one-method", 'if name != "method"', 'if name == "method"', STAGE),
        ("stages-of-unfinished-trials", 'ending.status != "completed"', 'ending.status == "completed"', STAGE),
        ("stages-removed-for-want-of-a-result", "in origins else needs", "in origins else own", STAGE),
    ),
    *mutations(
        "orchestrator/store/cleaning/leftovers.py",
        ("stages-removed-while-a-sweep-runs", "() if running else surplus", "() if sweep else surplus", RUNNING),
        ("scratch-removed-while-a-sweep-runs", "if not running and sweep is None", "if not running or sweep is None",
         RUNNING),
        ("unfinished-files-of-living-processes", "and not _is_alive(", "and _is_alive(",
         f"{CLEAN}::test_what_is_listed_is_removed_and_nothing_else"),
        ("checkpoints-of-failed-trials", 'ending.status == "completed"', 'ending.status != "completed"',
         f"{CLEAN}::test_trials_that_are_not_completed_keep_checkpoint_and_lock"),
        ("trials-removed-while-held", "and not is_held(trial)", "and is_held(trial)",
         f"{CLEAN}::test_a_trial_that_a_process_holds_keeps_its_files"),
    ),
    *mutations(
        "orchestrator/store/cleaning/removal.py",
        ("removed-though-it-is-new", "if leftover in before", "if leftover not in before",
         f"{CLEAN}::test_what_comes_after_the_first_look_stays"),
        ("plans-from-anywhere", "plan and plan.sweep == name", "plan or plan.sweep == name",
         f"{CLEAN}::test_other_folders_are_refused"),
    ),
)  # fmt: skip
