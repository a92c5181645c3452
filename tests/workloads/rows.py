"""The methods and workloads that all laws are held against, as small trials."""

import pytest

from workloads.trial import Trial

METHOD_ROWS = [
    {"name": "dense"},
    {"name": "static_random", "sparsity": 0.9},
    {"name": "static_random", "sparsity": 0.8, "allocation": "erk"},
    {"name": "static_random", "sparsity": 0.8, "dense_layers": ["last"]},
    {"name": "static_random", "sparsity": 0.05, "allocation": "erk", "dense_layers": ["first"]},
    {"name": "small_dense", "sparsity": 0.9},
    {"name": "one_shot", "threshold": 0.8, "fine_tune": {"lr": 0.001}},
    {"name": "one_shot", "sparsity": 0.9, "allocation": "erk", "dense_steps": 6, "fine_tune": {"steps": 0}},
    {"name": "gradual", "sparsity": 0.9, "every": 2},
    {
        "name": "gradual",
        "sparsity": 0.8,
        "every": 4,
        "begin": 0.25,
        "end": 0.9,
        "masks": "soft",
        "allocation": "erk",
        "schedule": "exponential",
    },
    {"name": "iterative", "levels": [0.5, 0.8, 0.9]},
    {
        "name": "iterative",
        "rounds": 2,
        "rate": 0.3,
        "output_rate": 0.1,
        "allocation": "uniform",
        "fine_tune": {"steps": 4, "lr": 0.001},
    },
    {"name": "iterative", "sparsity": 0.9, "rounds": 2, "criterion": "gradient"},
    {"name": "iterative", "sparsity": 0.8, "rate": 0.5, "criterion": "saliency", "fine_tune": {"steps": 0}},
    {"name": "iterative", "levels": [0.7], "criterion": {"name": "activation", "statistic": "apoz"}},
    {"name": "gradual", "sparsity": 0.7, "every": 3, "criterion": "activation", "allocation": "uniform"},
    {"name": "lottery_ticket", "rounds": 2, "rate": 0.3},
    {
        "name": "lottery_ticket",
        "levels": [0.5, 0.8],
        "rewind_to": 4,
        "allocation": "global",
        "controls": ["lr_rewind", "one_shot", "random"],
    },
    {"name": "lottery_ticket", "levels": [0.5], "controls": ["reinit", "shuffled"], "control_draws": 2},
    {"name": "lottery_ticket", "sparsity": 0.7, "rounds": 2, "restart": "reinit"},
    {"name": "lottery_ticket", "sparsity": 0.7, "rounds": 2, "restart": "none", "rewind_to": 5},
    {"name": "early_bird", "sparsity": 0.8, "every": 2, "window": 3, "tolerance": 0.02},  # draws before the end
    {
        "name": "early_bird",
        "sparsity": 0.9,
        "every": 5,
        "window": 2,
        "tolerance": 0.0,
        "allocation": "erk",
        "criterion": "gradient",
    },  # never
    {"name": "adaptive", "sparsity": 0.8, "applications": 3, "masks": "zero_once", "finalization": "free"},
    {"name": "adaptive", "sparsity": 0.9, "applications": 2, "masks": "zero_once", "allocation": "erk"},
    {
        "name": "adaptive",
        "sparsity": 0.7,
        "applications": 4,
        "schedule": "linear",
        "allocation": "uniform",
        "criterion": "saliency",
    },
    {"name": "static_random", "sparsity": 0.7, "allocation": "erk", "init_scale": "fan_in"},
    {"name": "set", "sparsity": 0.9, "every": 3},
    {"name": "set", "sparsity": 0.6, "every": 5, "dropped": "magnitude", "allocation": "uniform", "until": 0.6},
    {"name": "rigl", "sparsity": 0.9, "every": 3},
    {"name": "rigl", "sparsity": 0.8, "every": 4, "accumulate": 3, "until": 1.0, "dense_layers": ["last"]},
    {"name": "mest", "sparsity": 0.8, "every": 2},
    {"name": "granet", "sparsity": 0.9, "every": 3},
    {"name": "granet", "sparsity": 0.8, "every": 4, "initial_sparsity": 0.0, "schedule": "linear"},
    {"name": "ac_dc", "sparsity": 0.9, "cycles": 2},
    {"name": "ac_dc", "sparsity": 0.7, "cycles": 1, "warmup": 0.25, "allocation": "erk", "criterion": "gradient"},
    {"name": "structured", "sparsity": 0.7},
    {"name": "structured", "ratio": 0.5, "allocation": "global", "criterion": "taylor", "dense_steps": 6},
    {"name": "structured", "ratio": 0.3, "criterion": {"name": "activation", "statistic": "apoz"}, "shrink": False},
    {"name": "structured", "ratio": 0.5, "criterion": {"name": "l1", "of": "in_out"}, "fine_tune": {"steps": 0}},
    {"name": "structured", "ratio": 0.6, "criterion": "random", "fine_tune": {"steps": 4, "lr": 0.001}},
    {"name": "snip", "sparsity": 0.9},
    {"name": "snip", "sparsity": 0.8, "examples": 30, "iterations": 3, "resample": True, "controls": ["shuffled"]},
    {"name": "grasp", "sparsity": 0.9, "per_class": 3, "examples": 4},
    {"name": "grasp", "sparsity": 0.5, "controls": ["shuffled"], "control_draws": 2},
    {"name": "synflow", "sparsity": 0.9, "iterations": 5},
    {"name": "synflow", "sparsity": 0.8, "controls": ["shuffled"]},
    {"name": "wanda", "sparsity": 0.6},
    {"name": "wanda", "pattern": {"n": 2, "m": 4, "indivisible": "dense"}, "reconstruct": True, "examples": 40},
    {"name": "sparsegpt", "sparsity": 0.6, "block": 16},
    {"name": "sparsegpt", "pattern": {"n": 1, "m": 4, "indivisible": "dense"}, "fine_tune": {"steps": 4}},
    {"name": "sparsegpt", "sparsity": 0.8, "reconstruct": True, "fine_tune": {"steps": 4, "lr": 0.001}},
    {"name": "one_shot", "sparsity": 0.7, "criterion": "saliency", "reconstruct": True, "examples": 60},
    {"name": "one_shot", "sparsity": 0.7, "allocation": "per_row", "fine_tune": {"steps": 0}},
    {"name": "one_shot", "pattern": {"n": 3, "m": 8, "indivisible": "dense"}, "criterion": "gradient"},
    {"name": "one_shot", "sparsity": 0.0, "dense_steps": 10},  # a twin that looks where others prune
    {"name": "one_shot", "sparsity": 0.9},
]
FIRST_ROWS = list({row["name"]: row for row in reversed(METHOD_ROWS)}.values())[::-1]  # of each method
HALF = {"criterion": "magnitude", "to": 0.8, "allocation": "uniform"}  # of which the first half is gone at random
RULE_ROWS = [  # for trainings of 12 steps, in which half of the weights are gone before
    {"name": "gradual", **HALF, "schedule": "linear", "masks": "hard", "begin": 0, "end": 10, "every": 4},
    {"name": "gradual", **HALF, "schedule": "cubic", "masks": "soft", "begin": 0, "end": 9, "every": 3},
    {"name": "early_bird", **HALF, "window": 2, "tolerance": 0.05, "every": 3, "end": 12},
    {
        "name": "adaptive",
        **HALF,
        "schedule": {"name": "linear"},
        "held": "at_once",
        "begin": 2,
        "end": 10,
        "applications": 3,
    },
    {
        "name": "drop_grow",
        **HALF,
        "to": 0.5,
        "fraction": 0.4,
        "fall": "none",
        "dropped": "signed",
        "grown": "random",
        "instead": False,
        "every": 3,
        "end": 12,
    },
    {
        "name": "drop_grow",
        **HALF,
        "fraction": 0.3,
        "fall": "cosine",
        "dropped": "magnitude",
        "gradient_weight": 0.5,
        "grown": "gradient",
        "accumulate": 2,
        "instead": True,
        "every": 4,
        "end": 10,
        "initial": 0.5,
        "schedule": {"name": "cubic"},
    },
    {"name": "alternate", **HALF, "begin": 2, "end": 10, "cycles": 2},
    {"name": "swap", "every": 4, "end": 12},
]
WORKLOAD_ROWS = [
    {"name": "digits_mlp"},
    {"name": "fashion_mnist_mlp", "data": "stand_in", "hidden": [20, 30]},
    {"name": "digits_mlp", "hidden": [16]},
    {"name": "fashion_mnist_cnn", "data": "stand_in", "channels": [4, 5], "hidden": [16]},
    {
        "name": "fashion_mnist_cnn",
        "data": "stand_in",
        "channels": [8, 6],
        "kernel": 5,
        "pool": 4,
        "batch_norm": True,
        "hidden": [],
    },
    {"name": "mnist_lenet", "data": "stand_in", "init": "glorot_normal", "widths": [20, 30]},
    {"name": "mnist_lenet", "data": "stand_in", "architecture": "lenet_5", "widths": [4, 5, 16]},
    {
        "name": "shakespeare_gpt2",
        "data": "stand_in",
        "blocks": 2,
        "heads": 2,
        "width": 8,
        "context": 32,
        "dropout": 0.1,
    },
]


