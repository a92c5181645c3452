"""The methods paragraph, written out for sweeps whose settings are known."""

import pytest

from dashboards.numbers.provenance.setup import setup
from dashboards.plan_file import DataEntry, ReferenceEntry
from dashboards.sections.provenance.methods import paragraph
from tests.dashboards.made_up import level
from tests.dashboards.made_up_outcome import squared
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_sweep import SERIES
from tests.dashboards.made_up_sweep import sweep as made_up_sweep
from tests.dashboards.made_up_text import sweep as text_sweep
from tests.dashboards.made_up_tickets import tickets

TRAINING = (
    "Training took 10 epochs (4,290 optimizer steps) with batches of 128 examples, Adam (learning rate 0.001; betas "
    "0.9 and 0.999) and a cosine schedule of the learning rate."
)
TWINS = (
    "Each sparse network was paired with its dense twin: the same seed, batches and number of steps, and no weight "
    "removed."
)
LOST = "Sparsity is the fraction of prunable weights removed."


def _paragraph(runs, **plan):
    return paragraph(setup(in_memory(runs, **plan)))


def _work(name, short):
    return ReferenceEntry(name=name, key=short, short=short, bibtex="@misc{}").model_dump()


def test_one_network_and_two_methods():
    runs = made_up_sweep((SERIES[0], SERIES[5]), (0.5, 0.9), seeds=5, looks=2)
    facts = {
        "git": {"commit": "0123abc", "dirty": True}, "packages": {"sparsity": "0.1.0", "torch": "2.13.0"},
        "python": "3.11.7",
    }  # fmt: skip
    data = [DataEntry(identity="fashion-mnist@1", train=60_000, test=10_000).model_dump()]
    works = [_work("fashion_mnist_mlp", "Xiao et al. (2017)"), _work("adam", "Kingma & Ba (2015)"),
             _work("static_random", "Mocanu et al. (2018)"), _work("static_random", "Evci et al. (2020)")]  # fmt: skip
    assert _paragraph(runs, data=data, references=works, provenance=facts) == (
        "The network fashion_mnist_mlp (hidden layers of 300-100 units) was trained on Fashion-MNIST (version 1; "
        "Xiao et al. 2017), with 55,000 examples to train on, 5,000 examples to validate on and 10,000 examples to "
        "test on. Training took 10 epochs (4,290 optimizer steps) with batches of 128 examples, Adam (learning "
        "rate 0.001; betas 0.9 and 0.999; Kingma & Ba 2015) and a cosine schedule of the learning rate. The methods "
        "are static_random (Mocanu et al. 2018; Evci et al. 2020) and small_dense at 50 % and 90 % sparsity. "
        f"{LOST} Every setting was trained with 5 seeds (0 to 4). {TWINS} Intervals are 95 % t-intervals over seeds, "
        "and over seeds and test examples where that is said. Differences to the twin were tested with the paired "
        "t-test, adjusted by Holm. A loss of at most 1 pp in test accuracy counts as harmless. Software: sparsity "
        "0.1.0, PyTorch 2.13.0, Python 3.11.7, commit 0123abc with uncommitted changes."
    )


def test_what_differs_between_trials_is_listed():
    wide = {"name": "fashion_mnist_mlp", "hidden": [1000, 1000]}
    fast = {"name": "fashion_mnist_mlp", "training": {"optimizer": {"name": "adam", "lr": 0.01}}}
    told = _paragraph(
        made_up_sweep(SERIES[:2], (0.5,), 1, 2, workloads=(wide, {"name": "fashion_mnist_mlp"}, fast)), provenance={}
    )
    assert told == (
        "The network fashion_mnist_mlp (hidden layers of 1000-1000 and 300-100 units) was trained on Fashion-MNIST "
        "(version 1). Training took 10 epochs (4,290 optimizer steps) with batches of 128 examples, Adam (learning "
        "rate 0.001 and 0.01; betas 0.9 and 0.999) and a cosine schedule of the learning rate. The method is "
        f"static_random (variants uniform / erk) at 50 % sparsity. {LOST} Every setting was trained with one seed (0). "
        f"{TWINS} A loss of at most 1 pp in test accuracy counts as harmless."
    )


def test_a_language_model_on_stand_in_data():
    data = [DataEntry(identity="pydoc-topics-3.11.7@1", characters=664_000).model_dump()]
    told = _paragraph(text_sweep(2), data=data)
    assert told.startswith(
        "The network shakespeare_gpt2 (preset tiny; blocks 1; heads 2; width 8; context 8; tokenizer characters) was "
        "trained on stand-in data, pydoc-topics-3.11.7 (version 1) of 664,000 characters. Training took 4,290 "
        "optimizer steps with batches of 12 examples, AdamW (learning rate 0.001; betas 0.9 and 0.99; weight decay "
        "0.1; decay of matrices), a cosine schedule of the learning rate (after a warm-up of 100 steps; down to 0.1 of "
        "the peak) and gradients clipped to a norm of 1. The method is adaptive (variants "
    )
    assert " An excess of at most 0.02 bits per character counts as harmless. " in told
    assert "Holm" not in told  # there are 2 seeds


def test_lottery_tickets_and_their_controls():
    told = _paragraph(tickets(5))
    assert " and a constant learning rate. The method is lottery_ticket (controls reinit, lr_rewind and one_shot) at " \
           f"50 %, 75 % and 87.5 % sparsity. {LOST}" in told  # fmt: skip


def test_another_outcome_has_its_own_unit():
    told = _paragraph(squared(tickets(5)))
    assert "An excess of at most 50 squared units in squared error counts as harmless." in told


def test_two_networks_that_are_trained_differently():
    runs = [*level({"name": "dense"}, [0.9]), *tickets(1)]
    told = _paragraph(runs)
    assert TRAINING.replace("Training took", "Training of fashion_mnist_mlp took") in told
    assert "Training of mnist_lenet took 10 epochs (4,290 optimizer steps) with batches of 64 examples, " in told


def test_without_a_twin_nothing_is_said_of_pairs():
    told = _paragraph(level({"name": "static_random", "sparsity": 0.5}, [0.9] * 5), baseline="none")
    assert "twin" not in told and "harmless" not in told and "Intervals are 95 %" in told


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ([1.0], "Training left removed weights out of its products where that takes less time."),
        ([1.0, 0.0], "Training left removed weights out of its products where that takes less time; elsewhere they "
                     "were zeros, and multiplied like other weights."),
    ],
)  # fmt: skip
def test_zeros_that_were_left_out_are_said(stored, shares, sentence):
    runs = []
    for sparsity, share in zip((0.9, 0.5), shares):
        metrics = {"final/test_accuracy": 0.8, "layer_sparsity/output": sparsity, "sparse_steps/output": share}
        runs += level({"name": "static_random", "sparsity": sparsity}, [0], lambda _, own=metrics: {"metrics": own})
    told = paragraph(setup(stored(runs)))
    assert sentence in told and "simulated" not in told


def test_zeros_that_were_multiplied_are_said(stored):
    sparse = {"metrics": {"final/test_accuracy": 0.8, "layer_sparsity/hidden.0": 0.5}}
    runs = level({"name": "static_random", "sparsity": 0.5}, [0], lambda _: sparse)
    told = paragraph(setup(stored(runs, provenance={"git": None})))
    assert "Sparsity was simulated: removed weights were zeros, and they were multiplied like other weights." in told
    assert "Software" not in told
