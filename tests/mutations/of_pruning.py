"""Slips in which weights go: scores, counts, choices, and what phases do to a network."""

from tests.mutations.mutation import mutations

CHANCE, DATA_LAWS = "tests/workloads/test_laws_of_chance.py", "tests/workloads/test_laws_of_data.py"
HELD_OUT = f"{DATA_LAWS}::test_what_is_held_out_changes_no_weight_no_mask_and_no_probe"
CRITERIA, ONE_SHOT = "tests/workloads/pruning/test_scores.py", "tests/workloads/methods/test_one_shot.py"
ALLOCATION, ITERATIVE = "tests/workloads/pruning/test_allocation.py", "tests/workloads/methods/test_iterative.py"
RANDOMNESS, SELECT = "tests/workloads/test_randomness.py", "tests/workloads/pruning/test_select.py"

REMOVAL = "tests/workloads/test_laws_of_removal.py"

PRUNING = (
    *mutations(
        "workloads/pruning/changes.py",
        ("prune-scores-on-the-test-set", "state.weights, state, data.train", "state.weights, state, data.test",
         f"{HELD_OUT}[digits_mlp-iterative-0.9-2-gradient]"),
        ("shuffles-alike-for-all-seeds", "generator(trial.seed,", "generator(0,",
         f"{CHANCE}::test_shuffles_differ_between_seeds_and_draws[digits_mlp]"),
        ("new-weights-alike-for-all-seeds", "state.workload.model(trial.seed", "state.workload.model(0",
         f"{CHANCE}::test_new_weights_differ_between_seeds_and_draws[digits_mlp]"),
        ("narrow-networks-alike-for-all-seeds", "State.new(smaller, trial.seed", "State.new(smaller, 0",
         f"{CHANCE}::test_every_run_begins_with_weights_of_its_seed[small_dense-0.9]"),
        ("shuffles-of-the-next-draw", "phase.draw - 1", "phase.draw - 0",
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
        ("first-weights-scaled-without-the-root", "count) ** 0.5", "count) ** 1",
         "tests/workloads/methods/test_static_random.py::test_five_weights"),
        ("threshold-by-the-sample-deviation", "std(correction=0)", "std(correction=1)",
         f"{ONE_SHOT}::test_thresholds_by_hand"),
    ),
    *mutations(
        "workloads/pruning/allocation.py",
        ("rates-rounded-down", "round(Fraction(str(rate))", "int(Fraction(str(rate))",
         f"{ITERATIVE}::test_counts_of_a_rate_by_hand"),
        ("totals-rounded-down", "round(Fraction(str(sparsity))", "int(Fraction(str(sparsity))",
         f"{ALLOCATION}::test_halves_round_to_even"),
        ("layers-rounded-down", "round(rate * layer.size)", "int(rate * layer.size)",
         f"{ALLOCATION}::test_halves_round_to_even"),
        ("sparsities-in-binary", "removed = Fraction(str(sparsity))", "removed = Fraction((sparsity))",
         f"{ALLOCATION}::test_decimals_are_exact"),
        ("rates-go-on-below-the-last-rung", "max(count - round", "min(count - round",
         "tests/test_doctests.py::test_examples[workloads.pruning.allocation]"),
        ("layers-given-back-what-is-gone", "min(max(count, end", "max(max(count, end",
         f"{REMOVAL}::test_a_layer_keeps_no_weight_more_on_its_way_to_more_sparsity"),
        ("dense-layers-at-no-cost", "* size  # all of it", "* free_size  # all of it",
         f"{ALLOCATION}::test_dense_layers_are_whole_and_the_others_pay"),
        ("output-rate-of-another-layer", "list(current)[-1]", "list(current)[1]",
         f"{ITERATIVE}::test_counts_of_a_rate_by_hand"),
        ("erk-by-the-longest-side", "Fraction(sum(layer.shape)", "Fraction(max(layer.shape)",
         f"{ALLOCATION}::test_erk_densities"),
        ("erk-off-by-its-rounding-twice", "shares[largest.name] += rest", "shares[largest.name] -= rest",
         f"{ALLOCATION}::test_erk_totals_are_exact"),
    ),
    *mutations(
        "workloads/pruning/select.py",
        ("removed-weights-come-back", "-torch.inf", "torch.inf",
         f"{ITERATIVE}::test_what_is_gone_stays_gone[magnitude]"),
        ("masks-inverted", "masked_fill(~candidates", "masked_fill(candidates",
         f"{ITERATIVE}::test_what_is_gone_stays_gone[magnitude]"),
        ("ties-alike-for-all-seeds", "generator(seed,", "generator(0,",
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
        ("ties-from-the-stream-of-scores", '(seed, "ties")', '(seed, "scores")',
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
    ),
    *mutations(
        "workloads/pruning/select.py",
        ("what-grows-takes-the-place-of-what-is-left", "mask | additions", "mask & additions",
         f"{SELECT}::test_what_grows"),
        ("the-lowest-are-kept", "descending=True", "descending=False", f"{SELECT}::test_four_numbers"),
        ("ties-from-the-global-stream", "generator=ties)", "generator=None)",
         f"{SELECT}::test_scaling_scores_changes_nothing"),
    ),
    *mutations(
        "workloads/pruning/criteria.py",
        ("random-scores-alike-for-all-seeds", "generator(ranking.seed,", "generator(0,",
         f"{RANDOMNESS}::test_random_masks_of_one_seed_nest"),
        ("random-scores-from-the-stream-of-weights", '(ranking.seed, "scores")', '(ranking.seed, "weights")',
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
        ("weights-for-magnitudes", "[self.scale](weight.detach().abs())", "[self.scale](weight.detach().clone())",
         f"{ONE_SHOT}::test_magnitudes_by_hand"),
        ("gradients-with-their-sign", "{name: gradient.abs() for", "{name: gradient.clone() for",
         f"{CRITERIA}::test_first_order_scores_are_finite_differences_of_the_loss"),
        ("saliency-of-weights-with-their-sign", "ranking.weights[name].detach().abs()",
         "ranking.weights[name].detach().clone()",
         f"{CRITERIA}::test_first_order_scores_are_finite_differences_of_the_loss"),
    ),
    *mutations(
        "workloads/pruning/scores.py",
        ("layers-scaled-by-their-sum", "magnitude.norm()", "magnitude.sum()",
         f"{ONE_SHOT}::test_magnitudes_by_hand"),
        ("lamp-by-the-smaller-weights", ".sort(descending=True)", ".sort(descending=False)",
         f"{ONE_SHOT}::test_lamp_by_hand"),
        ("scored-in-training-mode", "ranking.state.model.eval()", "ranking.state.model.train()",
         f"{CRITERIA}::test_scoring_leaves_batch_norm_alone"),
        ("apoz-upside-down", "(activation != 0)", "(activation == 0)",
         f"{CRITERIA}::test_weights_are_worth_what_their_unit_is[apoz]"),
        ("activity-summed", "values.mean(0)", "values.sum(0)", f"{CRITERIA}::test_activity_by_hand"),
        ("gradients-of-the-same-examples-for-all-seeds", "examples, ranking.seed)\n", "examples, 0)\n",
         f"{CHANCE}::test_scores_are_of_examples_that_differ_between_seeds"),
        ("activity-on-the-same-examples-for-all-seeds", "examples, ranking.seed).inputs", "examples, 0).inputs",
         f"{CHANCE}::test_scores_are_of_examples_that_differ_between_seeds"),
    ),
)  # fmt: skip
