"""Slips in what moves masks: which weights are dropped, which grow, with what, and what it costs."""

from tests.mutations.mutation import mutations

DROP_GROW, ALTERNATE = "tests/workloads/rules/test_drop_grow.py", "tests/workloads/rules/test_alternate.py"
MOVES, SPARSE = "tests/workloads/rules/test_moves.py", "tests/workloads/methods/test_sparse_training.py"
GRADUAL = "tests/workloads/methods/test_gradual.py"

MOVING_MASKS = (
    *mutations(
        "workloads/rules/drop_grow.py",
        ("growth-where-the-gradient-is-negative", "gradient.abs() for", "gradient.neg() for",
         f"{DROP_GROW}::test_a_dropped_weight_may_grow_again_with_its_value"),
        ("growth-where-weights-are-kept", "counts, kept, context", "counts, masks, context",
         f"{DROP_GROW}::test_a_dropped_weight_may_grow_again_with_its_value"),
        ("random-growth-with-old-values", 'if self.grown == "random"', 'if self.grown == "gradient"',
         f"{DROP_GROW}::test_a_weight_that_grows_at_random_starts_at_zero_wherever_it_is"),
        ("more-dropped-than-asked", "floor(shares[name] * count)", "round(shares[name] * count)",
         f"{DROP_GROW}::test_signed_dropping_takes_from_both_sides"),
        ("dropped-from-one-side", "mask & ~positive[name]", "mask & positive[name]",
         f"{DROP_GROW}::test_signed_dropping_takes_from_both_sides"),
        ("gradients-that-condemn", "score + scale *", "score - scale *",
         f"{DROP_GROW}::test_a_large_gradient_spares_a_small_weight"),
        ("gradients-that-never-fade", "self.gradient_weight * self.fall_at", "self.gradient_weight + self.fall_at",
         f"{DROP_GROW}::test_a_large_gradient_spares_a_small_weight"),
        ("a-whole-cosine", "cos(pi * position", "cos(2 * position",
         f"{DROP_GROW}::test_fractions_of_the_paper"),
        ("a-fraction-that-rises", "else (1 + cos", "else (1 - cos", f"{DROP_GROW}::test_fractions_of_the_paper"),
        ("an-update-before-the-first-step", "range(self.every, self.end", "range(0, self.end",
         f"{DROP_GROW}::test_positions"),
        ("a-schedule-without-its-beginning", "self.initial + (self.to", "self.to + (self.to",
         f"{DROP_GROW}::test_a_schedule_that_stands_still_changes_nothing"),
        ("dense-layers-dropped-too", "0 if bool(mask.all())", "1 if bool(mask.all())",
         f"{DROP_GROW}::test_a_layer_that_keeps_all_its_weights_is_left_alone"),
        ("the-same-places-at-every-update", 'context.generator("grow")', 'context.generator("noise")',
         f"{DROP_GROW}::test_growth_draws_from_its_own_stream"),
    ),
    *mutations(
        "workloads/rules/moves.py",
        ("churn-of-what-stays", "mask & ~after[name]", "mask & after[name]", f"{MOVES}::test_five_weights_by_hand"),
        ("exploration-of-the-last-masks", "places[name] | kept", "places[name] & kept",
         f"{MOVES}::test_five_weights_by_hand"),
    ),
    *mutations(
        "workloads/rules/gradual.py",
        ("soft-churn-of-nothing", "moves(state.masks, masks, candidates)", "moves(masks, masks, candidates)",
         f"{GRADUAL}::test_soft_masks_tell_how_far_they_move"),
    ),
    *mutations(
        "workloads/rules/alternate.py",
        ("ends-dense", "% 2 == 0", "% 2 == 1", f"{ALTERNATE}::test_switches_by_hand"),
        ("half-the-stretches", "2 * self.cycles", "1 * self.cycles", f"{ALTERNATE}::test_switches_by_hand"),
        ("pruned-weights-compete-no-more", "budget, whole, context", "budget, latest, context",
         f"{ALTERNATE}::test_weights_come_back_at_zero_and_compete_again"),
    ),
    *mutations(
        "workloads/cost/operations.py",
        ("dense-gradients-of-more-than-all", "layer.size - counts", "layer.size + counts",
         f"{SPARSE}::test_operations_of_rigl_by_formula"),
    ),
    *mutations(
        "workloads/script/rules.py",
        ("dense-gradients-before-the-last-update", "max(before, position - self", "max(before, position + self",
         f"{DROP_GROW}::test_the_dense_gradients_that_it_needs"),
    ),
    *mutations(
        "workloads/training/loop.py",
        ("dense-gradients-for-free", "count * flops + more", "count * flops - more",
         f"{SPARSE}::test_operations_of_rigl_by_formula"),
    ),
    *mutations(
        "workloads/methods/dynamic/rigl.py",
        ("rigl-takes-its-step-as-well", "instead=True", "instead=False",
         f"{SPARSE}::test_rigl_takes_no_weight_step_at_an_update_and_set_does"),
        ("rigl-grows-at-random", 'grown="gradient"', 'grown="random"', f"{SPARSE}::test_operations_of_rigl_by_formula"),
    ),
    *mutations(
        "workloads/methods/dynamic/granet.py",
        ("granet-begins-sparse", "initial=self.sparsity_at_start", "initial=self.sparsity",
         f"{SPARSE}::test_granet_ends_where_it_should_and_begins_half_way"),
    ),
)  # fmt: skip
