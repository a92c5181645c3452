"""The forms of a spec, how they combine, and the place of each value."""

import hashlib
import math

import pytest

from orchestrator.spec.expand import variants
from orchestrator.spec.header import Policies, Resources
from orchestrator.spec.located import node_at
from orchestrator.spec.source import load
from orchestrator.spec.warnings import acts_always
from workloads.catalog import WORKLOADS
from workloads.rules.gradual import GradualRule

FOUR_LINES = """\
workload: digits_mlp
method: [static_random, small_dense]
sparsity: [0.5, 0.8, 0.9]
seeds: 5
"""


def test_four_lines_do(written):
    spec = written.spec(FOUR_LINES)
    assert (spec.name, spec.question, spec.baseline, spec.seeds) == ("a", None, "twin", (0, 1, 2, 3, 4))
    assert written.methods(FOUR_LINES) == [
        ("static_random", 0.5), ("static_random", 0.8), ("static_random", 0.9),
        ("small_dense", 0.5), ("small_dense", 0.8), ("small_dense", 0.9),
    ]  # fmt: skip
    assert all(point.seeds == (0, 1, 2, 3, 4) for point in spec.points)


def test_the_whole_form(written):
    spec = written.spec("""\
schema: 1
name: static-levels
question: How does sparsity change what an MLP learns?
notes: |
  The first layer is the widest.

  So it is the last to starve.
workload:
  name: fashion_mnist_mlp
  hidden: [30, 10]
  training: {epochs: 2, batch_size: 64, optimizer: {name: sgd, lr: 1e-2, momentum: 0.9}, lr_schedule: constant}
  measure: {evaluate_every: 100, structure_looks: 3, probe: 50}
method: {name: static_random, allocation: erk}
grid: {method.sparsity: [0.5]}
zip: {}
variants: [{}]
exclude: []
baseline: none
seeds: [7, 3]
resources: {cpus: 2, gpus: 0.25, precision: float32}
policies: {on_failure: {stop_after: 2}, checkpoint_every: 30}
report: {margin: {accuracy: 0.02, bits_per_character: 0.1}, confidence: 0.9}
""")
    trial = spec.points[0].trial
    assert (spec.name, spec.question) == ("static-levels", "How does sparsity change what an MLP learns?")
    assert spec.notes == "The first layer is the widest.\n\nSo it is the last to starve.\n"
    assert (spec.baseline, spec.seeds, spec.resources.cpus) == ("none", (7, 3), 2)
    assert (spec.policies.most_failures, spec.policies.checkpoint_every) == (2, 30)
    assert (spec.report.margin.accuracy, spec.report.confidence) == (0.02, 0.9)
    assert (trial.seed, trial.workload.hidden, trial.method.allocation) == (7, (30, 10), "erk")
    assert trial.workload.training.optimizer.model_dump() == {
        "name": "sgd", "lr": 0.01, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0
    }  # fmt: skip
    assert trial.workload.training.lr_schedule.name == "constant"


def test_notes_are_of_no_trial(written):
    with_notes = written.spec(FOUR_LINES + "notes: Half may go.\n")
    assert with_notes.points == written.spec(FOUR_LINES).points


def test_text_and_digest_are_the_files(written):
    spec = written.spec(FOUR_LINES, "seeds=1")
    assert spec.text == FOUR_LINES and spec.overrides == ("seeds=1",)
    assert spec.sha256 == hashlib.sha256(FOUR_LINES.encode()).hexdigest()


def test_the_name_is_the_stem_unless_given(written):
    written.path = written.path.with_name("static_levels.yaml")
    assert written.spec(FOUR_LINES).name == "static_levels"
    assert written.spec("name: " + "x" * 64 + "\n" + FOUR_LINES).name == "x" * 64


def test_the_grid_is_every_combination_the_last_key_fastest(written):
    text = """\
workload: digits_mlp
method: {name: static_random}
grid:
  method.sparsity: [0.1, 0.2]
  workload.hidden: [[8], [8, 4]]
"""
    points = written.spec(text).points
    assert [(point.trial.method.sparsity, point.trial.workload.hidden) for point in points] == [
        (0.1, (8,)), (0.1, (8, 4)), (0.2, (8,)), (0.2, (8, 4))
    ]  # fmt: skip


def test_zip_pairs_and_varies_faster_than_the_grid(written):
    text = """\
workload: digits_mlp
method: {name: static_random}
zip: {method.sparsity: [0.1, 0.2], workload.training.epochs: [1, 2]}
grid: {method.allocation: [uniform, erk]}
"""
    trials = [point.trial for point in written.spec(text).points]
    assert [(each.method.allocation, each.method.sparsity, each.workload.training.epochs) for each in trials] == [
        ("uniform", 0.1, 1), ("uniform", 0.2, 2), ("erk", 0.1, 1), ("erk", 0.2, 2)
    ]  # fmt: skip


