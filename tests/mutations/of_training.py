"""Slips in a training step, in learning rates, and in what is evaluated."""

from tests.mutations.mutation import mutations

CHANCE = "tests/workloads/test_laws_of_chance.py"
TRAINING, RANDOMNESS = "tests/workloads/training/test_loop.py", "tests/workloads/test_randomness.py"
MEASURE, GPT2 = "tests/workloads/measure/test_measure.py", "tests/workloads/tasks/test_shakespeare.py"
STAGES, ITINERARY = "tests/workloads/training/test_stages.py", "tests/workloads/test_itinerary.py"
LEARNING_RATES = f"{TRAINING}::test_learning_rates_by_hand"
MORE_OR_LESS = "tests/workloads/test_laws.py::test_measuring_more_or_less_changes_no_weight"
BATCH_NORM = "fashion_mnist_cnn-stand_in-[8, 6]-5-4-True-[]-dense"

TRAINING_STEPS = (
    *mutations(
        "workloads/training/loop.py",
        ("batches-alike-for-all-seeds", 'generator(seed, "batches"', 'generator(0, "batches"',
         f"{RANDOMNESS}::test_seeds_order_batches_differently"),
        ("batches-alike-in-every-epoch", '"batches", epoch)', '"batches", 0)',
         f"{RANDOMNESS}::test_batches_are_a_function_of_the_position"),
        ("batches-from-the-stream-of-weights", '"batches", epoch)', '"weights", epoch)',
         f"{RANDOMNESS}::test_each_use_draws_from_its_own_stream"),
        ("trained-without-dropout", "state.model.train()", "state.model.eval()",
         f"{GPT2}::test_dropout_hangs_on_seed_and_position_alone"),
        ("the-last-loss-for-the-mean", "since_look.loss += loss", "since_look.loss = loss",
         f"{TRAINING}::test_losses_are_means_since_the_last_look"),
        ("last-learning-rate-is-the-one-after", "learning_rate(training, steps, steps - 1) if",
         "learning_rate(training, steps, steps - 0) if", f"{TRAINING}::test_a_phase_may_set_its_own_learning_rate"),
    ),
    *mutations(
        "workloads/network/kernels/masked.py",
        ("dropout-alike-at-every-step", 'stream(seed, "dropout", position)', 'stream(seed, "dropout", 0)',
         f"{CHANCE}::test_dropout_differs_between_seeds_and_positions"),
        ("dropout-alike-for-all-seeds", 'stream(seed, "dropout"', 'stream(0, "dropout"',
         f"{CHANCE}::test_dropout_differs_between_seeds_and_positions"),
        ("positions-that-begin-at-the-seed", "strict=True), steps.first)", "strict=True), steps.seed)",
         f"{GPT2}::test_dropout_hangs_on_seed_and_position_alone"),
        ("gradients-not-masked", "torch._foreach_mul_([weight.grad", "torch._foreach_mul([weight.grad",
         f"{TRAINING}::test_one_sgd_step_by_hand"),
        ("clipped-without-the-other-parameters", "clip_grad_norm_(parameters", "clip_grad_norm_(weights",
         f"{TRAINING}::test_all_gradients_are_clipped_together"),
    ),
    *mutations(
        "workloads/script/learning_rate.py",
        ("warm-up-begins-at-nothing", "(position + 1) / schedule.warmup", "(position + 0) / schedule.warmup",
         LEARNING_RATES),
        ("learning-rate-falls-beyond-the-last-step", "(steps - schedule.warmup)", "(steps + schedule.warmup)",
         LEARNING_RATES),
        ("learning-rate-steps-late", "position >= at * steps", "position > at * steps", LEARNING_RATES),
        ("peak-above-the-peak", "(1 - schedule.floor)", "(1 + schedule.floor)", LEARNING_RATES),
    ),
    *mutations(
        "workloads/script/training.py",
        ("adam-with-other-betas",
         "(0.9, 0.999)\n    \"\"\"The decay of the running means of the gradient and of its square, per step.\n"
         "    Kingma & Ba (2015) use 0.9 and 0.999",
         "(0.9, 0.99)\n    \"\"\"The decay of the running means of the gradient and of its square, per step.\n"
         "    Kingma & Ba (2015) use 0.9 and 0.999",
         "tests/orchestrator/plan/test_plan.py::test_golden_keys"),
    ),
    *mutations(
        "workloads/network/optimizer.py",
        ("biases-decay", 'vectors, "weight_decay": 0.0', 'vectors, "weight_decay": weight_decay',
         f"{GPT2}::test_only_matrices_decay"),
        ("adam-decays-as-adamw", '"adam": torch.optim.Adam,', '"adam": torch.optim.AdamW,',
         f"{TRAINING}::test_optimizers_do_what_torch_unfused_does"),
    ),
    *mutations(
        "workloads/network/loss.py",
        ("a-class-that-does-not-count", "ignore_index=UNSCORED", "ignore_index=0",
         f"{TRAINING}::test_losses_are_means_since_the_last_look"),
    ),
    *mutations(
        "workloads/training/evaluation.py",
        ("losses-of-chunks-not-of-examples", 'reduction="sum"', 'reduction="mean"',
         f"{MEASURE}::test_evaluation_is_over_the_whole_split"),
        ("nats-of-a-window-as-a-mean", "flatten(1).sum(1)", "flatten(1).mean(1)",
         "tests/orchestrator/store/test_examples.py::test_a_language_model_keeps_its_nats_window_by_window"),
        ("accuracy-per-window", "outcome / split.predictions", "outcome / split.count",
         f"{GPT2}::test_what_is_not_scored_does_not_count"),
    ),
    *mutations(
        "workloads/network/evaluating.py",
        ("evaluated-in-training-mode", "model.eval()", "model.train()", f"{MORE_OR_LESS}[{BATCH_NORM}]"),
    ),
    *mutations(
        "workloads/script/paths.py",
        ("paths-that-tell-what-changes-nothing", "if not phase.changes", "if phase.changes",
         f"{STAGES}::test_what_changes_nothing_leaves_no_trace"),
        ("counted-on-after-going-back", "step = to.step", "step = steps",
         f"{ITINERARY}::test_a_script_that_goes_back_by_hand"),
        ("whither-it-went-back-is-not-told", '{"to": to.key}', '{"to": phase.to}',
         f"{ITINERARY}::test_where_a_network_went_back_to_is_told_by_its_path_and_not_by_its_name"),
    ),
    *mutations(
        "workloads/network/loss.py",
        ("every-workload-trains-on-cross-entropy", '"squared_error": squared_error_of}', '"squared_error": loss_of}',
         "tests/workloads/tasks/test_outcomes.py::test_squared_errors_by_hand"),
    ),
)  # fmt: skip
