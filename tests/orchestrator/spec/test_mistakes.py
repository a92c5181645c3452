"""Error messages: every mistake with its place, its value and what is allowed, all at once."""

import pytest

from orchestrator.spec.reading import read
from workloads.errors import SpecError

BASE = "workload: digits_mlp\nmethod: {name: static_random, sparsity: 0.5}\n"
SEEDS = "seeds are a count from 1, e.g. 5, or a list of whole numbers from 0, e.g. [0, 1, 2]"
NAME = "it is 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or a digit, e.g. name: static-levels"
GPUS = "is not allowed; it is auto, a fraction from 0 to 1, or a whole number"
FAILURE = "is not allowed; it is continue, stop, or {stop_after: N} with N from 1"
TRAINING = "epochs, steps, batch_size, optimizer, lr_schedule, clip_norm"
METHODS = (
    "dense, static_random, small_dense, snip, grasp, synflow, one_shot, iterative, gradual, lottery_ticket, "
    "early_bird, adaptive, set, rigl, mest, granet, ac_dc, wanda, sparsegpt, structured"
)
SPARSITY = "is not in [0, 1); it is the fraction of weights removed"
CPUS = "it is the number of CPU cores that one trial takes"
SECONDS = "it is the time from one checkpoint of a trial to the next, in seconds"
WIDTHS = "it is the width of each hidden layer, from input to output, in units"
HEADS = "it is the number of attention heads in each block"
EPOCHS = "it is the length of a training, in passes over the training split"
EXAMPLE = "e.g. {workload: digits_mlp, method: dense}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # the whole
        ("", f"a.yaml: a sweep is a mapping, {EXAMPLE}; this is empty"),
        ("# nothing\n", f"a.yaml: a sweep is a mapping, {EXAMPLE}; this is empty"),
        ("- 1", f"a.yaml:1:1: a sweep is a mapping, {EXAMPLE}; this is [1]"),
        # the header
        (BASE + "schema: 2", "a.yaml:3:9: schema 2 is unknown; allowed are 1"),
        (BASE + "name: a/b", f"a.yaml:3:7: name a/b is not legal; {NAME}"),
        (BASE + "name: ../up", f"a.yaml:3:7: name ../up is not legal; {NAME}"),
        (BASE + "name: 'a\n\n'", f"a.yaml:3:7: name a is not legal; {NAME}"),
        (BASE + "name: artifacts", "a.yaml:3:7: name artifacts is reserved in the results folder; choose another"),
        (BASE + "name: mlflow.db-wal",
         "a.yaml:3:7: name mlflow.db-wal is reserved in the results folder; choose another"),
        (BASE + "name: 3",
         "a.yaml:3:7: name 3 is not text (put it in quotes); it is the name of the sweep and of its folder"),
        (BASE + "notes: [1]", "a.yaml:3:8: notes [1] is not text (put it in quotes); it is the author's own words on "
         "the report, in one or more paragraphs"),
        (BASE + "question: [1]",
         "a.yaml:3:11: question [1] is not text (put it in quotes); it is the question that the sweep answers"),
        (BASE + "baseline: twins", "a.yaml:3:11: baseline twins is unknown. Did you mean twin? Allowed are twin, none"),
        (BASE + "seeds: 0", f"a.yaml:3:8: seeds 0 is not allowed; {SEEDS}"),
        (BASE + "seeds: -2", f"a.yaml:3:8: seeds -2 is not allowed; {SEEDS}"),
        (BASE + "seeds: []", f"a.yaml:3:8: seeds [] is not allowed; {SEEDS}"),
        (BASE + "seeds: true", f"a.yaml:3:8: seeds true is not allowed; {SEEDS}"),
        (BASE + "seeds: [0, -1]", f"a.yaml:3:8: seeds [0, -1] is not allowed; {SEEDS}"),
        (BASE + "seeds: [3, 3, 4]", "a.yaml:3:8: seeds [3] are listed more than once; each seed is one replicate"),
        (BASE + "seeds: 1000000000000", "a.yaml:3:8: seeds 1000000000000 is more than 100,000"),
        (BASE + "resources: {cpus: 0}", f"a.yaml:3:19: cpus 0 is not above 0; {CPUS}"),
        (BASE + "resources: {gpus: 1.5}", f"a.yaml:3:19: gpus 1.5 {GPUS}"),
        (BASE + "resources: {gpus: -1}", f"a.yaml:3:19: gpus -1 {GPUS}"),
        (BASE + "resources: {gpus: .inf}", f"a.yaml:3:19: gpus Infinity {GPUS}"),
        (BASE + "resources: {precision: fp16}",
         "a.yaml:3:24: precision fp16 is unknown; allowed are float32, bfloat16"),
        (BASE + "policies: {on_failure: stopp}", f"a.yaml:3:24: on_failure stopp {FAILURE}"),
        (BASE + "policies: {on_failure: {stop_after: 0}}",
         f'a.yaml:3:24: on_failure {{"stop_after": 0}} {FAILURE}'),
        (BASE + "policies: {checkpoint_every: 0}",
         f"a.yaml:3:30: checkpoint_every 0 is not above 0; {SECONDS}"),
        (BASE + "resources: {cpus: true}", f"a.yaml:3:19: cpus true is not a whole number; {CPUS}"),
        (BASE + "policies: {checkpoint_every: false}",
         f"a.yaml:3:30: checkpoint_every false is not a number; {SECONDS}"),
        (BASE + "report: {confidence: 95}", "a.yaml:3:22: confidence 95 is not in (0, 1); "
         "it is the confidence level of intervals and verdicts. Did you mean 0.95?"),
        (BASE + "report: {tune: [seeds]}", "a.yaml:3:16: tune names seeds, which is a setting of no trial; give "
         "dotted names, e.g. [workload.training.optimizer.lr]"),
        (BASE + "report: {tune: [workload.training.batch_size]}", "a.yaml:3:16: tune names "
         "workload.training.batch_size, which is 32 in every trial, so there is nothing to choose; give several values "
         "in grid"),
        (BASE + "report: {margin: 0.01}", "a.yaml:3:18: margin 0.01 is not a mapping; it is the largest loss "
         "against the twin that counts as harmless, for each outcome, e.g. {accuracy: 0.01}"),
        (BASE + "report: {margin: {accuracy: 1}}",
         "a.yaml:3:29: accuracy 1 is not in (0, 1); it is the largest harmless loss of accuracy, "
         "a fraction of all examples"),
        (BASE + "report:\n  margin: {acuracy: 0.1}", "a.yaml:4:12: acuracy is not a setting of margin. "
         "Did you mean accuracy? Allowed are accuracy, bits_per_character"),
        (BASE + "sed: 3", "a.yaml:3:1: sed is not a setting of a sweep. Did you mean seeds? Allowed are schema, name, "
         "question, notes, baseline, budget, seeds, resources, policies, report, deploy, workload, method, sparsity, "
         "grid, zip, variants, exclude"),
        (BASE + "exclude: [{workload: {hidden: [{a: 1}]}}]\nreport: 1", "a.yaml:4:9: report 1 is not a mapping; "
         "it tells how the report judges"),
        (BASE + "'': 1", "a.yaml:3:1: \"\" is not a setting of a sweep; allowed are schema, name, question, notes, "
         "baseline, budget, seeds, resources, policies, report, deploy, workload, method, sparsity, grid, zip, "
         "variants, exclude"),
        (BASE + 'grid: {"a\\n\\eb": [1]}', "a.yaml:3:8: grid key a \\x1bb is not a setting of a trial; keys begin with "
         "workload or method, e.g. method.sparsity"),
        # ladders and counts
        ("workload: digits_mlp\nmethod: {name: iterative, rounds: 1000000000, rate: 0.2}",
         "a.yaml:2:9: this gives 1,000,000,000 rounds, and at most 100 are allowed; make them fewer"),
        ("workload: digits_mlp\nmethod: {name: iterative, rate: 1e-3, sparsity: 0.9}",
         "a.yaml:2:9: this gives 2,302 rounds, and at most 100 are allowed; make them fewer"),
        ("workload: digits_mlp\nmethod: {name: lottery_ticket, controls: [reinit], control_draws: 100}",
         "a.yaml:2:9: the controls make it 1,011 networks, and a trial has at most 1,000; give fewer controls, draws "
         "or rounds"),
        ("workload: digits_mlp\nmethod: {name: iterative, rounds: 3, rate: 1}", "a.yaml:2:44: rate 1 is not in (0, 1); "
         "it is the fraction of the remaining weights that each round removes"),
        ("workload: digits_mlp\nmethod: {name: iterative, rounds: 3, rate: 0.2, sparsity: 0.9}",
         "a.yaml:2:9: rounds 3 at rate 0.2 give sparsity 0.488, and sparsity is 0.9; "
         "leave out one of rounds, rate and sparsity"),
        # the settings of a trial
        ("method: dense",
         "a.yaml:1:1: workload is missing; it is one of fashion_mnist_mlp, fashion_mnist_cnn, mnist_lenet, "
         "shakespeare_gpt2, digits_mlp"),
        ("workload: digits_mlp",
         f"a.yaml:1:1: method is missing; it is one of {METHODS}"),
        ("workload: digit_mlp\nmethod: dense", "a.yaml:1:11: workload digit_mlp is unknown. "
         "Did you mean digits_mlp? Allowed are fashion_mnist_mlp, fashion_mnist_cnn, mnist_lenet, "
         "shakespeare_gpt2, digits_mlp"),
        ("workload: digits_mlp\nmethod:\n  name: static_randm\n", "a.yaml:3:9: method static_randm is unknown. "
         f"Did you mean static_random? Allowed are {METHODS}"),
        ("workload: digits_mlp\nmethod: {sparsity: 0.5}",
         f"a.yaml:2:9: method has no name; allowed are {METHODS}"),
        ("workload: digits_mlp\nmethod: 3", "a.yaml:2:9: method 3 is neither a name nor a mapping with a name; "
         f"allowed are {METHODS}"),
        ("workload: digits_mlp\nmethod: static_random",
         "a.yaml:2:9: sparsity is missing; static_random needs it; it is the fraction of weights removed"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 1.2}",
         f"a.yaml:2:41: sparsity 1.2 {SPARSITY}. Did you mean 0.12?"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 90}",
         f"a.yaml:2:41: sparsity 90 {SPARSITY}. Did you mean 0.9?"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 1.0}", f"a.yaml:2:41: sparsity 1.0 {SPARSITY}"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: -0.1}",
         f"a.yaml:2:41: sparsity -0.1 {SPARSITY}. Did you mean 0.1?"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: most}",
         "a.yaml:2:41: sparsity most is not a number; it is the fraction of weights removed"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: .nan}",
         "a.yaml:2:41: sparsity NaN is not a finite number; it is the fraction of weights removed"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 0.5, allocation: ERK}",
         "a.yaml:2:58: allocation ERK is unknown; allowed are uniform, erk"),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 0.5, dense_layers: [first, lst]}",
         "a.yaml:2:68: dense_layers[1] lst is unknown. Did you mean last? Allowed are first, last"),
        ("workload: digits_mlp\nmethod: {name: dense, sparsity: 0.5}",
         "a.yaml:2:23: sparsity is not a setting of dense; allowed are name"),
        ("workload: {name: digits_mlp, hiden: [3]}\nmethod: dense", "a.yaml:1:30: hiden is not a setting of "
         "digits_mlp. Did you mean hidden? Allowed are name, data, training, measure, start, validation_size, hidden"),
        ("workload: {name: digits_mlp, hidden: 3}\nmethod: dense", f"a.yaml:1:38: hidden 3 is not a list; {WIDTHS}"),
        ("workload: {name: digits_mlp, hidden: [3, 0]}\nmethod: dense",
         f"a.yaml:1:42: hidden[1] 0 is not above 0; {WIDTHS}"),
        ("workload: {name: shakespeare_gpt2, heads: 0}\nmethod: dense",
         f"a.yaml:1:43: heads 0 is not above 0; {HEADS}"),
        ("workload: {name: shakespeare_gpt2, heads: [2, 0]}\nmethod: dense",
         f"a.yaml:1:47: heads[1] 0 is not above 0; {HEADS}"),
        ("workload: {name: shakespeare_gpt2, heads: many}\nmethod: dense",
         f"a.yaml:1:43: heads many is not a whole number; {HEADS}"),
        ("workload: {name: digits_mlp, training: cosine}\nmethod: dense",
         f"a.yaml:1:40: training cosine is not allowed; training is a mapping with the keys {TRAINING}"),
        ("workload: {name: digits_mlp, hidden: [true]}\nmethod: {name: lottery_ticket, levels: [0.5, true]}",
         f"a.yaml:1:39: hidden[0] true is not a whole number; {WIDTHS}\n"
         "a.yaml:2:46: levels[1] true is not a number; it is the sparsity after each round, ascending"),
        ("workload: {name: digits_mlp, training: {epochs: true, optimizer: {name: sgd, nesterov: true, lr: true}}}\n"
         "method: dense",
         f"a.yaml:1:49: epochs true is not a whole number; {EPOCHS}\n"
         "a.yaml:1:98: lr true is not a number; it is the peak learning rate, which the schedule scales"),
        ("workload: digits_mlp\nmethod: lottery_ticket\nsparsity: [false, 0.5]",
         "a.yaml:3:12: levels[0] false is not a number; it is the sparsity after each round, ascending"),
        ("workload: {name: digits_mlp, training: {epochs: 1.5}}\nmethod: dense",
         f"a.yaml:1:49: epochs 1.5 is not a whole number; {EPOCHS}"),
        ("workload: {name: digits_mlp, training: {epochs: 3, steps: 3}}\nmethod: dense",
         "a.yaml:1:40: give either epochs or steps"),
        ("workload: {name: digits_mlp, training: {optimizer: sdg}}\nmethod: dense",
         "a.yaml:1:52: optimizer sdg is unknown. Did you mean sgd? Allowed are sgd, adam, adamw"),
        ("workload: {name: digits_mlp, training: {optimizer: {name: sgd, nesterov: true}}}\nmethod: dense",
         "a.yaml:1:52: nesterov needs a momentum above 0; add e.g. momentum: 0.9"),
        ("workload: {name: digits_mlp, training: {batch_size: 1298}}\nmethod: dense",
         "a.yaml:1:11: training.batch_size 1298 is more than the 1297 training examples that validation_size 200 "
         "leaves; make one of them smaller"),
        ("workload: {name: digits_mlp, data: stand_in}\nmethod: dense",
         "a.yaml:1:36: data stand_in is unknown; allowed are real"),
        # what varies
        (BASE + "grid: [1]",
         "a.yaml:3:7: grid [1] is not a mapping of lists, e.g. grid: {method.sparsity: [0.5, 0.9]}"),
        (BASE + "grid:\n  workload.hidden: []", "a.yaml:4:20: grid workload.hidden is an empty list; "
         "list at least one value"),
        (BASE + "grid: {method.sparsity: 0.9}",
         "a.yaml:3:25: grid method.sparsity 0.9 is not a list of values; write [0.9]"),
        (BASE + "grid: {method: {sparsity: [0.9]}}", "a.yaml:3:16: grid method is a mapping, not a list of values; "
         "write its parts as keys: method.sparsity: [...]"),
        (BASE + "grid: {method.sparsity: [true]}",
         "a.yaml:3:26: sparsity true is not a number; it is the fraction of weights removed"),
        (BASE + "grid: {lr: [0.1]}", "a.yaml:3:8: grid key lr is not a setting of a trial; keys begin with workload or "
         "method, e.g. method.sparsity. Did you mean method.fine_tune.lr or workload.training.optimizer.lr?"),
        (BASE + "grid: {seed: [1, 2]}", "a.yaml:3:8: seed is not allowed in grid; write it at the top level, "
         "e.g. seeds: 5"),
        (BASE + "grid: {method.alocation: [erk]}", "a.yaml:3:8: alocation is not a setting of static_random. "
         "Did you mean allocation? Allowed are name, sparsity, allocation, dense_layers, "
         "init_scale"),
        (BASE + "grid: {method..sparsity: [0.5]}", "a.yaml:3:8: grid key method..sparsity is not a setting of a trial; "
         "keys begin with workload or method, e.g. method.sparsity"),
        (BASE + "grid: {workload.hidden: [30, 10]}", f"a.yaml:3:26: hidden 30 is not a list; {WIDTHS}\n"
         f"a.yaml:3:30: hidden 10 is not a list; {WIDTHS}"),
        (BASE + "zip: {method.sparsity: [0.1, 0.2], workload.training.epochs: [1]}", "a.yaml:3:6: the lists of zip "
         "must be equally long: method.sparsity has 2, workload.training.epochs has 1"),
        (BASE + "grid: {method.sparsity: [0.1]}\nzip: {method.sparsity: [0.2]}",
         "a.yaml:4:7: method.sparsity is listed twice; also at a.yaml:3:8; remove one"),
        ("workload: digits_mlp\nmethod: []", "a.yaml:2:9: method is an empty list; list at least one value"),
        (BASE + "sparsity: 0.9", "a.yaml:2:31: the method's sparsity is given twice; also at a.yaml:3:1; remove one"),
        ("workload: digits_mlp\nmethod: dense\nsparsity: 0.9",
         "a.yaml:3:1: sparsity has no effect, because no method here takes one; remove it"),
        (BASE + "variants: [{}, {method: dense, sparsity: 0.5}]",
         "a.yaml:3:32: sparsity has no effect, because no method here takes one; remove it"),
        (BASE + "variants: {method: dense}",
         'a.yaml:3:11: variants {"method": "dense"} is not a list, e.g. [{method: dense}]'),
        (BASE + "variants: [dense]", "a.yaml:3:12: variant dense is not a mapping, e.g. {method: dense}"),
        (BASE + "variants: [{seeds: 3}]", "a.yaml:3:13: seeds is not a setting of a variant; allowed are workload, "
         "method, sparsity, grid, zip"),
        (BASE + "variants: [{method: small_dense}]",  # not the place of the replaced method's sparsity
         "a.yaml:3:21: sparsity is missing; small_dense needs it; it is the fraction of weights removed"),
        (BASE + "exclude: 3",
         "a.yaml:3:10: exclude 3 is not a list of mappings, e.g. [{method.sparsity: 0.99, seed: 3}]"),
        (BASE + "exclude: [{}]", "a.yaml:3:11: exclude entry {} is not a mapping of settings"),
        (BASE + "exclude: [{method: {}}]", 'a.yaml:3:11: exclude entry {"method": {}} is not a mapping of settings'),
        (BASE + "exclude: [{method.sparsty: 0.5}]",
         "a.yaml:3:12: exclude key method.sparsty is not a setting of a trial. Did you mean sparsity?"),
        (BASE + "exclude: [{method.temperature: 0.5}]",
         "a.yaml:3:12: exclude key method.temperature is not a setting of a trial"),
        ("workload: digits_mlp\nmethod: dense\nexclude: [{method.sparsity: 0.5}]",
         "a.yaml:3:12: exclude key method.sparsity is not a setting of any trial of this sweep"),
        (BASE + "exclude: [{seed: 0}]", "a.yaml:3:1: exclude drops every trial; remove some of its entries"),
        (BASE + f"seeds: 1001\ngrid: {{workload.training.epochs: {list(range(1, 101))}}}",
         "a.yaml:1:1: this asks for 100,100 trials; a sweep has at most 100,000; split it into several sweeps"),
        # mistakes that show only in the phases: 64 x 64 + 64 x 32 + 32 x 10 = 6,464 weights
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 0.5, dense_layers: [first]}",
         "a.yaml:2:41: dense_layers ['first'] keep 4096 weights, more than the 3232 of 6464 that sparsity 0.5 leaves; "
         'lower the sparsity or name fewer dense_layers (in {"workload": "digits_mlp", "method": '
         '{"name": "static_random", "sparsity": 0.5, "dense_layers": ["first"]}})'),
        ("workload: digits_mlp\nmethod: small_dense\nsparsity: [0.5, 0.99]", "a.yaml:3:17: 65 weights are fewer than "
         'the 75 of a network with one unit a layer (in {"workload": "digits_mlp", "method": '
         '{"name": "small_dense", "sparsity": 0.99}})'),
        ("workload: digits_mlp\nmethod: {name: static_random, sparsity: 0.99999}",
         "a.yaml:2:41: sparsity 0.99999 leaves none of 6,464 weights; lower it "
         '(in {"workload": "digits_mlp", "method": {"name": "static_random", "sparsity": 0.99999}})'),
        ("workload: digits_mlp\nmethod: {name: iterative, rounds: 30, rate: 0.5}",
         "a.yaml:2:9: a round at rate 0.5 removes nothing more once 1 weights are left; give fewer rounds or a higher "
         'rate (in {"workload": "digits_mlp", "method": {"name": "iterative", "rounds": 30, "rate": 0.5}})'),
        ("workload: digits_mlp\nmethod: {name: lottery_ticket, rounds: 4, rate: 0.9}",
         "a.yaml:2:9: a round at rate 0.9 leaves none of the 4 weights that hidden.0 has left; give fewer rounds or a "
         'lower rate (in {"workload": "digits_mlp", "method": {"name": "lottery_ticket", "rounds": 4, "rate": 0.9}})'),
        ("workload: digits_mlp\nmethod: {name: lottery_ticket, rounds: 60, rate: 0.2}",
         "a.yaml:2:9: a round at rate 0.2 removes nothing more once 9 weights are left; give fewer rounds or a higher "
         'rate (in {"workload": "digits_mlp", "method": {"name": "lottery_ticket", "rounds": 60, "rate": 0.2}})'),
        ("workload: {name: digits_mlp, training: {epochs: 1e6}}\nmethod: {name: gradual, sparsity: 0.5}",
         "a.yaml:2:35: the masks would change 300,000 times, every 100 steps; at most 10,000 times is allowed, so make "
         'every larger (in {"workload": {"name": "digits_mlp", "training": {"epochs": 1000000.0}}, "method": '
         '{"name": "gradual", "sparsity": 0.5}})'),
        ("workload: digits_mlp\nmethod: {name: lottery_ticket, rewind_to: 1200}",
         "a.yaml:2:9: rewind_to 1200 is not before the end of a training of 1200 steps; make it smaller "
         '(in {"workload": "digits_mlp", "method": {"name": "lottery_ticket", "rewind_to": 1200}})'),
        ("workload: digits_mlp\nmethod: {name: lottery_ticket, rounds: 0, rate: 0.2, controls: [reinit]}",
         "a.yaml:2:40: rounds 0 is not above 0; it is the number of pruning rounds"),
        ("workload: digits_mlp\nmethod: {name: lottery_ticket, rounds: 2, sparsity: 0, controls: [reinit, winning]}",
         "a.yaml:2:75: controls[1] winning is unknown; allowed are reinit, shuffled, random, one_shot, lr_rewind"),
    ],
)  # fmt: skip
def test_one_mistake(written, text, message):
    assert written.mistakes(text) == message.split("\n")


