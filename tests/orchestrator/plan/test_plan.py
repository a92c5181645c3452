"""From spec to plan: keys, twins, order, merging, and imports that planning must not need."""

import json
import subprocess
import sys

import pytest

from dashboards.plan_file import PlanFile
from workloads.catalog import METHODS
from workloads.trial import Trial

TEXT = """\
workload: digits_mlp
method: [static_random, small_dense]
sparsity: [0.5, 0.8]
seeds: [4, 2]
"""


def names(plan):
    """Seed, method and sparsity of each trial."""
    return [(each.trial.seed, each.trial.method.name, getattr(each.trial.method, "sparsity", None))
            for each in plan.trials]  # fmt: skip


def test_golden_keys(written):
    """If a key changes, all earlier results are lost: finished trials run again under new keys.

    A new optional field must default to None, which leaves it out of the key. A change that must change keys raises
    `workloads.trial.SCHEMA`, and the changelog says so.
    """
    text = "workload: fashion_mnist_mlp\nmethod: static_random\nsparsity: 0.9\nseeds: 2\n"
    plan = written.plan(text)
    assert [(each.key, each.twin) for each in plan.trials] == [
        ("63a15cdde188", None), ("fbe0019d7498", "63a15cdde188"),
        ("faa948f9d9a7", None), ("7f7cfa5dad3a", "faa948f9d9a7"),
    ]  # fmt: skip


def test_seed_by_seed_and_a_twin_before_the_first_that_needs_it(written):
    plan = written.plan(TEXT)
    within = [("dense", None), ("static_random", 0.5), ("static_random", 0.8), ("small_dense", 0.5),
              ("small_dense", 0.8)]  # fmt: skip
    assert names(plan) == [(seed, *each) for seed in (4, 2) for each in within]


def test_law_every_trial_has_its_own_key_and_every_twin_is_planned_before(written):
    plan = written.plan(TEXT)
    seen = {}
    for each in plan.trials:
        assert each.key == each.trial.key and each.key not in seen
        twin = each.trial.twin()
        assert each.twin == (None if twin.key == each.key else twin.key)
        assert each.twin is None or seen[each.twin].seed == each.trial.seed
        seen[each.key] = each.trial


def test_trials_that_differ_in_their_seeds_alone_have_one_configuration(written):
    trials = written.plan(TEXT).trials
    seeds = {}
    for each in trials:
        assert each.settings == each.trial.settings() and each.configuration.label == each.trial.label
        seeds.setdefault(each.configuration, []).append(each.trial.seed)
    assert list(seeds.values()) == [[4, 2]] * 5


def test_a_twin_comes_where_it_is_first_needed(written):
    text = """\
workload: digits_mlp
method: {name: static_random, sparsity: 0.5}
grid: {workload.hidden: [[8], [4]]}
"""
    trials = written.plan(text).trials
    assert [(each.trial.method.name, each.trial.workload.hidden) for each in trials] == [
        ("dense", (8,)), ("static_random", (8,)), ("dense", (4,)), ("static_random", (4,))
    ]  # fmt: skip


def test_a_control_of_a_trial_without_rounds_is_held_against_its_final_run(written):
    text = """\
workload: digits_mlp
method: {name: snip, sparsity: 0.5, controls: [shuffled], control_draws: 2}
"""
    dense, snip, *_ = written.plan(text).trials
    assert [(run.label, run.arm, run.draw, run.twin) for run in snip.runs] == [
        ("final", "main", None, f"{dense.key}/final"), ("shuffled-1", "shuffled", 1, f"{snip.key}/final"),
        ("shuffled-2", "shuffled", 2, f"{snip.key}/final"),
    ]  # fmt: skip
    main, one, _ = map(snip.name, snip.runs)
    assert main.startswith("snip sparsity=0.5 ") and one == f"shuffled-1 {main}"
    assert snip.steps == 3 * dense.steps


