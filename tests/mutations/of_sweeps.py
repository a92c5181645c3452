"""Slips in what a sweep does again, and in what its trials share."""

from tests.mutations.mutation import mutations

RECEIPT, LAST_DATA = "tests/orchestrator/tracking/test_receipt.py", "tests/orchestrator/execute/test_last_data.py"
TWINS, OPTIMIZER = "tests/orchestrator/execute/test_twins.py", "tests/workloads/network/test_optimizer.py"
BUDGET, COLLAPSE = "tests/orchestrator/spec/test_budget.py", "tests/orchestrator/store/test_collapse.py"
SPLIT = f"{BUDGET}::test_fine_tuning_is_a_quarter_of_the_training_unless_rounding_misses_the_budget"
CHANGE = f"{RECEIPT}::test_a_change_is_noticed_and_made_good_once"

SWEEPS = (
    *mutations(
        "orchestrator/tracking/receipt.py",
        (
            "receipts-that-always-hold",
            "return receipt if holds",
            "return receipt if receipt",
            f"{CHANGE}[a run is deleted]",
        ),
        (
            "receipts-that-take-any-store",
            "about.st_dev, about.st_ino",
            "about.st_dev, about.st_dev",
            f"{CHANGE}[the store is another file]",
        ),
        ("receipts-of-locks-alone", 'entry.name != "lock"', 'entry.name == "lock"', f"{CHANGE}[weights are gone]"),
        (
            "receipts-without-a-report",
            "is not None or not report",
            "is not None or report",
            f"{RECEIPT}::test_a_report_that_was_never_drawn_is_drawn",
        ),
    ),
    *mutations(
        "orchestrator/tracking/sending.py",
        (
            "complete-with-a-part",
            "not (self._lost or self._damaged)",
            "not (self._lost and self._damaged)",
            f"{RECEIPT}::test_a_store_that_did_not_get_everything_gives_no_receipt",
        ),
    ),
    *mutations(
        "orchestrator/execute/twins.py",
        (
            "compared-with-a-twin-that-has-not-ended",
            "if label in measured and",
            "if label in measured or",
            f"{TWINS}::test_the_process_of_a_trial_works_them_out_where_the_twin_is_measured",
        ),
    ),
    *mutations(
        "workloads/network/optimizer.py",
        (
            "a-step-that-forgets-gradients-alone",
            "type(optimizer).step",
            "type(optimizer).zero_grad",
            f"{OPTIMIZER}::test_a_step_is_torchs_own",
        ),
        (
            "a-method-that-calls-the-compiler",
            '"add_param_group"',
            '"step"',
            f"{OPTIMIZER}::test_training_imports_neither_the_compiler_nor_sympy",
        ),
    ),
    *mutations(
        "orchestrator/execute/last_data.py",
        (
            "data-of-another-workload",
            "self._loaded != asked",
            "self._loaded == asked",
            f"{LAST_DATA}::test_another_data_set_takes_the_place_of_the_last",
        ),
        (
            "two-data-sets-at-once",
            "self._loaded = self._data = None",
            "self._loaded = self._loaded = None",
            f"{LAST_DATA}::test_two_are_never_in_memory_at_once",
        ),
    ),
    *mutations(
        "orchestrator/spec/budget.py",
        (
            "whole-epochs-as-steps",
            "steps % epoch == 0",
            "steps % epoch != 0",
            f"{BUDGET}::test_epochs_stay_epochs_where_they_are_whole",
        ),
        (
            "longer-than-the-budget",
            "run.path.steps != budget",
            "run.path.steps < budget",
            f"{BUDGET}::test_a_method_that_trains_twice_and_does_not_say_so_is_refused",
        ),
        (
            "epochs-of-a-budget-as-steps",
            "(self.epochs or 0) * epoch",
            "(self.epochs or 0) + epoch",
            f"{BUDGET}::test_each_workload_has_its_own_epochs_in_variants_and_grids_too",
        ),
    ),
    *mutations(
        "workloads/script/fine_tune.py",
        ("a-quarter-of-the-budget", "Fraction(budget, 5)", "Fraction(budget, 4)", f"{SPLIT}[100-80-None]"),
        ("a-default-that-misses-the-budget", "trained, epoch) == length", "trained, epoch) != length", SPLIT),
        (
            "a-training-of-no-steps",
            "if trained <= 0",
            "if trained < 0",
            f"{BUDGET}::test_what_cannot_keep_a_budget_is_refused_in_words",
        ),
    ),
    *mutations(
        "orchestrator/spec/warnings.py",
        (
            "warned-of-layers-with-weights",
            "if not count)",
            "if count)",
            "tests/orchestrator/spec/test_spec.py::test_a_layer_whose_share_rounds_to_0_is_a_warning",
        ),
    ),
    *mutations(
        "orchestrator/store/collapse.py",
        (
            "collapse-of-every-step",
            "entry.record.step == 0",
            "entry.record.step >= 0",
            f"{COLLAPSE}::test_only_records_before_the_first_step_are_looked_at",
        ),
    ),
    *mutations(
        "orchestrator/execute/worker.py",
        (
            "collapse-told-again-and-again",
            "collapsed = True",
            "collapsed = False",
            f"{COLLAPSE}::test_it_is_said_once_before_the_trial_ends",
        ),
    ),
)