def refused(workload: dict, method: dict) -> bool:
    """Whether a method asks for what a workload cannot give: layers one after another, and in proportion."""
    criterion = method.get("criterion", method["name"])
    asked = criterion["name"] if isinstance(criterion, dict) else criterion
    in_chains = method["name"] != "structured" and asked in ("activation", "synflow")
    return workload["name"] == "shakespeare_gpt2" and in_chains


def _paired() -> list[tuple[dict, dict]]:
    """Every row of a method on a perceptron and a CNN, on the other networks the first row of each method.

    All with all would take twice as long, and find nothing more: what tells rows of a method apart are its fields.
    """
    whole = (WORKLOAD_ROWS[0], WORKLOAD_ROWS[3])
    return [
        (workload, method)
        for workload in WORKLOAD_ROWS
        for method in (METHOD_ROWS if workload in whole else FIRST_ROWS)
        if not refused(workload, method)
    ]


def named(row: dict) -> str:
    """What a test of a row is called."""
    return "-".join(map(str, row.values()))


PAIRS = _paired()
LADDERS = ("iterative", "lottery_ticket", "adaptive")  # many runs, or many looks


def every(pairs: list[tuple[dict, dict]]) -> pytest.MarkDecorator:
    """A test of every pair. Long are tickets with controls, ladders of other networks than perceptrons, and of language
    models all that no rule acts in."""
    rows = []
    for workload, method in pairs:
        quick = method in FIRST_ROWS and method["name"] not in LADDERS
        if workload["name"] == "digits_mlp":
            quick = not method.get("controls")
        elif workload["name"] == "shakespeare_gpt2":
            quick = method["name"] in ("dense", "gradual")
        rows.append(
            pytest.param(
                workload, method, id=f"{named(workload)}-{named(method)}", marks=() if quick else pytest.mark.long
            )
        )
    return pytest.mark.parametrize(("workload", "method"), rows)


def make(workload: dict, method: dict, seed: int = 0, steps: int = 12, every: int = 5, **training) -> Trial:
    short = {
        "training": {"steps": steps, "batch_size": 32, **training},
        "measure": {"evaluate_every": every, "probe": 50},
    }
    return Trial.model_validate({"workload": workload | short, "method": method, "seed": seed})
