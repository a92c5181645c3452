"""Slips in what reports make of figures."""

from tests.mutations.mutation import mutations

NUMBERS = "tests/dashboards/numbers"
CELLS, LANGUAGE = f"{NUMBERS}/cells/test_cells.py", f"{NUMBERS}/cells/test_bits.py"
AGREEMENT, TICKETS = f"{NUMBERS}/inside/test_agreement.py", f"{NUMBERS}/lottery/test_tickets.py"
FIRST_SCREEN = "tests/dashboards/sections/answer/test_first_screen.py"
RANKING, PRICES = f"{NUMBERS}/answer/test_ranking.py", f"{NUMBERS}/cost/test_prices.py"
CONVERGENCE, INPUTS = f"{NUMBERS}/training/test_convergence.py", f"{NUMBERS}/inside/test_inputs.py"
ZEROING = f"{NUMBERS}/inside/test_zeroing.py"

COLLAPSE, BETWEEN = f"{NUMBERS}/inside/test_collapse.py", f"{NUMBERS}/inside/test_between_methods.py"
CHOSEN = f"{NUMBERS}/factors/test_chosen.py"
MOVING, PLACES = f"{NUMBERS}/training/test_moving.py", f"{NUMBERS}/lottery/test_places.py"

DASHBOARDS = (
    *mutations(
        "dashboards/numbers/factors/chosen.py",
        ("the-worst-rate", "max(known, key=", "min(known, key=",
         f"{CHOSEN}::test_each_method_has_its_own_rate_and_is_one_series"),
        ("twins-at-the-methods-rate", "kept.get(key, key)}/", "key}/",
         f"{CHOSEN}::test_twins_are_the_dense_networks_at_their_own_best_rate"),
        ("rates-chosen-on-the-test-set", "append(cell.score)", "append(cell.value.mean)",
         f"{CHOSEN}::test_each_method_has_its_own_rate_and_is_one_series"),
    ),
    *mutations(
        "dashboards/numbers/inside/between_methods.py",
        ("masks-beside-themselves", "whole_overlap(masks[seed], others[seed])",
         "whole_overlap(masks[seed], masks[seed])",
         f"{BETWEEN}::test_only_masks_of_one_seed_are_compared"),
    ),
    *mutations(
        "dashboards/numbers/inside/collapse.py",
        ("all-layers-empty-or-none", "int((empty > 0).sum())", "int((empty > 1).sum())",
         f"{COLLAPSE}::test_an_empty_layer_is_said_with_the_seeds_that_have_it"),
        ("stranded-of-all-weights", "(1 - uncut.mean()) / (1 - cell.level)", "(1 - uncut.mean()) / (1 + cell.level)",
         f"{COLLAPSE}::test_weights_on_no_path_are_said_from_a_tenth_on"),
    ),
    *mutations(
        "dashboards/numbers/lottery/places.py",
        ("every-run-but-the-shuffled", "cell.series.arm == SHUFFLED", "cell.series.arm != SHUFFLED",
         f"{PLACES}::test_draws_count_once_a_seed_and_pair_with_the_run_of_their_trial"),
    ),
    *mutations(
        "dashboards/sections/lottery/places.py",
        ("shuffled-masks-better-than-they-are", "pair.gain.mean > 0", "pair.gain.mean < 0",
         f"{PLACES}::test_what_is_said_where_places_matter_and_where_not"),
    ),
    *mutations(
        "dashboards/read/planned.py",
        ("a-control-is-its-own-method", "ladder or run.arm is not None", "ladder or run.arm is None",
         f"{PLACES}::test_shuffled_masks_are_no_methods_of_their_own"),
    ),
    *mutations(
        "dashboards/numbers/training/moving.py",
        ("explored-up-to-the-first-update", "explored.iloc[-1]", "explored.iloc[~1]",
         f"{MOVING}::test_the_share_visited_is_that_after_the_last_update_of_each_seed"),
        ("explored-times-the-density", "self.visited.mean / self.kept", "self.visited.mean * self.kept",
         f"{MOVING}::test_means_over_seeds_by_update"),
        ("cold-start-of-the-wrong-mean", "(1 - of_gradient) / sqrt(1 - of_square)",
         "(1 - of_gradient) / sqrt(1 - of_gradient)", f"{MOVING}::test_a_cold_start_is_told_under_adam_alone"),
    ),
    *mutations(
        "dashboards/sections/provenance/methods.py",
        ("validation-added-to-training", "data.train - validation[0]", "data.train + validation[0]",
         "tests/dashboards/sections/provenance/test_methods.py::test_one_network_and_two_methods"),
    ),
    *mutations(
        "dashboards/draw/plain_tables.py",
        ("minus-of-the-page-for-programs", 'cell.replace(MINUS, "-")', "cell.replace(MINUS, MINUS)",
         "tests/dashboards/draw/test_plain_tables.py::test_programs_get_plain_numbers_and_the_unit_in_the_title"),
    ),
    *mutations(
        "dashboards/numbers/cells/cells.py",
        ("paired-with-itself", "to_twins = pairs.minus(twins)", "to_twins = pairs.minus(pairs)",
         f"{CELLS}::test_a_cell_is_a_series_at_one_sparsity"),
        ("chosen-on-the-test-set", "_by_seed(runs, known.validation)", "_by_seed(runs, known.best)",
         f"{RANKING}::test_the_best_is_chosen_on_validation_and_told_apart_on_test"),
        ("all-failures-count-at-chance", 'run.state == "diverged" and', 'run.state == "failed" and',
         f"{CELLS}::test_a_seed_that_diverged_counts_at_chance_and_is_marked"),
        ("best-is-the-last", "best = of(BEST)", "best = of(LAST)",
         f"{CELLS}::test_the_best_checkpoint_and_the_pruned_network_have_figures_of_their_own"),
        ("best-of-more-looks-than-the-twin", "!= known.candidates.get(twin)", "!= known.candidates.get(run)",
         f"{CELLS}::test_best_checkpoints_are_compared_where_both_chose_among_the_same_looks"),
    ),
    *mutations(
        "dashboards/numbers/training/checkpoints.py",
        ("looks-not-counted-from-the-end", "max(chosen) - step", "max(chosen) + step",
         f"{CELLS}::test_best_checkpoints_are_compared_where_both_chose_among_the_same_looks"),
    ),
    *mutations(
        "dashboards/numbers/cells/outcomes.py",
        ("draws-added", "{seed: fmean(group)", "{seed: sum(group)",
         f"{NUMBERS}/lottery/test_ladders.py::test_controls_are_series_of_their_own_and_their_draws_count_once_a_seed"),
        ("networks-of-a-kind-added", "fmean(part.by_seed[seed]", "sum(part.by_seed[seed]",
         f"{NUMBERS}/factors/test_interaction.py::test_a_kind_of_several_networks_counts_with_their_mean"),
    ),
    *mutations(
        "dashboards/read/examples.py",
        ("windows-to-the-base-of-ten", "(log(2) *", "(log(10) *",
         "tests/dashboards/read/test_examples.py::test_windows_of_text_average_to_the_bits_of_the_whole"),
    ),
    *mutations(
        "dashboards/numbers/answer/ranking.py",
        ("the-worst-on-validation-is-best", "key=lambda cell: -(cell", "key=lambda cell: +(cell",
         f"{RANKING}::test_the_best_is_chosen_on_validation_and_told_apart_on_test"),
        ("the-best-of-any-size", "for cell in members if cell.sized)", "for cell in members if not cell.sized)",
         f"{RANKING}::test_only_networks_of_the_size_asked_for_are_ranked_and_others_are_named"),
        ("a-loser-on-test-called-first", "pair.difference.mean < 0", "pair.difference.mean > 0",
         f"{RANKING}::test_who_is_first_on_validation_and_clearly_behind_on_test_is_not_called_first"),
        ("every-method-an-equal", "if cell.series not in clear]", "if cell.series in clear]",
         f"{RANKING}::test_methods_that_do_not_clearly_differ_from_the_best_are_its_equals"),
    ),
    *mutations(
        "dashboards/statistics/sizes.py",
        ("three-percent-are-equal", "TOLERANCE = 0.02", "TOLERANCE = 0.03",
         "tests/test_doctests.py::test_examples[dashboards.statistics.sizes]"),
    ),
    *mutations(
        "dashboards/numbers/answer/comparison.py",
        ("unequal-sizes-compared", "not equal_size(ours.size, theirs", "equal_size(ours.size, theirs",
         f"{CELLS}::test_sizes_are_compared_only_where_equal"),
    ),
    *mutations(
        "dashboards/numbers/lottery/ladders.py",
        ("interval-of-the-best-too-narrow", "(1 - confidence) / len", "(1 - confidence) * len",
         f"{TICKETS}::test_the_best_round_is_chosen_on_validation_with_an_interval_for_all"),
    ),
    *mutations(
        "dashboards/numbers/training/convergence.py",
        ("reached-only-beyond-the-twin", "ends[twin] - outcome.margin", "ends[twin] + outcome.margin",
         f"{CONVERGENCE}::test_the_first_look_within_the_margin_of_the_twins_last"),
        ("looks-at-the-denser-network-count", '["step"] > end', '["step"] >= end',
         f"{CONVERGENCE}::test_looks_before_the_mask_are_of_another_network"),
    ),
    *mutations(
        "dashboards/numbers/lottery/tickets.py",
        ("ratios-in-their-arithmetic-mean", "log(value)", "(value)", f"{TICKETS}::test_a_ticket_minus_its_control"),
    ),
    *mutations(
        "dashboards/numbers/inside/agreement.py",
        ("equal-masks-not-at-one", "/ (1 - self.chance)", "/ (1 + self.chance)",
         f"{BETWEEN}::test_equal_masks_are_at_one_and_chance_at_zero"),
        ("jaccard-over-both", "(sum(self.kept) - self.common)", "(sum(self.kept) + self.common)",
         f"{AGREEMENT}::test_overlaps_are_those_of_all_pairs"),
        ("variance-with-replacement", "(size - 1))", "(size - 0))",
         f"{AGREEMENT}::test_chance_in_a_layer_is_hypergeometric"),
        ("bound-on-chance-too-low", "self.variance + more / 3", "self.variance - more / 3",
         f"{AGREEMENT}::test_how_likely_chance_is_has_a_bound_by_hand"),
        ("overlaps-told-one-by-one", "iter(holm([", "iter(([",
         f"{AGREEMENT}::test_one_overlap_of_many_must_be_clearer_than_one_alone"),
    ),
    *mutations(
        "dashboards/read/masks.py",
        ("kept-by-either-called-common", "self.bits & other.bits", "self.bits | other.bits",
         "tests/dashboards/read/test_masks.py::test_weights_that_both_keep_are_counted"),
    ),
    *mutations(
        "dashboards/numbers/factors/interaction.py",
        ("one-kind-held-against-itself", "first.minus(second)", "first.minus(first)",
         f"{NUMBERS}/factors/test_interaction.py::test_the_spread_is_that_of_pairs"),
    ),
    *mutations(
        "dashboards/numbers/factors/effects.py",
        ("one-end-of-a-map-held-against-itself", "b.to_twins.minus(a.to_twins)", "b.to_twins.minus(b.to_twins)",
         f"{NUMBERS}/factors/test_shapes.py::test_the_effects_of_depth_and_width_are_paired"),
    ),
    *mutations(
        "dashboards/numbers/cost/epochs.py",
        ("times-multiplied", "value / seconds[twin]", "value * seconds[twin]",
         f"{NUMBERS}/cost/test_epochs.py::test_times_are_paired_with_the_twins"),
    ),
    *mutations(
        "dashboards/numbers/cells/cells.py",
        ("the-validation-split-where-there-is-a-test-split", 'if splits == {"val"}', 'if splits != {"val"}',
         f"{LANGUAGE}::test_bits_are_means_over_seeds_and_differences_are_paired_with_the_twins"),
    ),
    *mutations(
        "dashboards/numbers/cost/prices.py",
        ("front-of-what-is-beaten", "other.score >= option.score", "other.score <= option.score",
         f"{PRICES}::test_the_front_is_chosen_on_validation_and_has_the_dense_network"),
        ("equals-beat-each-other", "(other.score > option.score", "(other.score >= option.score",
         f"{PRICES}::test_what_is_equal_in_both_is_in_both_times"),
    ),
    *mutations(
        "dashboards/numbers/inside/survival.py",
        ("held-application-counts-as-let-go", 'points["step"] < points', 'points["step"] <= points',
         f"{ZEROING}::test_the_application_that_is_held_does_not_count_with_those_that_are_let_go"),
    ),
    *mutations(
        "dashboards/numbers/inside/end_ranks.py",
        ("ranks-in-their-arithmetic-mean", "return geometric_mean(", "return fmean(",
         f"{ZEROING}::test_ranks_at_the_end_stand_beside_those_of_chance"),
    ),
    *mutations(
        "dashboards/numbers/inside/layers_over_time.py",
        ("gradients-over-the-zeros-not-their-root", "zeros**0.5", "zeros**1",
         f"{ZEROING}::test_gradients_at_zeros_are_told_per_zero_weight"),
    ),
    *mutations(
        "dashboards/numbers/inside/inputs.py",
        ("border-twice-as-wide", "len(self.weights) // BORDER", "len(self.weights) // CENTRE",
         f"{INPUTS}::test_weights_are_counted_pixel_by_pixel"),
    ),
    *mutations(
        "dashboards/numbers/training/paths.py",
        ("rungs-meet-at-the-earlier-one", '["value"].max()', '["value"].min()',
         f"{NUMBERS}/training/test_paths.py::test_the_rungs_of_a_ladder_are_one_path_and_controls_are_none"),
    ),
    *mutations(
        "dashboards/numbers/factors/tuning.py",
        ("tuned-to-the-worst-setting", "max(by_setting.items()", "min(by_setting.items()",
         f"{NUMBERS}/factors/test_tuning.py::test_each_is_chosen_on_validation_and_told_on_test"),
    ),
    *mutations(
        "dashboards/numbers/answer/verdict.py",
        ("the-least-sparse-leads", "furthest = min(", "furthest = max(",
         f"{FIRST_SCREEN}::test_the_verdict_follows_from_the_numbers"),
    ),
    *mutations(
        "dashboards/sections/answer/matrix.py",
        ("a-level-beyond-the-walk-lost", '"lost" if cell in walk.losing', '"lost" if cell not in walk.losing',
         "tests/dashboards/sections/answer/test_matrix.py"),
    ),
    *mutations(
        "dashboards/sections/answer/cards.py",
        ("a-margin-on-the-other-side", "words.scale * (-words.margin if", "words.scale * (+words.margin if",
         f"{FIRST_SCREEN}::test_places_on_a_cards_axis"),
    ),
    *mutations(
        "dashboards/sections/answer/sentences.py",
        ("a-control-said-to-zero-weights", "if leaves_alone(series)", "if not leaves_alone(series)",
         f"{LANGUAGE}::test_a_control_that_leaves_weights_alone_is_not_said_to_have_set_any_to_zero"),
    ),
    *mutations(
        "dashboards/words/units.py",
        ("more-is-better-whatever-the-outcome", "more_is_better else -gain)", "more_is_better else +gain)",
         "tests/dashboards/test_outcomes.py"),
    ),
)  # fmt: skip
