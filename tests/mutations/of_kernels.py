"""Slips in steps from compressed rows, in what is taken out and put back, and in which kernel computes what."""

from tests.mutations.mutation import mutations

HERE = "tests/workloads/network/kernels"
AGREE = f"{HERE}/test_agreement.py::test_both_kernels_agree_after_fifty_steps"
ROWS, CHOICE = f"{HERE}/test_rows.py", f"{HERE}/test_choice.py"
SGD, MOMENTUM = f"{AGREE}[perceptron-sgd-0.05-None]", f"{AGREE}[perceptron-sgd-0.05-0.9-0.01-None]"
NESTEROV = f"{AGREE}[perceptron-sgd-0.05-0.9-True-None]"
ADAM, ADAMW = f"{AGREE}[perceptron-adam-0.1-None]", f"{AGREE}[perceptron-adamw-0.3-None]"
MATRICES = f"{AGREE}[perceptron-adamw-0.3-matrices-None]"
CLIPPED = f"{AGREE}[perceptron-sgd-0.05-0.05]"
GPT2 = f"{AGREE}[gpt2-sgd-0.05-0.9-0.01-None]"

KERNELS = (
    *mutations(
        "workloads/network/kernels/row_products.py",
        ("three-products-of-four", "value0 * row0[column] + value1", "value0 * row0[column] - value1", SGD),
        ("the-last-products-are-left-out", "while entry < stop:\n        _add(", "while entry > stop:\n        _add(",
         SGD),
        ("the-last-images-are-left-out", "range(first, chosen.size)", "range(first, first)",
         f"{HERE}/test_agreement.py::test_batches_of_any_size_agree[7]"),
    ),
    *mutations(
        "workloads/network/kernels/layer_products.py",
        ("tiles-with-what-was-left-in-them", "if chosen.size < TILE", "if chosen.size > TILE", GPT2),
        ("outputs-without-their-bias", "out_rows[row] = bias[row]", "out_rows[row] = bias[0]", GPT2),
    ),
    *mutations(
        "workloads/network/kernels/perceptron_step.py",
        ("relu-of-the-negatives", "zero if row[column] < zero", "zero if row[column] > zero", SGD),
        ("gradients-through-dead-units", "if row[column] > zero", "if row[column] >= zero", SGD),
        ("gradients-pile-up", "gradients[:] = 0", "gradients[:] = gradients", SGD),
        ("images-of-the-first-batch-alone", "gather(images, chosen[step]", "gather(images, chosen[0]", SGD),
        ("labels-of-other-images", "labels[chosen[step, example]]", "labels[chosen[0, example]]", SGD),
        ("right-answers-not-counted", "correct += best == label", "correct += best != label", SGD),
        ("the-loss-of-the-right-answer-alone", "math.log(total) + largest", "math.log(total) - largest", SGD),
        ("clipped-to-nearly-the-norm", "+ 1e-6)", "+ 1e-1)", CLIPPED),
        ("momentum-that-does-not-fade", "momentum * first[index] + gradient\n", "0 * first[index] + gradient\n",
         MOMENTUM),
        ("nesterov-without-its-step", "gradient + momentum * first", "gradient + 0 * first", NESTEROV),
        ("decay-the-other-way", "gradients[index] + added * values[index]\n        first[index] = beta1",
         "gradients[index] - added * values[index]\n        first[index] = beta1", ADAM),
        ("adamw-decays-as-adam", "number(1 - rate * decay), number(0)", "number(1 - rate * decay), number(1)", ADAMW),
        ("steps-counted-from-nothing", "steps_before + step + 1", "steps_before + step + 2", ADAM),
        ("mean-square-not-corrected", "np.sqrt(second[index]) / correction", "np.sqrt(second[index]) * correction",
         ADAM),
        ("biases-decay-in-compiled-steps", "settings.bias_decay, settings, rates", "settings.decay, settings, rates",
         MATRICES),
    ),
    *mutations(
        "workloads/network/kernels/perceptron.py",
        ("every-block-begins-anew", "before + begin", "before - begin",
         f"{HERE}/test_agreement.py::test_both_kernels_agree_after_fifty_steps[perceptron-adam-0.1-None]"),
        ("moments-begin-anew", '"exp_avg", "momentum_buffer")', '"exp_avg", "exp_avg")', MOMENTUM),
    ),
    *mutations(
        "workloads/network/kernels/kept.py",
        ("other-entries-put-back", "index_copy_(0, self.places, values)", "index_copy_(0, self.places, -values)", SGD),
    ),
    *mutations(
        "workloads/network/kernels/layers.py",
        ("buffers-left-behind", "if buffers := kept.buffers(dense)", "if buffers := kept.buffers(optimizer)", GPT2),
        ("all-layers-masked-too", "if name not in self.kept", "if name in self.kept", GPT2),
    ),
    *mutations(
        "workloads/network/kernels/rows.py",
        ("transposed-in-no-order", "rows[order]), order", "rows[ascending]), order",
         f"{ROWS}::test_rows_and_their_transpose_are_the_matrix"),
        ("layers-that-share-units", "first_unit += width", "first_unit = width",
         f"{ROWS}::test_layers_are_stacked_by_unit"),
    ),
    *mutations(
        "workloads/network/kernels/choice.py",
        ("rows-of-earlier-masks", "is not state.masks or", "is not state.masks and",
         f"{CHOICE}::test_the_kernel_is_kept_until_the_masks_change"),
        ("labels-beyond-the-outputs", "highest < state.layers", "highest <= state.layers",
         f"{CHOICE}::test_labels_beyond_the_outputs_are_no_business_of_compiled_code"),
        ("sparse-on-gpus", 'device.type == "cpu"', 'device.type != "cpu"',
         f"{CHOICE}::test_neither_gpus_nor_bfloat16_are_sparse"),
    ),
    *mutations(
        "workloads/network/kernels/estimates.py",
        ("more-threads-help-compiled-steps-too", "size / threads**PARALLEL", "size * threads**PARALLEL",
         f"{CHOICE}::test_more_threads_help_dense_layers_alone"),
    ),
    *mutations(
        "workloads/training/loop.py",
        ("rules-without-dense-gradients", "if intervention.begin >= phase.stop", "if intervention.begin >= phase.start",
         "tests/workloads/rules/test_rule_context.py::test_gradients_are_dense_and_summed_over_the_last_steps_alone"),
    ),
    *mutations(
        "workloads/numerics.py",
        ("kernels-are-no-numerics", '{"kernels": kernels, "numba"', '{"kernels": None, "numba"',
         "tests/workloads/test_numerics.py::test_sparse_kernels_are_numerics_where_they_may_compute"),
    ),
)  # fmt: skip
