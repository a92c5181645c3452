"""Slips in what looks see and in the figures of a run's end."""

from tests.mutations.mutation import mutations

DATA_LAWS = "tests/workloads/test_laws_of_data.py"
HELD_OUT = f"{DATA_LAWS}::test_what_is_held_out_changes_no_weight_no_mask_and_no_probe"
MEASURE, CONNECTIVITY = "tests/workloads/measure/test_measure.py", "tests/workloads/measure/test_connectivity.py"
DIFFERENCES = f"{MEASURE}::test_gradients_are_finite_differences"
RANKS, REVIVAL = "tests/workloads/measure/test_ranks.py", "tests/workloads/measure/test_revival.py"
GPT2, ONE_SHOT = "tests/workloads/tasks/test_shakespeare.py", "tests/workloads/methods/test_one_shot.py"
START = "tests/workloads/measure/test_start.py"
STORAGE, LOOKS = "tests/workloads/cost/test_storage.py", "tests/test_metric_names.py"
MORE_OR_LESS = "tests/workloads/test_laws.py::test_measuring_more_or_less_changes_no_weight"
TWINS = "tests/orchestrator/execute/test_twins.py::test_a_sparse_run_has_the_ranks_of_its_twin_under_random_masks"
BATCH_NORM = "fashion_mnist_cnn-stand_in-[8, 6]-5-4-True-[]-dense"

