"""Stages: what their keys depend on, and that going on from one changes nothing."""

from itertools import product

import pytest
import torch

from dashboards.schema import MACHINE_METRICS
from tests.workloads.rows import FIRST_ROWS, METHOD_ROWS, WORKLOAD_ROWS, every, make, named
from workloads.itinerary import legs, runs
from workloads.network.snapshot import Snapshot, full_snapshot
from workloads.numerics import Numerics
from workloads.pruning.criteria import Random
from workloads.run import run_trial
from workloads.script.paths import START, Passage, changing
from workloads.script.phases import Measure, Train
from workloads.script.removals import Prune
from workloads.tasks.digits import DigitsMlp
from workloads.training import stages as stages_module
from workloads.training.stages import Stages, key, root, sources_digest
from workloads.trial import Checkpoint, Measured, Record, Trial

CPU = torch.device("cpu")
PAIRS = [*product(WORKLOAD_ROWS[:1], METHOD_ROWS), *product(WORKLOAD_ROWS[3:4], FIRST_ROWS)]
every_pair = every(PAIRS)
HERE = Numerics.of(DigitsMlp(), CPU, "float32")
PRUNE = Prune(criterion=Random(), to=0.5, allocation="uniform")


def trial(method="dense", seed=0, **workload) -> Trial:
    return Trial.model_validate({"workload": {"name": "digits_mlp", **workload}, "method": method, "seed": seed})


class Kept(Stages):
    """Stages in memory, copied on their way in."""

    def __init__(self, cuts: frozenset[Passage]):
        self.cuts = cuts
        self.kept: dict[str, Snapshot] = {}
        self.found = 0

    def get(self, key: str) -> Snapshot | None:
        self.found += key in self.kept
        return self.kept.get(key)

    def put(self, key: str, snapshot: Snapshot) -> None:
        copied = {name: tensor.clone() for name, tensor in snapshot.tensors.items()}
        self.kept.setdefault(key, Snapshot(copied, snapshot.facts))


def everything(
    trial: Trial, images, stages: Stages | None = None, resume=None, kernels="auto"
) -> tuple[list[tuple], dict, str]:
    """All figures but seconds, the final weights and masks, and the network's key."""
    events = list(run_trial(trial, images, stages, resume, kernels=kernels))
    figures = [
        (e.label, e.step, e.name, e.value) for e in events if isinstance(e, Record) and e.name not in MACHINE_METRICS
    ]
    measured = events[-1]
    assert isinstance(measured, Measured)
    return (
        figures,
        {name: value.clone() for name, value in full_snapshot(measured.state).tensors.items()},
        measured.network,
    )


def same(one: tuple, other: tuple) -> bool:
    """Bit for bit."""
    figures, tensors, network = one
    return (
        (figures, network) == (other[0], other[2])
        and tensors.keys() == other[1].keys()
        and all(torch.equal(value, other[1][name]) for name, value in tensors.items())
    )


def cuts_of(trial: Trial) -> list[Passage]:
    """The ends of all its phases, and places inside its trainings, one of them between looks."""
    found = []
    inside = (3, 5, 7) if len(list(runs(trial.phases))) < 4 else (3,)
    for run in runs(trial.phases):
        for part in run.path.parts:
            phase, ends = part.phase, [part]
            if phase.name == "train":
                ends += [
                    part.before.then(phase.model_copy(update={"stop": phase.start + steps}), {})
                    for steps in inside
                    if steps < phase.stop - phase.start
                ]
            found += [Passage.after(end, run.begun) for end in ends if further(end, run.before)]
    return list(dict.fromkeys(found))


def gone_back_to(trial: Trial) -> set[Passage]:
    """Where networks are that its script goes back to later."""
    return {
        Passage.after(stretch.path, run.begun)
        for run in runs(trial.phases) for stretch in run.stretches if stretch.points
    }  # fmt: skip


def further(path, before) -> bool:
    """Whether a path goes on from `before`."""
    return path.steps > before.steps or path.steps == before.steps and path.length > before.length


@every_pair
def test_cached_or_not_the_bits_are_the_same(workload, method, images_of, kernels="auto"):
    trial = make(workload, method)
    images = images_of(trial)
    plain = everything(trial, images, kernels=kernels)
    remembered = set(cuts_of(trial)) & gone_back_to(trial)
    for cut in cuts_of(trial):
        stages = Kept(frozenset({cut, *remembered}))
        assert same(everything(trial, images, stages, kernels=kernels), plain)  # leaving a stage changes nothing
        assert len(stages.kept) == len(stages.cuts)
        found = stages.found  # controls of one trial may meet
        assert found == 0 or remembered
        assert same(everything(trial, images, stages, kernels=kernels), plain)  # nor does going on from it
        assert stages.found > found


