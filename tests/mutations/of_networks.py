"""Slips in networks and their first weights, in what trials share, and in where they are cut."""

from tests.mutations.mutation import mutations

CHANCE = "tests/workloads/test_laws_of_chance.py"
GPT2, STAGES = "tests/workloads/tasks/test_shakespeare.py", "tests/workloads/training/test_stages.py"
UNITS, INPUTS = "tests/workloads/models/test_units.py", "tests/workloads/network/test_layer_inputs.py"
LAWS, TICKET = "tests/workloads/test_laws.py", "tests/workloads/methods/test_lottery_ticket.py"

NETWORKS = (
    *mutations(
        "workloads/network/state.py",
        ("first-weights-alike-for-all-seeds", "workload.model(seed)", "workload.model(0)",
         f"{CHANCE}::test_first_weights_differ_between_seeds[digits_mlp]"),
        ("optimizer-remembers-removed-weights", "Tensor) and value.shape ==",
         "Tensor) and value.shape !=",
         "tests/workloads/training/test_loop.py::test_put_masks_forgets_what_the_optimizer_knew"),
        ("kept-weights-are-zeroed", "tensor.masked_fill_(~mask, 0)", "tensor.masked_fill_(mask, 0)",
         "tests/workloads/training/test_loop.py::test_put_masks_forgets_what_the_optimizer_knew"),
        ("optimizer-survives-a-rewind", "self.optimizer = optimizer(", "self.removed = optimizer(",
         f"{TICKET}::test_what_is_left_comes_back_bit_for_bit"),
    ),
    *mutations(
        "workloads/network/snapshot.py",
        ("early-weights-follow-the-training", "{name: tensor.clone() for", "{name: tensor.detach() for",
         f"{TICKET}::test_what_is_left_comes_back_bit_for_bit"),
    ),
    *mutations(
        "workloads/training/stages.py",
        ("stages-shared-by-all-machines", "trial.before_phases() | environment", "trial.before_phases() or environment",
         f"{STAGES}::test_the_root_depends_on_all_numerics"),
    ),
    *mutations(
        "workloads/trial.py",
        ("stages-shared-by-all-seeds", 'if name != "method"', 'if name != "seed"',
         f"{STAGES}::test_the_root_depends_on_all_but_the_method"),
        ("keys-with-what-is-not-given", 'fields = self.model_dump(mode="json", exclude_none=True)',
         'fields = self.model_dump(mode="json", exclude_none=False)',
         "tests/orchestrator/plan/test_plan.py::test_golden_keys"),
    ),
    *mutations(
        "workloads/script/paths.py",
        ("trainings-joined-at-the-wrong-end", "== (before.stop,", "== (before.start,",
         f"{STAGES}::test_adjacent_trainings_are_one"),
    ),
    *mutations(
        "workloads/itinerary.py",
        ("looks-out-of-step", "every - steps % every", "every + steps % every",
         f"{STAGES}::test_looks_of_a_run_do_not_depend_on_its_length"),
    ),
    *mutations(
        "workloads/models/initial.py",
        ("weights-from-the-global-stream", "layer.weight.uniform_(-bound, bound, generator=generator)",
         "layer.weight.uniform_(-bound, bound, generator=None)",
         f"{LAWS}::test_same_trial_same_figures[digits_mlp-dense]"),
        ("glorot-weights-uniform", "xavier_normal_", "xavier_uniform_",
         "tests/workloads/tasks/test_mnist.py::test_glorot_weights_are_normal_and_biases_zero[lenet_300_100]"),
    ),
    *mutations(
        "workloads/models/gpt2.py",
        ("residual-weights-too-wide", "(2 * blocks)", "(1 * blocks)",
         f"{GPT2}::test_first_weights_are_gpt2s_and_a_function_of_seed_and_draw"),
    ),
    *mutations(
        "workloads/models/widths.py",
        ("narrow-networks-rounded-down", "round(Fraction(weights - fixed", "int(Fraction(weights - fixed",
         "tests/workloads/pruning/test_allocation.py::test_narrowed_by_hand"),
    ),
    *mutations(
        "workloads/models/units.py",
        ("units-one-place-apart-however-wide", "unit * width + offset", "unit * 1 + offset",
         f"{UNITS}::test_channels_by_hand"),
        ("units-read-where-they-are-computed", "next_layer.input_axis, columns",
         "next_layer.output_axis, columns",
         f"{UNITS}::test_four_numbers"),
        ("a-channel-with-one-column-behind-a-flatten", ", columns // count", ", count // count",
         f"{UNITS}::test_channels_by_hand"),
        ("norms-of-channels-forgotten", "norm = layer.name.replace", "norm = next_layer.name.replace",
         f"{UNITS}::test_channels_by_hand"),
    ),
    *mutations(
        "workloads/network/layer_inputs.py",
        ("blocks-see-what-the-first-one-sees", "pending.append(block)", "pending.count(block)",
         f"{INPUTS}::test_they_are_what_the_whole_network_shows_its_layers"),
        ("patches-without-their-padding", "layer.padding, layer.stride)", "0, layer.stride)",
         f"{INPUTS}::test_patches_by_hand"),
    ),
    *mutations(
        "workloads/network/evaluating.py",
        ("modules-left-as-they-are-not", "module.training = training", "module.training = model.training",
         f"{INPUTS}::test_nothing_else_changes"),
    ),
)  # fmt: skip