MEASURES = (
    *mutations(
        "workloads/run.py",
        ("gradients-probed-on-the-test-set", "probe(context.data.train", "probe(context.data.test",
         f"{HELD_OUT}[digits_mlp-dense]"),
    ),
    *mutations(
        "workloads/itinerary.py",
        ("masks-over-trained-weights-called-first", "piece.path.steps == 0 and", "piece.path.steps >= 0 and",
         f"{START}::test_what_begins_dense_has_none"),
        ("measured-before-the-last-masks", "untrained[-1] if", "untrained[1] if",
         f"{START}::test_masks_are_measured_where_the_last_of_them_is_in_place"),
        ("random-masks-are-no-masks", "isinstance(phase, Prune | Cut | RemoveUnits | Shuffle)",
         "isinstance(phase, Cut | Cut | RemoveUnits | Shuffle)",
         f"{START}::test_masks_are_measured_where_the_last_of_them_is_in_place"),
    ),
    *mutations(
        "workloads/measure/look.py",
        ("dead-units-on-the-test-set", "state.layers[:-1]], data.validation)", "state.layers[:-1]], data.test)",
         f"{DATA_LAWS}::test_the_test_set_changes_its_own_figures_alone[digits_mlp]"),
        ("test-figures-of-the-validation-set", 'evaluation("test", state, data.test)',
         'evaluation("test", state, data.validation)',
         f"{ONE_SHOT}::test_pruned_figures_come_before_any_fine_tuning"),
        ("layers-with-a-weight-called-empty", "state.kept_counts.values()).count(0)",
         "state.kept_counts.values()).count(1)", f"{START}::test_a_layer_without_a_weight_leaves_no_path"),
        ("tested-at-the-worst-look", '["val/loss"] < loss for', '["val/loss"] > loss for',
         f"{LOOKS}::test_the_test_set_is_measured_where_validation_is_best_so_far"),
    ),
    *mutations(
        "workloads/network/gradient.py",
        ("chunks-of-unequal-size-count-alike", "(chunk.predictions / predictions)", "(split.predictions / predictions)",
         f"{DATA_LAWS}::test_scoring_in_chunks_equals_scoring_whole[digits_mlp]"),
        ("gradients-in-training-mode", "model.eval()", "model.train()", f"{MORE_OR_LESS}[{BATCH_NORM}]"),
    ),
    *mutations(
        "workloads/measure/gradients.py",
        ("gradients-of-the-nonzero-called-of-the-zero", "weights[name] == 0", "weights[name] != 0", DIFFERENCES),
        ("gradients-of-removed-weights", "gradient[state.masks[name]]", "gradient[~state.masks[name]]", DIFFERENCES),
        ("mean-square-without-its-root", "count**0.5", "count**1", DIFFERENCES),
    ),
    *mutations(
        "workloads/cost/operations.py",
        ("backward-as-cheap-as-forward", "return 3 *", "return 2 *", f"{MEASURE}::test_flops_of_known_networks"),
        ("additions-not-counted", "return 2 * (sum", "return 1 * (sum", f"{MEASURE}::test_flops_of_known_networks"),
    ),
    *mutations(
        "workloads/measure/dead.py",
        ("dead-without-both-ends", "incoming.any(1) & outgoing.any(0)", "incoming.any(1) | outgoing.any(0)",
         f"{MEASURE}::test_dead_neurons_count_degrees"),
        ("alive-with-a-path-from-one-end", "[units & ends for", "[units | ends for",
         f"{MEASURE}::test_dead_structural_follows_paths"),
        ("dead-unless-it-always-fires", "else (activation != 0).any(0)", "else (activation != 0).all(0)",
         f"{MEASURE}::test_dead_functional_needs_every_example"),
    ),
    *mutations(
        "workloads/measure/connectivity.py",
        ("a-path-from-one-end-is-enough", "& units_out[:, None, None]", "| units_out[:, None, None]",
         f"{CONNECTIVITY}::test_a_network_small_enough_to_see_through"),
        ("classes-with-input-counted", "(~from_input[-1])", "(from_input[-1])",
         f"{CONNECTIVITY}::test_effective_weights_are_those_on_a_path"),
    ),
    *mutations(
        "workloads/measure/ranks.py",
        ("entropy-of-squares", "squares.sqrt()", "squares.clone()", f"{RANKS}::test_known_ranks"),
        ("stable-rank-of-the-mean", "squares.sum() /", "squares.mean() /", f"{RANKS}::test_known_ranks"),
        ("masks-by-chance-from-the-global-stream", "generator=rng)", "generator=None)",
         f"{RANKS}::test_chance_keeps_values_in_their_places_and_as_many_as_asked_for"),
    ),
    *mutations(
        "orchestrator/execute/twins.py",
        ("masks-by-chance-alike-for-all-seeds", 'generator(seed, "chance_masks")', 'generator(0, "chance_masks")',
         TWINS),
        ("masks-by-chance-from-the-stream-of-probes", 'seed, "chance_masks")', 'seed, "probe")', TWINS),
        ("as-many-by-chance-as-the-twin-keeps", "count_nonzero()) for", "numel()) for", TWINS),
    ),
    *mutations(
        "workloads/measure/revival.py",
        ("still-zero-called-revived", "weights[name] != 0", "weights[name] == 0",
         f"{REVIVAL}::test_of_the_zeros_of_the_last_look_the_fraction_nonzero_now"),
        ("never-zero-called-revived", "zeros_before[name] & (", "zeros_before[name] | (",
         f"{REVIVAL}::test_of_the_zeros_of_the_last_look_the_fraction_nonzero_now"),
    ),
    *mutations(
        "workloads/measure/sparsity.py",
        ("zeros-counted-by-the-masks", "in state.weights.values()", "in state.masks.values()",
         "tests/workloads/methods/test_adaptive.py::test_each_application_is_followed_by_a_look_before_the_next_step"),
    ),
    *mutations(
        "workloads/cost/storage.py",
        ("rows-without-their-end", "weight.shape[0] + 1", "weight.shape[0] + 0",
         f"{STORAGE}::test_compressed_rows_by_hand"),
    ),
    *mutations(
        "workloads/measure/summary.py",
        ("nats-of-windows-not-of-tokens", "(loss, split.predictions", "(loss, split.count",
         f"{GPT2}::test_bits_per_character_by_hand"),
        ("the-worst-look-is-best", "look = min(candidates", "look = max(candidates",
         f"{MEASURE}::test_best_is_by_validation_at_the_final_sparsity"),
        ("best-of-a-denser-network", "== current", "<= current",
         f"{MEASURE}::test_best_is_by_validation_at_the_final_sparsity"),
        ("steps-before-the-mask-counted", "tally.step - tally.mask_step", "tally.step + tally.mask_step",
         f"{ONE_SHOT}::test_pruned_figures_come_before_any_fine_tuning"),
    ),
    *mutations(
        "workloads/measure/trends.py",
        ("trends-of-eleven-looks", "WINDOW = 10", "WINDOW = 11",
         "tests/workloads/measure/test_trends.py::test_slope_is_of_the_last_ten_looks"),
    ),
)  # fmt: skip