def test_all_mistakes_come_at_once_in_the_order_of_the_file(written):
    text = """\
workload: {name: digits_mlp, hidden: [0]}
method: static_randm
seeds: 0
grid: {lr: [1]}
nam: x
"""
    places = [line.split(": ")[0] for line in written.mistakes(text, "report.confidence=2")]
    assert places == ["a.yaml:1:39", "a.yaml:2:9", "a.yaml:3:8", "a.yaml:4:8", "a.yaml:5:1", "--set report.confidence"]


def test_a_mistake_of_many_trials_is_reported_once(written):
    text = "workload: {name: digits_mlp, hidden: [0]}\nmethod: static_random\nsparsity: [0.1, 0.2, 0.3]\nseeds: 5\n"
    assert written.mistakes(text) == [f"a.yaml:1:39: hidden[0] 0 is not above 0; {WIDTHS}"]


def test_an_infeasible_method_is_reported_once_whatever_else_varies(written):
    text = "workload: digits_mlp\nmethod: small_dense\nsparsity: 0.99\ngrid: {workload.training.epochs: [1, 2, 3]}\n"
    assert [line.split(" (in")[0] for line in written.mistakes(text)] == [
        "a.yaml:3:11: 65 weights are fewer than the 75 of a network with one unit a layer"
    ]