def test_without_a_baseline_nothing_is_added(written):
    plan = written.plan(TEXT + "baseline: none\n")
    assert len(plan.trials) == 8 and {each.twin for each in plan.trials} == {None}


def test_duplicates_are_merged_and_counted(written):
    text = """\
workload: digits_mlp
method: [dense, static_random, static_random]
sparsity: [0, 0.5]
seeds: 3
"""
    plan = written.plan(text)
    # per seed: dense twice, static_random at 0 (which is dense) twice and at 0.5 twice: 2 trials of 6
    assert names(plan)[:2] == [(0, "dense", None), (0, "static_random", 0.5)]
    assert len(plan.trials) == 6 and plan.merged == 3 * 4


def test_a_twin_that_the_spec_lists_is_not_a_duplicate(written):
    plan = written.plan("workload: digits_mlp\nmethod: [static_random, dense]\nsparsity: 0.5\n")
    assert len(plan.trials) == 2 and plan.merged == 0


def test_exclude_drops_no_twin_that_is_needed(written):
    text = TEXT + "exclude: [{method.sparsity: 0.8}, {method: small_dense, seed: 2}]\n"
    plan = written.plan(text)
    assert names(plan) == [
        (4, "dense", None), (4, "static_random", 0.5), (4, "small_dense", 0.5),
        (2, "dense", None), (2, "static_random", 0.5),
    ]  # fmt: skip
    assert plan.excluded == 5


def test_the_same_spec_gives_the_same_plan(written):
    assert written.plan(TEXT) == written.plan(TEXT)


def test_what_the_report_tunes_reaches_the_plan_and_moves_no_key(written):
    text = TEXT + "grid: {workload.training.optimizer.lr: [0.001, 0.01]}\n"
    plain, tuned = (written.plan(text + more) for more in ("", "report: {tune: [workload.training.optimizer.lr]}\n"))
    assert [trial.key for trial in tuned.trials] == [trial.key for trial in plain.trials]
    assert tuned.file().as_json()["report"]["tune"] == ["workload.training.optimizer.lr"]
    assert PlanFile.model_validate(tuned.file().as_json()) == tuned.file()


def test_a_budget_reaches_the_plan_and_gives_all_methods_one_network(written):
    """one_shot trains for four fifths of it, the others for all."""
    text = "workload: digits_mlp\nmethod: [static_random, one_shot]\nsparsity: 0.5\nseeds: 1\nbudget: {steps: 100}\n"
    file = written.plan(text).file()
    assert PlanFile.model_validate(file.as_json()) == file and file.as_json()["budget"] == {"steps": 100}

    def lengths(of: PlanFile) -> set[tuple[int | None, int | None]]:
        return {tuple(trial.settings["workload"]["training"].get(unit) for unit in ("epochs", "steps"))
                for trial in of.trials}  # fmt: skip

    assert lengths(file) == {(None, 100), (None, 80)} and lengths(file.at_equal_length()) == {(None, 100)}
    assert "budget" not in written.plan(text.replace("budget: {steps: 100}\n", "")).file().as_json()


