"""Slips in what reports make of networks that were converted for deployment."""

from tests.mutations.mutation import mutations

NUMBERS = "tests/dashboards/numbers/deployment"
SECTION = "tests/dashboards/sections/deployment/test_deployment.py"

DEPLOYMENT_REPORT = (
    *mutations(
        "dashboards/numbers/deployment/networks.py",
        ("a-file-as-a-share-of-its-own-format", 'figure(dense, "dense", BYTES)', "figure(dense, form, BYTES)",
         f"{NUMBERS}/test_networks.py::test_files_are_shares_of_the_dense_network_as_a_dense_file"),
        ("a-byte-of-mask-for-each-weight", "weights / BITS", "weights * BITS",
         f"{NUMBERS}/test_networks.py::test_files_are_shares_of_the_dense_network_as_a_dense_file"),
        ("a-conversion-that-gains-what-it-loses", "self.cell.validation + self", "self.cell.validation - self",
         f"{NUMBERS}/test_networks.py::test_validation_is_that_of_the_trained_network_and_the_change_by_the_conversion"),
    ),
    *mutations(
        "dashboards/numbers/deployment/latency.py",
        ("the-machine-that-timed-least", "(-counts[one], one.name", "(counts[one], one.name",
         f"{NUMBERS}/test_networks.py::test_latencies_of_other_machines_are_left_out_and_files_stay"),
    ),
    *mutations(
        "dashboards/numbers/deployment/break_even.py",
        ("break-even-at-the-first-crossing", "last = max(behind)", "last = min(behind)",
         f"{NUMBERS}/test_break_even.py::test_the_last_crossing_counts"),
        ("as-large-as-dense-called-smaller", "if ratio >= 1]", "if ratio > 1]",
         f"{NUMBERS}/test_break_even.py::test_a_ratio_of_one_is_no_gain_and_a_crossing_there_is_at_that_level"),
    ),
    *mutations(
        "dashboards/numbers/deployment/quantization.py",
        ("pruning-counted-twice", "quantized.minus(dense)).estimate", "quantized.minus(pruned)).estimate",
         f"{NUMBERS}/test_quantization.py::test_both_together_may_cost_more_than_the_sum"),
    ),
    *mutations(
        "dashboards/numbers/deployment/cheapest.py",
        ("a-conversion-that-widens-the-margin", "-outcome.margin - changed", "-outcome.margin + changed",
         f"{NUMBERS}/test_cheapest.py::test_the_change_by_the_conversion_takes_its_part_of_the_margin"),
    ),
    *mutations(
        "dashboards/sections/deployment/tables.py",
        ("a-share-called-times-smaller", "brief.factor(1 / of)", "brief.factor(1 * of)",
         f"{SECTION}::test_the_table_has_counted_and_measured_bytes_and_quartiles"),
    ),
)  # fmt: skip
