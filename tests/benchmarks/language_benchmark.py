"""A language model's training over a plain loop's: python tests/benchmarks/language_benchmark.py

The plain loop trains transformers' own GPT2LMHeadModel on the same text with fused AdamW, the same decay, learning
rate and clipping, and does nothing else. Both take the same number of steps in turn, on one thread; the trial's looks
are left out, and what they take without the losses, which any loop would want, is told beside. Needs Tiny
Shakespeare; takes about ten minutes.
"""

import math
import os
import time
from statistics import median

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from workloads.data.sources import Sources
from workloads.data.splits import DataSet
from workloads.run import run_trial
from workloads.training.evaluation import evaluate
from workloads.trial import Record, Trial

RUNS, STEPS = 3, 300
METHODS = (
    {"name": "dense"},
    {"name": "adaptive", "sparsity": 0.9},
    {"name": "adaptive", "sparsity": 0.9, "masks": "zero_once"},
)


def trial_of(method: dict) -> Trial:
    """The preset `tiny`, shorter; one look at the end but for those that the method asks for."""
    workload = {"name": "shakespeare_gpt2", "training": {"steps": STEPS}, "measure": {"evaluate_every": STEPS}}
    return Trial.model_validate({"workload": workload, "method": method, "seed": 0})


def plain_loop(tokens: torch.Tensor) -> float:
    """Seconds of the steps of `tiny` as one would write it down."""
    model = GPT2LMHeadModel(
        GPT2Config(vocab_size=65, n_positions=64, n_embd=128, n_layer=4, n_head=4, resid_pdrop=0, embd_pdrop=0,
                   attn_pdrop=0, use_cache=False, bos_token_id=None, eos_token_id=None,
                   activation_function="gelu_pytorch_tanh")
    )  # fmt: skip
    decayed = [each for each in model.parameters() if each.ndim > 1]
    others = [each for each in model.parameters() if each.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    adamw = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), fused=True)
    model.train()
    begun = time.perf_counter()
    for step in range(STEPS):
        rate = 1e-3 * (step + 1) / 100
        if step >= 100:
            rate = 1e-4 + 9e-4 * (1 + math.cos(math.pi * (step - 100) / (STEPS - 100))) / 2
        for group in adamw.param_groups:
            group["lr"] = rate
        first = torch.randint(len(tokens) - 64, (12, 1))
        shown = tokens[first + torch.arange(65)]
        logits = model(shown[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), shown[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        adamw.zero_grad()
    return time.perf_counter() - begun


def ours(trial: Trial, data: DataSet) -> tuple[float, float, int]:
    """Seconds of a trial's training steps, and of measuring but for losses; looks."""
    begun = time.perf_counter()
    *records, measured = run_trial(trial, data)
    whole = time.perf_counter() - begun
    names = [each.name for each in records if isinstance(each, Record)]
    (training,) = {each.value for each in records if isinstance(each, Record) and each.name == "cost/train_seconds"}
    evaluating = 0.0
    for split, metric in ((data.validation, "val/loss"), (data.test, "test/loss")):
        begun = time.perf_counter()
        evaluate(measured.state.model, split)
        evaluating += names.count(metric) * (time.perf_counter() - begun)
    return training, whole - training - evaluating, names.count("val/loss")


def main() -> None:
    """Print medians and the ratios of each pair."""
    torch.set_num_threads(1)
    data = trial_of(METHODS[0]).workload.load(Sources.from_environment(None, os.environ))
    for method in METHODS:
        trial, pairs = trial_of(method), []
        for _ in range(RUNS + 1):  # the first warms up
            pairs.append((*ours(trial, data), plain_loop(data.train.tokens)))
        ratios = sorted(plain / training for training, _, _, plain in pairs[1:])
        training, measuring, looks, plain = (median(column) for column in zip(*pairs[1:]))
        scored = STEPS * 12 * 64
        print(
            f"{trial.method.name} {' '.join(f'{name}={value}' for name, value in method.items() if name != 'name')}: "
            f"{scored / training:,.0f} tokens a second, plain loop {scored / plain:,.0f}; "
            f"ours over plain {median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}, {RUNS} pairs; wanted: at "
            f"least 0.9); steps {training:.1f} s, {looks} looks {measuring:.2f} s but for their losses"
        )


if __name__ == "__main__":
    main()