def test_plan_json(written):
    plan = written.plan(TEXT + "question: Why?\nnotes: |\n  First.\n\n  Second.\n")
    stored = json.loads(json.dumps(plan.file().as_json(), allow_nan=False))
    assert {key: stored[key] for key in stored if key not in ("trials", "references")} == {
        "schema": 2, "sweep": "a", "question": "Why?", "baseline": "twin", "merged": 0, "provenance": {},
        "report": {"margin": {"accuracy": 0.01, "bits_per_character": 0.02}, "confidence": 0.95},
        "spec_sha256": plan.spec_sha256, "notes": "First.\n\nSecond.\n",
        "data": [{"identity": "digits@1", "train": 1497, "test": 300, "characters": None}],
    }  # fmt: skip
    cited = [(work["name"], work["key"], work["short"]) for work in stored["references"]]
    assert cited == [
        ("digits_mlp", "alpaydin1998digits", "Alpaydin & Kaynak (1998)"),
        ("adam", "kingma2015adam", "Kingma & Ba (2015)"),
        ("cosine", "loshchilov2017sgdr", "Loshchilov & Hutter (2017)"),
        ("static_random", "mocanu2018scalable", "Mocanu et al. (2018)"),
        ("static_random", "evci2020rigging", "Evci et al. (2020)"),
    ]
    assert stored["references"][1]["bibtex"].startswith("@inproceedings{kingma2015adam,")
    second = stored["trials"][1]
    # 1,297 training examples in batches of 32 make 40 steps; 30 epochs; 3,232 of 6,464 weights kept
    assert {key: second[key] for key in second if key not in ("settings", "estimated_seconds")} == {
        "key": plan.trials[1].key, "twin": plan.trials[0].key, "state": "planned", "error": None, "cause": None,
        "log": None, "numerics": None, "chance": 0.1, "outcome": {
            "metric": "accuracy", "title": "test accuracy", "unit": "fraction", "direction": "up", "margin": 0.01,
            "chance": 0.1, "loss": "nats per example",
        },
        "steps": 1200, "training_flops": 6 * 3232 * 32 * 1200,
        "runs": [{"label": "final", "sparsity": 0.5, "round": None, "arm": None, "draw": None,
                  "twin": f"{plan.trials[0].key}/final"}],
    }  # fmt: skip
    settings = second["settings"]
    assert settings["schema"] == 1 and settings["data"] == "digits@1" and settings["method"]["sparsity"] == 0.5
    assert Trial.model_validate({key: settings[key] for key in ("workload", "method", "seed")}) == plan.trials[1].trial


@pytest.mark.parametrize("method", [model.model_fields["name"].default for model in METHODS.members])
def test_law_every_method_can_be_planned_with_its_twin(written, method):
    text = f"workload: digits_mlp\nmethod: [{method}, static_random]\nsparsity: 0.5\n"
    plan = written.plan(text)
    assert method in {each.trial.method.name for each in plan.trials}
    assert all(each.steps in (1200, 1500, 2400) and each.runs for each in plan.trials)


def test_a_ladder_has_a_run_for_each_rung_and_each_run_its_twin(written):
    text = (
        "workload: digits_mlp\nmethod: [{name: iterative, fine_tune: {steps: STEPS}}, one_shot]\nsparsity: [0.9, 0.5]"
    )
    ladder, twin = (
        next(
            one
            for one in written.plan(text.replace("STEPS", "40")).trials
            if getattr(one.trial.method, "rungs", None) == rungs
        )
        for rungs in ((0.5, 0.9), (0.0, 0.0))
    )
    assert [(run.label, run.sparsity, run.round, run.arm, run.twin) for run in ladder.runs] == [
        ("r00", 0.0, 0, "main", f"{twin.key}/r00"),
        ("r01", 0.5, 1, "main", f"{twin.key}/r01"),
        ("r02", 0.9, 2, "main", f"{twin.key}/r02"),
    ]
    assert [run.twin for run in twin.runs] == [None] * 3 and ladder.steps == twin.steps == 1280
    not_tuned = written.plan(text.replace("STEPS", "0")).trials
    dense = next(one for one in not_tuned if one.trial.method.name == "dense")
    ladder = next(one for one in not_tuned if one.trial.method.name == "iterative")
    assert {run.twin for run in ladder.runs} == {f"{dense.key}/final"}


def test_planning_needs_no_heavy_import(written):
    written.path.write_text(TEXT)
    program = (
        "import sys; from pathlib import Path; from orchestrator.spec.reading import read; "
        "from orchestrator.plan.planning import plan; "
        f"assert plan(read(Path({str(written.path)!r}))).trials; "
        "print([name for name in ('torch', 'ray', 'mlflow', 'plotly', 'typer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