def test_a_whole_group_is_set_before_its_parts_whatever_their_order(written):
    grid = "grid: {method.sparsity: [0.5], method: [static_random, {name: small_dense}]}"
    by_name = "grid: {method.sparsity: [0.5], method.name: [static_random, small_dense]}"
    for text in (grid, by_name):
        asked = written.methods(f"workload: digits_mlp\n{text}\n")
        assert asked == [("static_random", 0.5), ("small_dense", 0.5)]


def test_lists_of_workloads_and_methods_may_hold_names_and_mappings(written):
    text = """\
workload: [digits_mlp, {name: fashion_mnist_mlp, hidden: [30]}]
method: [dense, {name: static_random, allocation: erk}]
sparsity: 0.5
"""
    trials = [point.trial for point in written.spec(text).points]
    assert [(each.workload.name, each.workload.hidden, each.method.name) for each in trials] == [
        ("digits_mlp", (64, 32), "dense"), ("digits_mlp", (64, 32), "static_random"),
        ("fashion_mnist_mlp", (30,), "dense"), ("fashion_mnist_mlp", (30,), "static_random"),
    ]  # fmt: skip


def test_a_ladder_takes_all_of_the_sweeps_sparsities_in_one_trial(written):
    text = "workload: digits_mlp\nmethod: [one_shot, iterative]\nsparsity: [0.9, 0, 0.5, 0.9]\n"
    points = written.spec(text + "grid: {workload.hidden: [[8], [16]]}").points
    methods = [point.trial.method for point in points]
    assert [method.sparsity for method in methods if method.name == "one_shot"] == [0.9] * 2 + [0] * 2 + [0.5] * 2 + [
        0.9] * 2  # fmt: skip
    assert [method.levels for method in methods if method.name == "iterative"] == [(0.5, 0.9)] * 2
    assert {point.trial.workload.hidden for point in points if point.trial.method.name == "iterative"} == {(8,), (16,)}


def test_the_sweeps_own_sparsity_passes_by_dense(written):
    text = "workload: digits_mlp\nmethod: [dense, static_random]\nsparsity: 0.5\n"
    assert written.methods(text) == [("dense", None), ("static_random", 0.5)]


VARIANTS = """\
workload: {name: digits_mlp, training: {epochs: 3}}
method: {name: static_random, allocation: erk, sparsity: 0.3}
grid: {workload.hidden: [[8], [4]]}
variants:
  - {}
  - {method: {sparsity: 0.6}}
  - {method: {name: small_dense, sparsity: 0.6}, grid: {}}
  - {workload: {training: {batch_size: 16}}, grid: {method.sparsity: [0.9]}}
"""


def test_variants_are_merged_over_the_rest_and_expanded_by_themselves(written):
    trials = [point.trial for point in written.spec(VARIANTS).points]
    assert [
        (
            each.method.name, each.method.sparsity, getattr(each.method, "allocation", None), each.workload.hidden,
            each.workload.training.batch_size, each.workload.training.epochs,
        )
        for each in trials
    ] == [
        ("static_random", 0.3, "erk", (8,), 32, 3), ("static_random", 0.3, "erk", (4,), 32, 3),
        ("static_random", 0.6, "erk", (8,), 32, 3), ("static_random", 0.6, "erk", (4,), 32, 3),
        ("small_dense", 0.6, None, (64, 32), 32, 3),
        ("static_random", 0.9, "erk", (64, 32), 16, 3),
    ]  # fmt: skip


def leaves(plain, path=()):
    if isinstance(plain, dict | list):
        for key, value in plain.items() if isinstance(plain, dict) else enumerate(plain):
            yield from leaves(value, (*path, key))
    else:
        yield path, plain


@pytest.mark.parametrize("text", [FOUR_LINES, VARIANTS])
def test_law_every_value_of_every_draft_is_what_stands_at_its_place(written, text):
    written.path.write_text(text)
    swept, _ = variants(load(written.path)[1])
    checked = 0
    for draft in (draft for variant in swept for draft in variant.drafts([])):
        for path, value in leaves(draft.plain):
            place = draft.mark(path)
            nodes = [entry[0] for layer in draft.layers if (entry := node_at(layer, path)) is not None]
            values = {node.plain for node in nodes if node.mark == place}
            word = text.splitlines()[place.line - 1][place.column - 1 :]
            assert values == {value} and word.startswith(str(value))
            checked += 1
    assert checked > 10


