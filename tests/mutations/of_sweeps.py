"""Slips in what a sweep does again, and in what its trials share."""

from tests.mutations.mutation import mutations

RECEIPT, LAST_DATA = "tests/orchestrator/tracking/test_receipt.py", "tests/orchestrator/execute/test_last_data.py"
TWINS, OPTIMIZER = "tests/orchestrator/execute/test_twins.py", "tests/workloads/network/test_optimizer.py"
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
)
