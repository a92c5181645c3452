"""Slips in exported files and in the runtimes of formats."""

from tests.mutations.mutation import mutations

DEPLOY = "tests/workloads/deploy"
ENCODINGS, EXPORT, RUNTIMES = f"{DEPLOY}/test_encodings.py", f"{DEPLOY}/test_export.py", f"{DEPLOY}/test_deployment.py"
MEASURED = "tests/orchestrator/cli/test_deploy.py"
STORAGE, COMMAND = "tests/workloads/cost/test_storage.py", "tests/orchestrator/cli/test_export.py"

EXPORTED = (
    *mutations(
        "workloads/deploy/int8.py",
        ("steps-of-columns", "matrix.abs().amax(1)", "matrix.abs().amax(0)", f"{ENCODINGS}::test_steps_by_hand"),
        ("weights-cut-off-rather-than-rounded", "[:, None]).round()", "[:, None]).trunc()",
         f"{ENCODINGS}::test_int8_keeps_every_zero_and_stays_within_half_a_step"),
        ("steps-too-small-to-divide-by", "scales >= torch", "scales <= torch",
         f"{ENCODINGS}::test_steps_by_hand"),
        ("broken-weights-written", "(~matrix.isfinite()", "(~matrix.isreal()",
         f"{ENCODINGS}::test_int8_refuses_what_is_not_finite"),
    ),
    *mutations(
        "workloads/deploy/encodings.py",
        ("places-of-a-kernel-first", "layer.matrix(weight).flatten(1)", "layer.rows(weight).flatten(1)",
         f"{ENCODINGS}::test_rows_of_a_kernel_are_its_outputs"),
    ),
    *mutations(
        "workloads/deploy/tensor_file.py",
        ("damage-that-loads", "sha256(tensors) != facts.digest", "sha256(tensors) == facts.digest",
         f"{EXPORT}::test_a_damaged_or_foreign_file_is_refused"),
        ("files-with-dead-units", "if name is FormatName.SHRUNK", "if name is FormatName.DENSE",
         f"{EXPORT}::test_a_shrunk_file_holds_the_smaller_workload"),
        ("statistics-not-counted", "state.matrices) + buffer_bytes(", "state.matrices) - buffer_bytes(",
         f"{EXPORT}::test_a_file_is_as_large_as_the_arithmetic_says_and_its_header"),
    ),
    *mutations(
        "workloads/deploy/export.py",
        ("a-smaller-network-compared-with-itself", "expected, difference = outputs(state.model",
         "expected, difference = outputs(stored.model", f"{EXPORT}::test_a_file_loads_alone_and_computes_the_same"),
        ("sizes-against-the-smaller-network", "dense, notes = dense_bytes(state.model)",
         "dense, notes = dense_bytes(stored.model)", f"{EXPORT}::test_a_shrunk_file_holds_the_smaller_workload"),
        ("zeros-counted-as-rounded", "for layer in layers) - zeros", "for layer in layers) + zeros",
         f"{EXPORT}::test_weights_that_int8_rounds_to_zero_are_counted"),
    ),
    *mutations(
        "workloads/cost/storage.py",
        ("a-byte-for-each-bit", "BITS = 8", "BITS = 1",
         f"{STORAGE}::test_bits_of_the_network_that_rigl_found"),
    ),
    *mutations(
        "workloads/deploy/runtimes.py",
        ("one-step-for-all-examples", "amax(1, keepdim", "amax(0, keepdim", f"{RUNTIMES}::test_integers_by_hand"),
    ),
    *mutations(
        "workloads/deploy/latency.py",
        ("warm-up-calls-timed", "call >= warm_up", "call >= 0",
         f"{RUNTIMES}::test_networks_take_turns_and_warm_up_calls_do_not_count"),
    ),
    *mutations(
        "orchestrator/store/networks.py",
        ("sizes-of-the-trial", "settings is not None", "settings is None",
         f"{COMMAND}::test_runs_of_any_size"),
    ),
    *mutations(
        "workloads/data/first_weights.py",
        ("biases-first", 'not name.endswith("weight")', 'name.endswith("weight")',
         f"{COMMAND}::test_a_network_that_another_program_trained"),
    ),
    *mutations(
        "orchestrator/execute/deployment/networks.py",
        ("networks-of-the-other-seeds", "planned.trial.seed in chosen", "planned.trial.seed not in chosen",
         f"{MEASURED}::test_the_networks_of_one_seed_are_measured_in_every_format_and_none_twice"),
        ("controls-in-the-place-of-main-runs", "run.arm in (None", "run.arm not in (None",
         f"{MEASURED}::test_the_networks_of_one_seed_are_measured_in_every_format_and_none_twice"),
    ),
    *mutations(
        "orchestrator/execute/deployment/measurement.py",
        ("figures-of-networks-that-are-gone", "line.network == network.network", "line.network != network.network",
         f"{MEASURED}::test_figures_of_another_network_are_measured_again"),
    ),
    *mutations(
        "orchestrator/store/deployed.py",
        ("lines-after-half-a-line", "and not folder.deployed", "and folder.deployed",
         f"{MEASURED}::test_it_goes_on_where_it_was_stopped_also_in_the_middle_of_a_line"),
    ),
    *mutations(
        "orchestrator/tracking/added_metrics.py",
        ("figures-of-formats-sent-again", "run.deployed.get(name) != value", "run.deployed.get(name) == value",
         f"{MEASURED}::test_the_networks_of_one_seed_are_measured_in_every_format_and_none_twice"),
    ),
)  # fmt: skip
