"""Slips in what reports make of networks pruned after training and of networks that lost units."""

from tests.mutations.mutation import mutations

RECONSTRUCTION = "tests/dashboards/numbers/post_training/test_reconstruction.py"
POST_TRAINING = "tests/dashboards/sections/post_training/test_post_training.py"
UNITS = "tests/dashboards/numbers/structure/test_units.py"
STRUCTURE = "tests/dashboards/sections/structure/test_structure.py"

PRUNED_NETWORKS = (
    *mutations(
        "dashboards/numbers/post_training/reconstruction.py",
        ("masks-alone-against-themselves", "comparison(one.solved.cell, one.alone.cell",
         "comparison(one.alone.cell, one.alone.cell",
         f"{RECONSTRUCTION}::test_the_two_arms_of_a_criterion_are_paired_by_seed"),
        ("trained-on-networks-take-part", "and 0 not in lengths", "and 0 in lengths",
         f"{RECONSTRUCTION}::test_networks_that_are_trained_on_take_no_part"),
        ("the-least-loss-of-any-size", "is not None and one.cell.sized]", "is not None or one.cell.sized]",
         f"{RECONSTRUCTION}::test_the_least_loss_is_chosen_on_validation_of_networks_of_the_size_asked_for"),
        ("complex-criteria-against-simple-ones", "METHODS.index(simple.method) < METHODS",
         "METHODS.index(simple.method) > METHODS",
         f"{RECONSTRUCTION}::test_simpler_criteria_meet_the_better_arm_of_more_complex_ones"),
    ),
    *mutations(
        "dashboards/sections/post_training/sentences.py",
        ("a-match-beyond-the-margin", "surely_above(-numbers.unit.margin", "surely_above(+numbers.unit.margin",
         f"{POST_TRAINING}::test_a_simple_criterion_matches_where_no_loss_beyond_the_margin_is_possible"),
    ),
    *mutations(
        "dashboards/sections/post_training/tables.py",
        ("layer-errors-in-each-others-column", "_error(one.alone), _error(one.solved)",
         "_error(one.alone), _error(one.alone)",
         f"{POST_TRAINING}::test_the_table_has_a_row_for_each_criterion_and_amount"),
    ),
    *mutations(
        "dashboards/read/series.py",
        ("a-pattern-that-removes-what-it-keeps", 'for name in ("n", "m"))', 'for name in ("m", "m"))',
         "tests/dashboards/read/test_series.py::test_a_pattern_has_a_name_of_two_numbers"),
    ),
    *mutations(
        "dashboards/numbers/structure/footprint.py",
        ("steps-per-second", "trained[SECONDS] / trained[STEPS]", "trained[SECONDS] * trained[STEPS]",
         f"{UNITS}::test_the_time_of_a_step_is_a_ratio_to_the_twin_of_the_seed"),
        ("a-step-against-itself", "seconds[run] / seconds[twin])", "seconds[run] / seconds[run])",
         f"{UNITS}::test_the_time_of_a_step_is_a_ratio_to_the_twin_of_the_seed"),
    ),
    *mutations(
        "dashboards/numbers/structure/units.py",
        ("the-farthest-peer", "_apart(cell, other) < _apart(cell, known)", "_apart(cell, other) > _apart(cell, known)",
         f"{UNITS}::test_peers_have_as_many_weights_and_narrow_networks_come_first"),
    ),
    *mutations(
        "dashboards/sections/structure/sentences.py",
        ("a-worse-network-called-better", "pair.difference.mean > 0", "pair.difference.mean < 0",
         f"{STRUCTURE}::test_each_kind_of_peer_has_a_sentence"),
    ),
)  # fmt: skip
