"""Trials that were interrupted go on where they were, and come to the same figures."""

import pytest

from dashboards.schema import MACHINE_METRICS
from orchestrator.execute import sweep, worker
from orchestrator.execute.progress import Progress
from orchestrator.store.checkpoints import Checkpoints
from orchestrator.store.journal import entries, result, state
from tests.orchestrator.sweeps import Lines, options, written

SPEC = """
name: tiny
workload: {name: digits_mlp, training: {steps: 100}, measure: {evaluate_every: 20}}
method: one_shot
sparsity: [0.5, 0.9]
seeds: 1
policies: {checkpoint_every: 0.000001}
"""


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


def run(place, sources, text=SPEC, heard=None, **given):
    spec, planned = written(place, text)
    heard = heard or Lines()
    states = sweep.run(spec, planned, options(place / "results", sources, **given), Progress(heard)).states
    assert set(states.values()) == {"completed"}, heard.lines
    return planned, options(place / "results", sources).results


def figures(planned, results) -> dict:
    return {
        one.key: [
            (entry.record.step, entry.record.name, entry.record.value)
            for entry in entries(results.sweep("tiny").trial(one.key))
            if entry.record.name not in MACHINE_METRICS
        ]
        for one in planned.trials
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, embedded_sources):
    """The figures of a sweep that nobody interrupted."""
    return figures(*run(tmp_path_factory.mktemp("undisturbed"), embedded_sources))


@pytest.mark.parametrize("after", [1, 3, 5, 6, 8])
def test_a_killed_trial_goes_on_from_its_checkpoint(tmp_path, embedded_sources, undisturbed, monkeypatch, after):
    kept = Checkpoints.keep
    count = 0

    def keep(self, checkpoint, journal, found):
        nonlocal count
        kept(self, checkpoint, journal, found)
        count += 1
        if count == after:
            raise Killed

    monkeypatch.setattr(Checkpoints, "keep", keep)
    with pytest.raises(Killed):
        run(tmp_path, embedded_sources)
    monkeypatch.setattr(Checkpoints, "keep", kept)
    resumed = []
    last = Checkpoints.last
    monkeypatch.setattr(Checkpoints, "last", lambda self, journal: resumed.append(last(self, journal)) or resumed[-1])
    planned, results = run(tmp_path, embedded_sources)
    assert figures(planned, results) == undisturbed
    assert resumed[0][0] is not None and (resumed[0][1] > 0) == (after > 1)
    assert not list(results.path.rglob("checkpoint.safetensors"))


LADDER = SPEC.replace("one_shot", "iterative").replace("sparsity: [0.5, 0.9]", "grid: {method.levels: [[0.5, 0.9]]}")


def test_a_killed_ladder_still_knows_its_first_rungs(tmp_path, embedded_sources, monkeypatch):
    """What was measured before the checkpoint, and the stages that were used."""
    for place in ("calm", "killed"):
        (tmp_path / place).mkdir()
    planned, calm = run(tmp_path / "calm", embedded_sources, LADDER)
    kept = Checkpoints.keep

    def keep(self, checkpoint, journal, found):
        kept(self, checkpoint, journal, found)
        if len(found.runs) == 2:
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Checkpoints, "keep", keep)
        run(tmp_path / "killed", embedded_sources, LADDER)
    _, killed = run(tmp_path / "killed", embedded_sources, LADDER)
    for one in planned.trials:
        before, after = (result(each.sweep("tiny").trial(one.key)) for each in (calm, killed))
        assert list(after.runs) == ["r00", "r01", "r02"][: len(after.runs)]
        assert (after.runs, after.digests, after.stages) == (before.runs, before.digests, before.stages)


def killed_at_step_60(tmp_path, sources, monkeypatch):
    kept = Checkpoints.keep

    def keep(self, checkpoint, journal, found):
        kept(self, checkpoint, journal, found)
        if checkpoint.state.step == 60:
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Checkpoints, "keep", keep)
        run(tmp_path, sources)


def test_a_checkpoint_of_other_code_is_none_and_the_trial_says_so(tmp_path, embedded_sources, undisturbed, monkeypatch):
    killed_at_step_60(tmp_path, embedded_sources, monkeypatch)
    monkeypatch.setattr("workloads.training.stages.sources_digest", lambda: "other")
    heard = Lines()
    planned, results = run(tmp_path, embedded_sources, heard=heard)
    assert figures(planned, results) == undisturbed
    assert [line for line in heard.lines if line.endswith(worker.ANEW)]


def test_a_trial_that_goes_on_does_not_say_that_it_begins_anew(tmp_path, embedded_sources, monkeypatch):
    killed_at_step_60(tmp_path, embedded_sources, monkeypatch)
    heard = Lines()
    run(tmp_path, embedded_sources, heard=heard)
    assert not [line for line in heard.lines if worker.ANEW in line]


def test_stages_are_used_and_then_dropped(tmp_path, embedded_sources, undisturbed, monkeypatch):
    seen = []
    carried = worker.carry_out

    def watch(assignment, messages, last_data):
        outcome = carried(assignment, messages, last_data)
        seen.append(len(list(assignment.stages.glob("*.safetensors"))))
        return outcome

    monkeypatch.setattr("orchestrator.execute.inline.carry_out", watch)
    planned, results = run(tmp_path, embedded_sources)
    assert seen == [1, 1, 1]  # one dense training for all three trials
    assert not list(results.stages.glob("*.safetensors"))
    assert figures(planned, results) == undisturbed


@pytest.mark.long
def test_on_ray_prefixes_are_shared_too(tmp_path, embedded_sources, undisturbed):
    assert figures(*run(tmp_path, embedded_sources, executor="ray")) == undisturbed


def test_a_journal_that_lost_its_end_begins_anew(tmp_path, embedded_sources, undisturbed, monkeypatch):
    killed_at_step_60(tmp_path, embedded_sources, monkeypatch)
    (journal,) = (tmp_path / "results").rglob("records.jsonl")
    journal.write_bytes(journal.read_bytes()[:50])
    tiny = options(tmp_path / "results", embedded_sources).results.sweep("tiny")
    assert state(tiny.trial(journal.parent.name)) == "lost"
    planned, results = run(tmp_path, embedded_sources)
    assert figures(planned, results) == undisturbed