@pytest.mark.long
@pytest.mark.parametrize(
    "method",
    [METHOD_ROWS[9], METHOD_ROWS[23], {"name": "lottery_ticket", "rounds": 1, "rate": 0.3, "rewind_to": 4}],
    ids=lambda row: row["name"],
)
def test_so_are_those_of_a_language_model(method, images_of):
    """Its dropout and its two groups of decay included."""
    test_cached_or_not_the_bits_are_the_same(WORKLOAD_ROWS[-1], method, images_of)
    test_resumed_or_not_the_bits_are_the_same(WORKLOAD_ROWS[-1], method, images_of)


def test_a_stage_is_no_help_where_what_is_gone_back_to_later_is_not_there(images_of):
    trial = make(WORKLOAD_ROWS[0], {"name": "lottery_ticket", "rounds": 1, "rate": 0.5, "rewind_to": 4})
    images = images_of(trial)
    whole = Passage.after(changing((Train(start=0, stop=12),)))
    early = Passage.after(changing((Train(start=0, stop=4),)))
    stages = Kept(frozenset({whole, early}))
    plain = everything(trial, images, stages)
    (lost,) = (name for name, kept in stages.kept.items() if kept.facts["tally"]["step"] == 4)
    del stages.kept[lost]
    assert same(everything(trial, images, stages), plain) and lost in stages.kept


def interrupted(trial: Trial, images, stop: int, kernels="auto") -> tuple[list[tuple], tuple]:
    """What a trial says up to a checkpoint, and what it goes on from."""
    said, seen = [], 0
    for event in run_trial(trial, images, kernels=kernels):
        if isinstance(event, Record) and event.name not in MACHINE_METRICS:
            said.append((event.label, event.step, event.name, event.value))
        if isinstance(event, Checkpoint):
            if seen == stop:
                snapshot = full_snapshot(event.state)
                break
            seen += 1
    copied = {name: value.clone() for name, value in snapshot.tensors.items()}
    return said, (event.place, Snapshot(copied, snapshot.facts))


def checkpoints(trial: Trial, images) -> int:
    """How many there are."""
    return sum(isinstance(event, Checkpoint) for event in run_trial(trial, images))


@every_pair
def test_resumed_or_not_the_bits_are_the_same(workload, method, images_of, kernels="auto"):
    trial = make(workload, method)
    images = images_of(trial)
    plain = everything(trial, images, kernels=kernels)
    for stop in range(checkpoints(trial, images)):
        said, resume = interrupted(trial, images, stop, kernels)
        figures, tensors, network = everything(trial, images, resume=resume, kernels=kernels)
        assert same((said + figures, tensors, network), plain)


@pytest.mark.parametrize("method", FIRST_ROWS, ids=named)
def test_a_resumed_trial_goes_on_from_what_others_have_made_meanwhile(method, images_of):
    """So that no network is trained twice, whoever was killed on the way to it."""
    trial = make(WORKLOAD_ROWS[0], method)
    images = images_of(trial)
    stages = Kept(frozenset(cuts_of(trial)))
    plain = everything(trial, images, stages)
    taken_over = 0
    for stop in range(checkpoints(trial, images)):
        said, resume = interrupted(trial, images, stop)
        before = stages.found
        figures, tensors, network = everything(trial, images, stages, resume)
        taken_over += stages.found - before
        assert same((said + figures, tensors, network), plain)
    assert taken_over > 0


def test_a_trial_can_go_on_when_others_want_other_cuts(images_of):
    trial = make(WORKLOAD_ROWS[0], METHOD_ROWS[1])
    images = images_of(trial)
    stages = Kept(frozenset(cuts_of(trial)))
    places = [event.place for event in run_trial(trial, images, stages) if isinstance(event, Checkpoint)]
    assert places == [event.place for event in run_trial(trial, images) if isinstance(event, Checkpoint)]