def test_exclude_drops_what_matches_all_keys_of_an_entry(written):
    text = """\
workload: digits_mlp
method: [static_random, small_dense]
sparsity: [0.5, 0.9]
seeds: 3
exclude:
  - {method: small_dense, method.sparsity: 0.9}
  - {method: {name: static_random, sparsity: 0.5}, seed: 1}
  - {workload.hidden: [64, 32], seed: 2, method.sparsity: 0.5}
"""
    spec = written.spec(text)
    assert [(point.trial.method.name, point.trial.method.sparsity, point.seeds) for point in spec.points] == [
        ("static_random", 0.5, (0,)), ("static_random", 0.9, (0, 1, 2)), ("small_dense", 0.5, (0, 1))
    ]  # fmt: skip
    assert spec.excluded == 6 and spec.warnings == ()


def test_overrides_of_exclude_are_told_apart(written):
    spec = written.spec(FOUR_LINES, "exclude=[{method.sparsity: 0.8}, {method.sparsity: 0.85}]")
    assert spec.excluded == 10 and spec.warnings == ("--set exclude: this entry of exclude matches no trial",)


def test_an_entry_that_matches_nothing_is_a_warning(written):
    text = "workload: digits_mlp\nmethod: static_random\nsparsity: 0.5\nexclude: [{method.sparsity: 0.55}]\n"
    assert written.spec(text).warnings == (f"{written.path}:4:11: this entry of exclude matches no trial",)


def test_a_tolerance_that_chance_keeps_is_a_warning(written):
    """2 s (1 - s) is 0.18 at sparsity 0.9, 0.095 at 0.95 and 0.039 at 0.98; the tolerance is 0.1."""
    text = "workload: digits_mlp\nmethod: early_bird\nsparsity: [0.9, 0.95, 0.98]\nseeds: 2\n"
    advice = "chance alone makes masks look settled; lower tolerance"
    assert written.spec(text).warnings == (
        f"{written.path}:3:17: two random masks at sparsity 0.95 differ in 0.095 of their entries, within tolerance "
        f"0.1, so {advice}",
        f"{written.path}:3:23: two random masks at sparsity 0.98 differ in 0.039 of their entries, within tolerance "
        f"0.1, so {advice}",
    )
    assert not written.spec(text, "method.tolerance=0.03").warnings
    assert not written.spec(text, "exclude=[{method.sparsity: 0.95}, {method.sparsity: 0.98}]").warnings


def test_a_layer_whose_share_rounds_to_0_is_a_warning(written):
    """Of 4,096, 2,048 and 320 weights 0.1 % are 4.1, 2 and 0.3."""
    text = "workload: digits_mlp\nmethod: static_random\nsparsity: [0.9, 0.999]\nseeds: 2\n"
    told = "leaves no weight in output of digits_mlp, where the share by allocation: uniform rounds to 0; lower the"
    helps = "sparsity, or use allocation: erk, which leaves some in every layer"
    assert written.spec(text).warnings == (f"{written.path}:3:17: static_random at sparsity 0.999 {told} {helps}",)
    assert written.spec(text, "method.allocation=erk").warnings == ()
    assert written.spec(text.replace("static_random", "one_shot")).warnings == ()  # only its scores tell
    assert written.spec(text, "exclude=[{method.sparsity: 0.999}]").warnings == ()
    (gradual,) = written.spec(text.replace("static_random", "{name: gradual, allocation: uniform}")).warnings
    assert gradual.endswith(f"gradual at sparsity 0.999 {told} {helps}")  # only its last update empties a layer
    (ladder,) = written.spec(text.replace("static_random", "{name: iterative, allocation: uniform}")).warnings
    assert ladder.endswith(f"iterative at sparsity 0.999 {told} sparsity")  # it knows no erk


def test_no_advice_of_shares_that_empty_layers_too(written):
    """Two weights are left for three layers."""
    text = "workload: {name: digits_mlp, hidden: [2, 2]}\nmethod: static_random\nsparsity: 0.987\n"
    (uniform,) = written.spec(text).warnings
    assert uniform.endswith("rounds to 0; lower the sparsity") and "in hidden.1, output of" in uniform
    (erk,) = written.spec(text, "method.allocation=erk").warnings
    assert "by allocation: erk rounds to 0; lower the sparsity" in erk


def test_sparse_kernels_without_effect_are_warnings(written):
    text = "workload: [digits_mlp, fashion_mnist_cnn]\nmethod: dense\nresources: {gpus: 0, kernels: sparse}\n"
    spec = written.spec(text)
    assert spec.resources.kernels == "sparse"
    multiplied = "are computed with masks, which multiplies the zeros"
    on_convolutions = (
        f"{written.path}:3:31: kernels: sparse has no effect on convolutions: those of fashion_mnist_cnn {multiplied}"
    )
    assert spec.warnings == (on_convolutions,)
    assert written.spec(text, "workload=digits_mlp").warnings == ()
    assert written.spec(text, "resources.kernels=auto").warnings == ()
    assert written.spec(text, "workload=digits_mlp", "resources.precision=bfloat16", "resources.gpus=1").warnings == (
        f"{written.path}:3:31: kernels: sparse has no effect in bfloat16: all layers {multiplied}; "
        "use precision: float32",
        f"{written.path}:3:31: kernels: sparse has no effect on GPUs: all layers {multiplied}; use gpus: 0",
    )


