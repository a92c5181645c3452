"""Slips in pruning after training: scores from inputs, weights that take over, groups, and weights to begin with."""

from tests.mutations.mutation import mutations

SOLVING = "tests/workloads/pruning/solving"
WANDA, SPARSEGPT = f"{SOLVING}/test_wanda.py", f"{SOLVING}/test_sparsegpt.py"
LEAST_SQUARES, LAYERS = f"{SOLVING}/test_least_squares.py", f"{SOLVING}/test_layers.py"
GROUPS, START = "tests/workloads/pruning/test_row_groups.py", "tests/workloads/data/test_first_weights.py"

AFTER_TRAINING = (
    *mutations(
        "workloads/pruning/solving/problem.py",
        ("norms-of-inputs-without-the-root", "self.moments.diagonal().sqrt()", "self.moments.diagonal().abs()",
         f"{WANDA}::test_four_numbers"),
        ("kernels-with-their-places-first", "transpose(1, 2)", "transpose(1, 1)",
         f"{LAYERS}::test_second_moments_tell_the_squares_of_the_outputs"),
        ("moments-of-the-last-chunk-alone", "moments.get(name, 0) + features", "moments.get(0, 0) + features",
         f"{LAYERS}::test_second_moments_tell_the_squares_of_the_outputs"),
    ),
    *mutations(
        "workloads/pruning/solving/layers.py",
        ("scores-of-inputs-on-the-test-set", "data.train, phase.examples", "data.test, phase.examples",
         "tests/workloads/test_laws_of_data.py"),
        ("weights-kept-where-inputs-are-small", "weight.abs() * problem.norms", "weight.abs() / problem.norms",
         f"{WANDA}::test_four_numbers"),
        ("layers-fitted-to-what-is-left", "least_squares(problem.weight,", "least_squares(weight,",
         f"{LAYERS}::test_solving_the_first_layers_lowers_their_error"),
    ),
    *mutations(
        "workloads/pruning/solving/sparsegpt.py",
        ("errors-by-the-variance", "column] / inverse_root[column, column]", "column] * inverse_root[column, column]",
         f"{SPARSEGPT}::test_each_column_is_solved_by_optimal_brain_surgery"),
        ("errors-given-to-the-wrong-side", "weight[:, column:] -= error", "weight[:, column:] += error",
         f"{SPARSEGPT}::test_the_first_column_alone_is_one_step_of_optimal_brain_surgery"),
        ("masks-that-keep-what-costs-least", "end] / root.diagonal()", "end] * root.diagonal()",
         f"{SPARSEGPT}::test_groups_are_exact_and_chosen_by_the_weights_at_their_first_column"),
        ("the-lower-factor", "upper=True", "upper=False",
         f"{SPARSEGPT}::test_each_column_is_solved_by_optimal_brain_surgery"),
        ("blocks-that-round-on-their-own", "kept * end // whole - kept * begin // whole",
         "kept * end // whole + kept * begin // whole",
         f"{SPARSEGPT}::test_all_blocks_together_keep_exactly_what_is_asked_for"),
        ("groups-chosen-by-the-first-weights", "_scores(weight, inverse_root, silent, mask, column, stop)",
         "_scores(problem.weight, inverse_root, silent, mask, column, stop)",
         f"{SPARSEGPT}::test_groups_are_exact_and_chosen_by_the_weights_at_their_first_column"),
        ("silent-inputs-ranked-by-weight", "masked_fill(silent[begin:end], 0)", "masked_fill(~silent[begin:end], 0)",
         f"{SPARSEGPT}::test_weights_of_inputs_that_are_always_0_go_first_and_stay_as_they_are"),
    ),
    *mutations(
        "workloads/pruning/solving/least_squares.py",
        ("removed-weights-lost", "moments[kept][:, ~kept]", "moments[kept][:, kept]",
         f"{LEAST_SQUARES}::test_four_numbers"),
        ("fits-away-from-the-old-weights", "solved[row, kept] +=", "solved[row, kept] -=",
         f"{LEAST_SQUARES}::test_four_numbers"),
        ("damping-by-the-sum", "moments.diagonal().mean()", "moments.diagonal().sum()",
         f"{LEAST_SQUARES}::test_damping_is_as_good_as_examples_that_ask_for_the_old_weights"),
    ),
    *mutations(
        "workloads/pruning/row_groups.py",
        ("rows-that-round", "size - floor(share", "size - round(share",
         f"{GROUPS}::test_rows_lose_the_floor_in_exact_decimals"),
        ("rows-in-binary", "Fraction(str(sparsity))", "Fraction((sparsity))",
         f"{GROUPS}::test_rows_lose_the_floor_in_exact_decimals"),
        ("groups-of-outputs", "layer.shape[layer.input_axis] % pattern.m", "layer.shape[layer.output_axis] % pattern.m",
         f"{GROUPS}::test_layers_that_do_not_fit_are_refused_when_the_plan_is_made_or_stay_dense"),
    ),
    *mutations(
        "workloads/models/layer.py",
        ("groups-over-places-of-a-kernel", "if matrix.ndim > 2", "if matrix.ndim > 4",
         f"{GROUPS}::test_the_groups_of_a_convolution_are_channels_at_one_place"),
    ),
    *mutations(
        "workloads/pruning/select.py",
        ("the-lowest-of-each-group", "dim=1, descending=True", "dim=1, descending=False",
         f"{GROUPS}::test_two_of_four_by_hand"),
        ("groups-that-grow-back", "masks[name] &= candidates", "masks[name] |= candidates",
         f"{GROUPS}::test_what_is_removed_does_not_come_back"),
    ),
    *mutations(
        "workloads/network/state.py",
        ("buffers-of-solved-weights-kept", "buffer.masked_fill_(changed", "buffer.masked_fill_(~changed",
         f"{LAYERS}::test_the_optimizer_forgets_what_it_knew_of_weights_that_changed"),
    ),
    *mutations(
        "workloads/data/first_weights.py",
        ("weights-by-order-alone", "not wanted.keys() <= weights.keys()", "wanted.keys() <= weights.keys()",
         f"{START}::test_a_tied_output_may_be_there_besides_and_nothing_else", f"{START}"),
        ("weights-left-over", "if others or any(", "if others and any(",
         f"{START}::test_a_tied_output_may_be_there_besides_and_nothing_else"),
    ),
    *mutations(
        "workloads/script/start.py",
        ("weights-by-their-place", "exclude=True", "exclude=False",
         f"{START}::test_the_key_is_that_of_the_content"),
    ),
)  # fmt: skip
