"""Slips in structured pruning: scores of units, which units go, and what shrinking takes along."""

from tests.mutations.mutation import mutations

CRITERIA = "tests/workloads/pruning/test_unit_criteria.py"
REMOVAL = "tests/workloads/pruning/test_unit_removal.py"
SHRINKING = "tests/workloads/network/test_shrinking.py"
LOOP = "tests/workloads/training/test_loop.py"
METHOD = "tests/workloads/methods/test_structured.py"
STEPS = f"{SHRINKING}::test_steps_after_shrinking_are_those_of_the_masked_network"
OUTPUTS = f"{SHRINKING}::test_law_any_zeros_shrink_to_the_same_outputs"

STRUCTURE = (
    *mutations(
        "workloads/pruning/unit_scores.py",
        ("norms-without-the-root", "** (1 / order)", "** (1 * order)", f"{CRITERIA}::test_norms_by_hand"),
        ("norms-of-weights-with-their-sign", "each.tensor).abs() **", "each.tensor).clone() **",
         f"{CRITERIA}::test_norms_by_hand"),
        ("activity-of-pixels-for-channels", "movedim(1 if", "movedim(3 if",
         f"{CRITERIA}::test_activity_of_channels_is_a_mean_over_pixels"),
        ("taylor-with-its-sign", "block.outgoing[0]) ** 2", "block.outgoing[0]) ** 1",
         f"{CRITERIA}::test_taylor_is_the_first_order_change_of_the_loss"),
    ),
    *mutations(
        "workloads/pruning/unit_criteria.py",
        ("random-units-alike-for-all-seeds", "generator(ranking.seed,", "generator(0,",
         f"{CRITERIA}::test_random_scores_depend_on_the_seed_alone"),
    ),
    *mutations(
        "workloads/pruning/allocation.py",
        ("blocks-without-a-unit", "max(1, count - round(", "max(0, count - round(",
         f"{REMOVAL}::test_counts_at_a_ratio"),
    ),
    *mutations(
        "workloads/pruning/unit_removal.py",
        ("units-ranked-without-their-blocks-mean", "score[left[name]].mean()", "score[left[name]].numel()",
         f"{REMOVAL}::test_a_global_ranking_compares_scores_with_the_mean_of_their_block"),
        ("units-come-back", "block.incoming[0]) > 0", "block.incoming[0]) >= 0",
         f"{REMOVAL}::test_choices_nest_and_what_is_gone_stays_gone"),
        ("removed-units-are-still-read", "(*block.incoming, *block.outgoing)", "(*block.incoming, *block.incoming)",
         f"{REMOVAL}::test_removed_units_stay_at_zero_in_training"),
        ("biases-of-removed-units-stay", "tensor.index_fill_(", "tensor.index_fill(",
         f"{REMOVAL}::test_removed_units_stay_at_zero_in_training"),
    ),
    *mutations(
        "workloads/models/units.py",
        ("heads-alive-by-their-queries", "rows[len(rows) // 3 * 2 :]", "rows[len(rows) // 3 * 0 :]",
         f"{SHRINKING}::test_a_head_without_values_emits_their_bias"),
    ),
    *mutations(
        "workloads/network/shrinking.py",
        ("constants-lost", "tensors[bias] + block.moved", "tensors[bias] + 0",
         f"{SHRINKING}::test_a_constant_is_moved_into_the_next_bias"),
        ("constants-moved-across-borders", "if any(_padding(", "if all(_padding(",
         f"{SHRINKING}::test_constants_of_channels", OUTPUTS),
        ("dead-units-stay", "if not any(block.removed", "if any(block.removed",
         f"{SHRINKING}::test_a_removed_unit_may_have_been_the_only_reader"),
        ("constants-through-one-weight-of-a-kernel", "matrix.sum((2, 3))", "matrix.amax((2, 3))",
         f"{SHRINKING}::test_constants_of_channels"),
        ("blocks-shrink-to-nothing", "removed[0] = False", "removed[0] = True",
         f"{SHRINKING}::test_each_block_keeps_a_unit"),
        ("the-optimizer-forgets-its-steps", "else value.clone()", "else value.zero_()", STEPS),
        ("mode-of-the-smaller-network", "model.train(state.model.training)", "model.train(not state.model.training)",
         f"{SHRINKING}::test_what_a_state_carries_shrinks_with_it"),
        ("steps-since-the-last-mask-go-on", "mask_step=state.step,", "mask_step=state.tally.mask_step,",
         f"{SHRINKING}::test_what_a_state_carries_shrinks_with_it"),
    ),
    *mutations(
        "workloads/network/state.py",
        ("seconds-before-the-mask-counted", "self.tally.seconds_since_mask = self.step, 0.0",
         "self.tally.seconds = self.step, 0.0",
         f"{LOOP}::test_seconds_since_the_last_mask_are_those_of_the_steps_after_it"),
    ),
    *mutations(
        "workloads/network/entries.py",
        ("places-by-their-rank", "sort().values", "sort().indices",
         f"{SHRINKING}::test_a_shrunk_network_computes_what_the_masked_one_computes"),
    ),
    *mutations(
        "workloads/script/paths.py",
        ("rewinds-to-other-shapes", "points[phase.to].shapes != self.shapes", "points[phase.to].shapes != to.shapes",
         f"{METHOD}::test_a_rewind_to_before_the_network_got_smaller_is_refused"),
    ),
    *mutations(
        "workloads/cost/estimate.py",
        ("shrinking-saves-nothing", "layers=workload.layers, units=None)", "layers=tally.layers, units=None)",
         f"{METHOD}::test_a_shrunk_network_takes_less_time_by_arithmetic"),
    ),
    *mutations(
        "workloads/models/blocks.py",
        ("keys-for-values", "[2 * width :]", "[1 * width :]",
         "tests/workloads/test_laws_of_units.py::test_a_unit_without_entries_is_a_dead_one"),
    ),
)  # fmt: skip