def test_a_stage_that_is_gone_is_made_again(images_of):
    """The cache is deleted between trials and inside one."""
    trials = [make(WORKLOAD_ROWS[0], {"name": "one_shot", "sparsity": sparsity}) for sparsity in (0.5, 0.9)]
    images = images_of(trials[0])
    plain = [everything(trial, images) for trial in trials]
    stages = Kept(frozenset(cuts_of(trials[0])) & frozenset(cuts_of(trials[1])))
    assert same(everything(trials[0], images, stages), plain[0])
    shared = dict(stages.kept)
    stages.kept.clear()
    assert same(everything(trials[1], images, stages), plain[1]) and stages.kept.keys() == shared.keys()
    events = []
    for event in run_trial(trials[0], images, stages):
        stages.kept.clear()
        events.append(event)
    figures = [
        (e.label, e.step, e.name, e.value) for e in events if isinstance(e, Record) and e.name not in MACHINE_METRICS
    ]
    assert figures == plain[0][0]


def test_a_cached_prefix_brings_its_curves_and_its_cost(images_of):
    dense, pruned = (
        make(WORKLOAD_ROWS[0], method) for method in ({"name": "dense"}, {"name": "one_shot", "sparsity": 0.5})
    )
    images = images_of(dense)
    stages = Kept(frozenset({Passage.after(changing(dense.phases))}))
    list(run_trial(dense, images, stages))
    (stage,) = stages.kept.values()
    stage.facts["tally"]["path_seconds"] = 1000.0  # as if it had taken long
    records = [event for event in run_trial(pruned, images, stages) if isinstance(event, Record)]
    assert [record.step for record in records if record.name == "val/loss"] == [5, 10, 15]
    ends = {record.name: record.value for record in records}
    assert ends["cost/steps_total"] == 15 and 1000 < ends["cost/path_train_seconds"] < 1010


def test_a_change_of_the_sources_leaves_old_stages_alone(images_of, monkeypatch):
    trial = make(WORKLOAD_ROWS[0], {"name": "dense"})
    stages = Kept(frozenset(cuts_of(trial)))
    list(run_trial(trial, images_of(trial), stages))
    monkeypatch.setattr(stages_module, "sources_digest", lambda: "other")
    list(run_trial(trial, images_of(trial), stages))
    assert stages.found == 0


def test_looks_of_a_run_do_not_depend_on_its_length():
    short, long = (
        make(WORKLOAD_ROWS[0], method, steps=100, every=7) for method in ({"name": "dense"}, METHOD_ROWS[-1])
    )
    seen = []
    for trial in (short, long):
        (run,) = runs(trial.phases)
        seen.append([(leg.place.position, leg.structure) for leg in legs(run, trial, frozenset()) if leg.look])
    assert seen[0][:-1] == seen[1][: len(seen[0]) - 1]
    assert [step for step, _ in seen[0]] == [*range(7, 100, 7), 100]
    assert [step for step, _ in seen[1]] == [*range(7, 100, 7), 80, 87, 94, 100]  # 105, 112, 119, 125
    assert sum(structure for _, structure in seen[0]) == 10 and seen[0][-1][1]


def test_what_changes_nothing_leaves_no_trace():
    nothing = (Prune(criterion=Random(), to=0, allocation="erk"), Train(start=0, stop=0), Measure(label="r00"))
    assert changing(nothing) == changing(()) == START


def test_adjacent_trainings_are_one():
    halves = (Train(start=0, stop=5), Measure(label="half"), Train(start=5, stop=9))
    assert key("root", changing(halves)) == key("root", changing((Train(start=0, stop=9),)))
    assert changing((Train(start=0, stop=5), Train(start=0, stop=5))) != changing((Train(start=0, stop=5),))


def test_order_matters():
    steps = Train(start=0, stop=5)
    assert key("root", changing((PRUNE, steps))) != key("root", changing((steps, PRUNE)))


def test_the_root_depends_on_all_but_the_method():
    assert root(trial(), HERE) == root(trial({"name": "static_random", "sparsity": 0.5}), HERE)
    others = [trial(seed=1), trial(hidden=[5]), trial(measure={"probe": 7}), trial(training={"batch_size": 16})]
    assert len({root(one, HERE) for one in (trial(), *others)}) == 5


def test_the_root_depends_on_all_numerics():
    other = {"precision": "bfloat16", "device": "cuda", "threads": 77, "instructions": "none", "torch": "1.0",
             "transformers": "1.0", "gpu": "one", "tf32": ("conv",), "kernels": "auto", "numba": "1.0"}  # fmt: skip
    assert other.keys() == Numerics.model_fields.keys()
    roots = {root(trial(), HERE.model_copy(update={name: value})) for name, value in other.items()}
    assert len(roots | {root(trial(), HERE)}) == len(other) + 1


def test_the_sources_have_a_digest():
    assert len(sources_digest()) == 64
