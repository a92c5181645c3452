"""Made-up language models whose weights are set to zero time and again, with everything that sections draw."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.dashboards.made_up import MadeUp

WORKLOAD = {"name": "shakespeare_gpt2", "data": "stand_in", "blocks": 1, "heads": 2, "width": 8, "context": 8}
LAYERS = ("transformer.h.0.attn.c_attn", "transformer.h.0.mlp.c_fc")
DENSE = {"name": "dense"}
PERSISTENT = {"name": "adaptive", "applications": 3}
HELD = PERSISTENT | {"masks": "zero_once"}
FREE = HELD | {"finalization": "free"}
LOOKS, APPLICATIONS = (100, 200, 300, 400), (150, 250, 350)
WEIGHTS = 768


def of(bits: float, sparsity: float = 0.0, **more: float) -> dict[str, float]:
    """What a run ends with: `bits` of the test split, a little more of the validation split."""
    return {
        "final/test_bits_per_character": bits, "final/val_bits_per_character": bits + 0.01, "final/test_loss": bits / 2,
        "final/val_loss": bits / 2 + 0.1, "final/test_perplexity": 4.0, "final/sparsity": sparsity,
        "final/prunable_parameters": WEIGHTS, "final/nonzero_parameters": WEIGHTS * (1 - sparsity),
        "dead_neurons/overall": sparsity / 4, "cost/steps_total": 400,
    } | more  # fmt: skip


def texts(method: Mapping[str, Any], ends: Iterable[Mapping[str, float]], **more: Any) -> list[MadeUp]:
    """A trial of one run a seed, with what each ends with."""
    return [MadeUp(method, seed, end, workload=WORKLOAD, chance=None, **more) for seed, end in enumerate(ends)]


def sweep(seeds: int = 2, sparsities: tuple[float, ...] = (0.5, 0.9)) -> Iterator[MadeUp]:
    """Each way to zero weights at each sparsity, after the dense twins; the same figures each time."""
    for seed in range(seeds):
        yield _run(DENSE, 0.0, seed)
        for method in (PERSISTENT, HELD, FREE):
            for sparsity in sparsities:
                yield _run(method, sparsity, seed)


def _run(method: Mapping[str, Any], sparsity: float, seed: int) -> MadeUp:
    asked = method | ({"sparsity": sparsity} if sparsity else {})
    free = method == FREE
    ends = of(2.5 + 0.1 * sparsity + 0.01 * seed, 0.0 if free else sparsity)
    curves = _curves(method, sparsity, seed)
    others = {"rezeroed": (of(2.6 + 0.2 * sparsity, sparsity), {"val/loss": {400: 1.6}})} if free else {}
    written = {label: f"<{label}> of\nthe {sparsity:g} & seed {seed}" for label in ("final", *others)}
    return MadeUp(asked, seed, ends, curves, workload=WORKLOAD, chance=None, texts=written, others=others)


def _curves(method: Mapping[str, Any], sparsity: float, seed: int) -> dict[str, dict[int, float]]:
    steps = sorted((*LOOKS, *APPLICATIONS)) if sparsity else LOOKS
    curves = {"train/loss": {step: 4 - step / 200 for step in steps}, "val/loss": {step: 4 - step / 250 + 0.01 * seed
              for step in steps}}  # fmt: skip
    for place, layer in enumerate(LAYERS):
        curves[f"effective_rank/{layer}"] = {step: 6.0 - place if sparsity else 8.0 for step in LOOKS[not sparsity :]}
    if not sparsity:
        return curves
    back = float(method != PERSISTENT)
    last = 0.0 if method == HELD else back
    curves["pruning/sparsity"] = {step: sparsity * (step >= 350) * (method != FREE) for step in steps}
    curves["weight_revival/after_1"] = {150: back, 250: back / 2, 350: last}
    curves["weight_revival/after_10"] = {150: back, 250: back, 350: last}
    curves["weight_revival/survived_next"] = {150: 0.2 * back, 250: 0.1 * back}
    curves["weight_death/permanent"] = {150: 1 - 0.3 * back, 250: 1 - 0.1 * back}
    for place, layer in enumerate(LAYERS):
        curves[f"layer_revival/{layer}"] = {step: back * (1 + place) / 2 for step in LOOKS[1:]}
        curves[f"dead_neurons/{layer}"] = {step: sparsity * step / 800 for step in steps}
        curves[f"zero_grad_norm/{layer}"] = {step: 0.1 * (1 + place) for step in APPLICATIONS}
        curves[f"layer_sparsity/{layer}"] = {step: 0.25 for step in APPLICATIONS}
    return curves
