"""Slips in what networks are trained on, and in where chance comes from."""

from tests.mutations.mutation import mutations

IMAGES, TEXT = "tests/workloads/data/test_images.py", "tests/workloads/data/test_text.py"
RANDOMNESS, LAWS = "tests/workloads/test_randomness.py", "tests/workloads/test_laws.py"

DATA = (
    *mutations(
        "workloads/data/images.py",
        ("standardised-by-the-test-images", "_moments(arrays.train_images)", "_moments(arrays.test_images)",
         f"{IMAGES}::test_standardised_by_all_training_images[digits]"),
        ("trained-on-the-validation-images", "arrays.train_images[~held_out]",
         "arrays.train_images[held_out]",
         f"{IMAGES}::test_validation_images_nest_and_leave_the_rest_alone[digits]"),
    ),
    *mutations(
        "workloads/data/shuffle.py",
        ("another-validation-split", "SEED = 20170825", "SEED = 20170826",
         f"{IMAGES}::test_the_shuffle_never_changes"),
    ),
    *mutations(
        "workloads/data/splits.py",
        ("test-metrics-of-the-validation-split", '("test", self.test)', '("test", self.validation)',
         "tests/workloads/methods/test_one_shot.py::test_pruned_figures_come_before_any_fine_tuning"),
    ),
    *mutations(
        "workloads/data/text.py",
        ("tokens-predict-themselves", "self.tokens[offsets + 1]", "self.tokens[offsets + 0]",
         f"{TEXT}::test_batches_are_windows_of_the_text_and_hang_on_seed_and_position_alone"),
        ("first-token-after-the-wrong-one", "int(previous[-1])", "int(previous[1])",
         f"{TEXT}::test_a_split_by_hand"),
        ("padding-is-scored", "value=UNSCORED", "value=0",
         f"{TEXT}::test_every_token_is_scored_once_and_sees_those_before_it"),
    ),
    *mutations(
        "workloads/tasks/shakespeare.py",
        ("test-text-twice-as-long", "rest // 2, rest", "rest // 3, rest",
         f"{TEXT}::test_the_stand_in_bears_pythons_version"),
        ("attention-with-one-product", "return 2 * context**2", "return 1 * context**2",
         "tests/workloads/tasks/test_shakespeare.py::test_a_run_tells_which_operations_no_mask_takes_away"),
    ),
    *mutations(
        "workloads/tasks/classifier.py",
        ("epoch-with-the-validation-images", "train - self.validation_size", "train + self.validation_size",
         f"{LAWS}::test_an_epoch_drops_its_last_partial_batch[digits_mlp]"),
    ),
    *mutations(
        "workloads/randomness.py",
        ("streams-without-an-index", "{streams.first + number}", "{streams.first + seed}",
         f"{RANDOMNESS}::test_golden_streams"),
        ("shuffles-from-the-stream-of-ties", '"shuffle": Streams("mask", 2)', '"shuffle": Streams("mask", 1)',
         f"{RANDOMNESS}::test_no_two_uses_share_a_stream"),
        ("samples-from-the-stream-of-probes", '"sample": Streams("probe", 2, 1)', '"sample": Streams("probe", 0, 1)',
         f"{RANDOMNESS}::test_no_two_uses_share_a_stream"),
    ),
    *mutations(
        "workloads/tasks/perceptron.py",
        ("weights-from-the-stream-of-batches", 'generator(seed, "weights"', 'generator(seed, "batches"',
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
    ),
    *mutations(
        "workloads/data/probe.py",
        ("probe-from-the-stream-of-scores", 'generator(seed, "probe")', 'generator(seed, "scores")',
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
    ),
    *mutations(
        "workloads/measure/sample.py",
        ("samples-alike-for-all-seeds", "generator(seed,", "generator(0,",
         "tests/workloads/tasks/test_shakespeare.py::test_samples_are_drawn_by_the_seed_alone"),
    ),
)  # fmt: skip
