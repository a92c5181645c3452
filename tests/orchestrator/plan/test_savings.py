"""What sharing saves: counted by hand, compared with the steps of a real sweep, and reported."""

import json
import random
from dataclasses import asdict

import pytest

from orchestrator.execute.assignment import TrialEnd
from orchestrator.execute.counts import TrialCounts
from orchestrator.plan.savings import own_costs, savings
from tests.orchestrator.sweeps import run_sweep
from workloads import run

ONE_SHOT = """
name: tiny
workload: {name: digits_mlp, training: {steps: 100}}
method: one_shot
sparsity: [0.5, 0.9]
seeds: 2
"""
EARLIER_TOO = ONE_SHOT.replace("seeds: 2", "seeds: 1\nvariants: [{}, {method: {name: one_shot, dense_steps: 40}}]")
NOTHING = ONE_SHOT.replace("one_shot", "static_random")
SENTENCE = "6 trials share 2 networks: 350 steps instead of 750, 0:00:"


@pytest.mark.parametrize("text, trials, networks, steps, alone", [
    # per seed: one dense training of 100 steps, and three trials that train 25 more
    (ONE_SHOT, 6, 2, 2 * (100 + 3 * 25), 6 * 125),
    # 40 steps for all six trials, 60 more for three; each trains 25 more
    (EARLIER_TOO, 6, 2, 40 + 60 + 6 * 25, 3 * (100 + 25) + 3 * (40 + 25)),
    (NOTHING, 0, 0, 6 * 100, 6 * 100),
])  # fmt: skip
def test_steps_are_counted_once_a_network(written, text, trials, networks, steps, alone):
    saved = savings(written.plan(text).trials)
    assert (saved.trials, saved.networks, saved.steps, saved.steps_alone) == (trials, networks, steps, alone)


def test_a_trial_costs_what_no_trial_before_it_has_trained(written):
    trials = list(written.plan(EARLIER_TOO).trials)
    assert [cost.steps for cost in own_costs(trials).values()] == [125, 25, 25, 25, 25, 25]
    early_first = sorted(trials, key=lambda planned: planned.steps)
    assert [cost.steps for cost in own_costs(early_first).values()] == [65, 25, 25, 85, 25, 25]
    for seed in range(20):
        random.Random(seed).shuffle(trials)
        assert asdict(savings(trials)) == pytest.approx(asdict(savings(early_first)))


def test_seeds_share_nothing_and_may_have_different_trials(written):
    text = EARLIER_TOO.replace("seeds: 1", "seeds: 3\nexclude: [{method.sparsity: 0.5, seed: 1}]")
    trials = written.plan(text).trials
    alone = [own_costs([each for each in trials if each.trial.seed == seed]) for seed in range(3)]
    assert own_costs(trials) == alone[0] | alone[1] | alone[2]
    assert list(alone[0].values()) == list(alone[2].values()) and len(alone[1]) == 4 < len(alone[0])
    assert list(own_costs(trials[::-1])) == [each.key for each in trials[::-1]]


@pytest.mark.parametrize("text, reported", [(ONE_SHOT, SENTENCE), (EARLIER_TOO, "6 trials share "), (NOTHING, None)])
def test_the_plan_knows_the_steps_that_are_taken_and_reports_savings_first(
    tmp_path, embedded_sources, monkeypatch, text, reported
):
    steps = []
    train = run.train

    def counted(state, split, phase, *settings):
        steps.append(phase.stop - phase.start)
        train(state, split, phase, *settings)

    monkeypatch.setattr(run, "train", counted)
    planned, lines = run_sweep(tmp_path, embedded_sources, text)
    assert sum(steps) == savings(planned.trials).steps
    assert lines[1].startswith(reported) if reported else not any("trials share" in line for line in lines)


def test_seconds_and_operations_are_saved_as_well(written):
    trials = written.plan(ONE_SHOT, "seeds=1").trials
    twin, half, most = own_costs(trials).values()
    assert twin.estimated_seconds == trials[0].estimated_seconds and twin.training_flops == trials[0].training_flops
    # 25 of the dense network's 125 steps, with half of its weights and with a tenth of them
    assert half.training_flops * 2 * 5 == twin.training_flops
    assert most.training_flops * 10 * 5 == pytest.approx(twin.training_flops, rel=0.01)
    assert half.estimated_seconds < trials[1].estimated_seconds
    saved = savings(trials)
    assert saved.estimated_seconds == pytest.approx(sum(cost.estimated_seconds for cost in (twin, half, most)))
    assert saved.estimated_seconds_alone == pytest.approx(sum(planned.estimated_seconds for planned in trials))


def test_savings_are_reported_where_nothing_runs(sparsity, tmp_path):
    (tmp_path / "tiny.yaml").write_text(ONE_SHOT)
    code, out, _ = sparsity("plan", "tiny.yaml")
    assert code == 0 and SENTENCE in out
    sharing = json.loads(sparsity("plan", "tiny.yaml", "--json")[1])["sharing"]
    assert (sharing["trials"], sharing["networks"], sharing["steps"], sharing["steps_alone"]) == (6, 2, 350, 750)
    assert sharing["estimated_seconds"] < sharing["estimated_seconds_alone"]


def test_the_time_left_counts_what_each_trains_itself(written, tmp_path, monkeypatch):
    clock = 100.0
    monkeypatch.setattr("orchestrator.execute.counts.time.monotonic", lambda: clock)
    trials = written.plan(ONE_SHOT, "seeds=1").trials
    twin, half, most = (cost.estimated_seconds for cost in own_costs(trials).values())
    tally = TrialCounts(trials)
    tally.began(trials[0].key)
    clock += 10
    tally.ended(TrialEnd(trials[0].key, "completed", None, 10.0, tmp_path))
    tally.began(trials[1].key)
    assert tally.seconds_left({trials[1].key: 100}) == pytest.approx(10 * (half + most) / twin)
    assert tally.seconds_left({trials[1].key: 125}) == pytest.approx(10 * most / (twin + half))
