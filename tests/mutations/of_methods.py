"""Slips in methods and in rules: when weights go, how many by then, and what comes after."""

from tests.mutations.mutation import mutations

DATA_LAWS = "tests/workloads/test_laws_of_data.py"
HELD_OUT = f"{DATA_LAWS}::test_what_is_held_out_changes_no_weight_no_mask_and_no_probe"
ADAPTIVE, GRADUAL = "tests/workloads/methods/test_adaptive.py", "tests/workloads/methods/test_gradual.py"
EARLY_BIRD, ITERATIVE = "tests/workloads/methods/test_early_bird.py", "tests/workloads/methods/test_iterative.py"
CONTEXT, OF_RULES = "tests/workloads/rules/test_rule_context.py", "tests/workloads/rules/test_laws_of_rules.py"
AT_START = "tests/workloads/methods/test_masks_at_start.py"
ONE_SHOT, TICKET = "tests/workloads/methods/test_one_shot.py", "tests/workloads/methods/test_lottery_ticket.py"

METHODS = (
    *mutations(
        "workloads/rules/gradual.py",
        ("gradual-scores-on-the-test-set", "context.data.train", "context.data.test",
         f"{HELD_OUT}[digits_mlp-gradual-0.7-3-activation-uniform]"),
        ("soft-values-come-back-negated", "weight.detach() + removed", "weight.detach() - removed",
         f"{GRADUAL}::test_a_soft_mask_gives_values_back_as_they_were"),
        ("schedule-ahead-of-its-begin", "(position - self.begin)", "(position + self.begin)",
         f"{GRADUAL}::test_a_later_begin_moves_the_targets_and_nothing_else"),
    ),
    *mutations(
        "workloads/rules/early_bird.py",
        ("early-bird-scores-on-the-test-set", "context.data.train", "context.data.test",
         f"{HELD_OUT}[digits_mlp-early_bird-0.9-5-2-0.0-erk-gradient]"),
        ("ticket-drawn-at-the-first-masks", "context.position == self.end", "context.position <= self.end",
         f"{EARLY_BIRD}::test_weights_that_drift_by_hand_give_a_ticket_when_they_slow_down"),
        ("nearest-masks-for-the-farthest", "max(distance", "min(distance",
         f"{EARLY_BIRD}::test_the_newest_masks_are_compared_with_all_others_of_the_window"),
        ("tolerance-itself-is-too-far", "self.distance <= tolerance", "self.distance < tolerance",
         f"{EARLY_BIRD}::test_masks_have_settled_at_the_known_epoch"),
    ),
    *mutations(
        "workloads/rules/adaptive.py",
        ("adaptive-scores-on-the-test-set", "context.data.train", "context.data.test",
         f"{HELD_OUT}[digits_mlp-adaptive-0.7-4-linear-uniform-saliency]"),
        ("weights-that-are-only-ranked-are-zeroed", 'elif self.held != "unzeroed"', 'elif self.held == "unzeroed"',
         f"{ADAPTIVE}::test_weights_that_are_only_ranked_are_those_of_the_dense_network"),
        ("applications-a-stretch-early", "for number in range(1, count + 1)", "for number in range(0, count + 1)",
         f"{ADAPTIVE}::test_the_default_schedule_in_full"),
        ("targets-an-application-late", "index(position) + 1", "index(position) + 0",
         f"{ADAPTIVE}::test_the_default_schedule_in_full"),
        ("revival-not-seen-before-the-next-application", "<= following", "< following",
         f"{ADAPTIVE}::test_it_is_not_looked_at_later_than_the_next_application"),
        ("operations-of-an-application-late", "if application <= position", "if application < position",
         f"{ADAPTIVE}::test_what_is_not_held_costs_as_much_as_the_dense_network[persistent]"),
        ("dead-for-good-without-the-first", "since <= index + 1", "since < index + 1",
         f"{ADAPTIVE}::test_what_becomes_of_weights_by_script"),
    ),
    *mutations(
        "workloads/rules/apply.py",
        ("gradients-from-a-step-too-early", "position - rule.gradients", "position + rule.gradients",
         f"{CONTEXT}::test_gradients_are_dense_and_summed_over_the_last_steps_alone[1-steps0-100]"),
        ("another-step-replaced", "stop - 1 if", "stop - 0 if",
         f"{OF_RULES}::test_a_step_in_whose_place_a_rule_acts_counts_and_moves_nothing"),
        ("another-rules-memory", "state.rule.name == rule.name", "state.rule.name != rule.name",
         f"{CONTEXT}::test_gradients_are_dense_and_summed_over_the_last_steps_alone[3-steps1-4]"),
    ),
    *mutations(
        "workloads/script/rules.py",
        ("moments-rounded", "floor(Fraction", "round(Fraction",
         f"{GRADUAL}::test_the_last_update_comes_at_the_end"),
    ),
    *mutations(
        "workloads/script/schedules.py",
        ("cubic-is-quadratic", "(1 - x) ** 3", "(1 - x) ** 2", f"{GRADUAL}::test_cubic_targets_of_the_paper"),
        ("exponential-is-linear", "(1 - target) ** x", "(1 - target) * x", f"{GRADUAL}::test_half_way"),
        ("steps-a-step-late", "math.ceil(", "math.floor(", f"{GRADUAL}::test_half_way"),
    ),
    *mutations(
        "workloads/methods/adaptive.py",
        ("persistent-zeros-held-at-last", '("persistent", "held"): "at_once"', '("persistent", "held"): "at_last"',
         f"{ADAPTIVE}::test_persistent_zeros_never_come_back"),
    ),
    *mutations(
        "workloads/script/mask_at_start.py",
        ("controls-not-shuffled-anew", "Shuffle(draw=number)", "Shuffle(draw=1)",
         f"{AT_START}::test_controls_have_other_places_and_the_same_first_weights"),
        ("controls-of-pruned-weights", 'Rewind(to="first")', 'Rewind(to="pruned")',
         f"{AT_START}::test_controls_begin_with_weights_from_under_other_places"),
        ("resampled-at-sparsity-0", "is None or not self.sparsity", "is None or self.sparsity",
         f"{AT_START}::test_a_twin_is_the_dense_network"),
    ),
    *mutations(
        "workloads/methods/snip.py",
        ("resampled-unasked", "RESAMPLED if self.resample", "RESAMPLED if not self.resample",
         f"{AT_START}::test_what_is_left_begins_with_the_weights_of_the_dense_network"),
    ),
    *mutations(
        "workloads/script/fine_tune.py",
        ("fine-tuning-begins-where-a-whole-training-ends", "self.phase(dense,", "self.phase(steps,",
         f"{ONE_SHOT}::test_phases_written_out"),
    ),
    *mutations(
        "workloads/methods/iterative.py",
        ("rounds-go-on-from-where-the-last-began", "trained = tuning.stop", "trained = tuning.start",
         f"{ITERATIVE}::test_rounds_retrain_the_tail_or_go_on"),
    ),
    *mutations(
        "workloads/script/fine_tune.py",
        ("the-wrong-steps-are-repeated", "Train(start=steps - length", "Train(start=trained - length",
         f"{ONE_SHOT}::test_the_tail_is_repeated_batch_for_batch"),
    ),
    *mutations(
        "workloads/methods/ladder.py",
        ("a-round-too-few", "math.ceil(", "math.floor(", f"{ITERATIVE}::test_rungs"),
    ),
    *mutations(
        "workloads/methods/lottery_ticket.py",
        ("late-rewinding-repeats-all-steps", '"rewind": (rewind, rest)', '"rewind": (rewind, dense)',
         f"{TICKET}::test_steps_are_counted_from_where_a_round_begins"),
        ("tickets-that-keep-their-weights", '"rewind": (rewind, rest)', '"rewind": (rest, rest)',
         f"{TICKET}::test_what_is_left_comes_back_bit_for_bit"),
        ("lr-rewind-repeats-all-steps", '(Return(to="pruned"), rest)', '(Return(to="pruned"), dense)',
         f"{TICKET}::test_steps_are_counted_from_where_a_round_begins"),
        ("one-shot-of-one-round", "_at_once(removal, number)", "_at_once(removal, draw)",
         f"{TICKET}::test_one_shot_prunes_the_dense_network_once"),
        ("draws-alike", '"reinit": (Return(to="pruned"), Reinitialize(draw=draw)',
         '"reinit": (Return(to="pruned"), Reinitialize(draw=number)', f"{TICKET}::test_draws_are_their_own"),
        ("early-weights-are-the-trained-ones", 'Rewind(to="early")', 'Rewind(to="dense")',
         f"{TICKET}::test_what_is_left_comes_back_bit_for_bit"),
        ("output-layer-at-the-full-rate", "Fraction(str(self._rate)) / 2", "Fraction(str(self._rate)) / 1",
         f"{TICKET}::test_counts_of_every_round_as_published"),
        ("twins-that-train-on-where-tickets-begin-anew", 'if self.restart != "none"', 'if self.restart == "none"',
         f"{TICKET}::test_a_twin_that_begins_anew_costs_nothing"),
    ),
)  # fmt: skip