def test_rules_that_act_at_every_step_are_known_without_running_them():
    class Restless(GradualRule):
        def each_step(self, context):
            return None

    assert acts_always(Restless.model_construct()) and not acts_always(GradualRule.model_construct())


def test_what_is_excluded_need_not_be_feasible(written):
    text = "workload: digits_mlp\nmethod: small_dense\nsparsity: [0.5, 0.99]\nexclude: [{method.sparsity: 0.99}]\n"
    assert written.methods(text) == [("small_dense", 0.5)]


LISTED = "workload: digits_mlp\nmethod: {name: static_random}\nsparsity: [0.5, 0.9]\n"
BY_GRID = "workload: digits_mlp\nmethod: static_random\ngrid: {method.sparsity: [0.5, 0.9]}\n"


@pytest.mark.parametrize(
    ("text", "overrides", "asked"),
    [
        (BY_GRID, ["method.sparsity=0.2"], [("static_random", 0.2)] * 2),
        (BY_GRID, ["method.name=small_dense", "method.sparsity=0.5"], [("small_dense", 0.5)] * 2),
        (BY_GRID, ["grid.method.sparsity=[0.1]"], [("static_random", 0.1)]),
        (BY_GRID, ["grid.workload.training.epochs=[1, 2]", "grid.method.sparsity=[0.1]"], [("static_random", 0.1)] * 2),
        (BY_GRID, ["grid=", "method={name: small_dense, sparsity: 0.3}"], [("small_dense", 0.3)]),
        (BY_GRID, ["variants=[{method: dense, grid: {}}]"], [("dense", None)]),
        (BY_GRID, ["exclude=[{method.sparsity: 0.5}]"], [("static_random", 0.9)]),
        (LISTED, ["sparsity=[0.1, 0.7]"], [("static_random", 0.1), ("static_random", 0.7)]),
        (LISTED, ["method=[dense, small_dense]", "sparsity=0.5"], [("dense", None), ("small_dense", 0.5)]),
        (LISTED, ["zip={workload.training.epochs: [1, 2]}", "sparsity=0.5"], [("static_random", 0.5)] * 2),
    ],
)
def test_overrides_are_merged_last(written, text, overrides, asked):
    assert written.methods(text, *overrides) == asked


def test_overrides_reach_over_every_variant(written):
    spec = written.spec(VARIANTS, "workload.training.batch_size=48", "grid={workload.hidden: [[5]]}", "name=other")
    assert {point.trial.workload.training.batch_size for point in spec.points} == {48}
    assert [point.trial.workload.hidden for point in spec.points] == [(5,)] * 4
    assert spec.name == "other"


def test_a_header_override_leaves_the_rest_of_its_group(written):
    text = FOUR_LINES + "report: {confidence: 0.9, margin: {accuracy: 0.02}}\n"
    report = written.spec(text, "report.margin.bits_per_character=0.5", "seeds=2").report
    assert (report.confidence, report.margin.accuracy, report.margin.bits_per_character) == (0.9, 0.02, 0.5)


@pytest.mark.parametrize("workload", [model.model_fields["name"].default for model in WORKLOADS.members])
def test_law_offline_takes_the_stand_in_where_there_is_one(written, workload):
    text = f"workload: {workload}\nmethod: dense\n"
    model = next(model for model in WORKLOADS.members if model.model_fields["name"].default == workload)
    has_one = model.declared("stand_in") != model.declared("real")
    assert written.spec(text).points[0].trial.workload.data == "real"
    offline = written.spec(text, "workload.data=real", offline=True).points[0].trial.workload
    assert offline.data == ("stand_in" if has_one else "real")
    if "validation_size" in model.model_fields:
        assert offline.validation_size == model.declared(offline.data).validation


def test_resources_and_policies_in_numbers():
    workload = WORKLOADS.members[0]()
    assert Resources().share_of_gpu(workload, gpus_at_hand=True) == workload.gpu_share
    assert Resources().share_of_gpu(workload, gpus_at_hand=False) == 0
    assert Resources(gpus=0.25).share_of_gpu(workload, gpus_at_hand=False) == 0.25
    assert [Resources(gpus=whole).gpus for whole in (0, 1, 2, 3.0)] == [0, 1, 2, 3]
    asked = ("continue", "stop", {"stop_after": 3})
    assert [Policies(on_failure=each).most_failures for each in asked] == [math.inf, 1, 3]