def test_at_most_fifty_mistakes_are_shown(written):
    rates = ", ".join(str(-each) for each in range(1, 61))
    lines = written.mistakes(BASE + f"grid: {{workload.training.optimizer.lr: [{rates}]}}\n")
    assert len(lines) == 51 and lines[-1] == "and 10 more"


def test_a_file_with_an_illegal_stem_needs_a_name(tmp_path):
    path = tmp_path / "My Sweep.yaml"
    path.write_text(BASE)
    with pytest.raises(SpecError) as caught:
        read(path)
    assert str(caught.value) == f"{path}:1:1: name My Sweep is not legal; {NAME}"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seeds", "--set seeds: KEY=VALUE is expected, e.g. --set workload.training.epochs=1"),
        ("=3", "--set : KEY=VALUE is expected, e.g. --set workload.training.epochs=1"),
        ("method..sparsity=3", "--set method..sparsity: KEY=VALUE is expected, e.g. --set workload.training.epochs=1"),
        ("method.sparsity=1.2", f"--set method.sparsity: sparsity 1.2 {SPARSITY}. Did you mean 0.12?"),
        ("method.sparsty=0.2", "--set method.sparsty: sparsty is not a setting of static_random. "
         "Did you mean sparsity? Allowed are name, sparsity, allocation, dense_layers, "
         "init_scale"),
        ("method.sparsity=[", "--set method.sparsity: this is not YAML: expected the node content, "
         "but found '<stream end>' while parsing a flow node of line 1"),
        ("name=A", f"--set name: name A is not legal; {NAME}"),
        ("grid.lr=[1]", "--set grid.lr: grid key lr is not a setting of a trial; keys begin with workload or method, "
         "e.g. method.sparsity. Did you mean method.fine_tune.lr or workload.training.optimizer.lr?"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_override_names_the_override(written, override, message):
    assert written.mistakes(BASE, override) == [message]
