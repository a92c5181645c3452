"""GPT-2 on Tiny Shakespeare, held against nanoGPT's figures, transformers' own network and sums by hand."""

import math

import pytest
import torch
from pydantic import ValidationError
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode
from transformers import GPT2LMHeadModel

from tests.workloads.rows import METHOD_ROWS, WORKLOAD_ROWS, make, refused
from workloads.cost.estimate import cost
from workloads.cost.operations import forward_flops
from workloads.data import tokens, topics
from workloads.data.splits import DataSet, Split
from workloads.data.text import Windows, split
from workloads.measure.dead import dead_neurons
from workloads.measure.sample import sample
from workloads.measure.summary import bits_per_character, of_language
from workloads.network.optimizer import optimizer
from workloads.network.state import Look, State
from workloads.run import run_trial
from workloads.script.learning_rate import learning_rate
from workloads.script.phases import Train
from workloads.tasks.shakespeare import ShakespeareGpt2
from workloads.training.evaluation import evaluate
from workloads.training.loop import train
from workloads.trial import Record, Trial

SMALL = WORKLOAD_ROWS[-1]
UNEVEN = {"data": "stand_in", "blocks": 2, "heads": [3, 1], "head_width": 5, "mlp_width": [7, 20], "width": 16}
PARAMETERS = {"baby": 10_770_816, "small": 124_439_808}  # of the second: as published, the tied head counted once
CPU = torch.device("cpu")


def gpt2(**given) -> ShakespeareGpt2:
    return ShakespeareGpt2.model_validate(given)


def state_of(**given) -> State:
    return State.new(gpt2(**SMALL | given), 0, CPU)


@pytest.mark.parametrize(
    ("preset", "matrices", "without_biases", "biases"),
    [
        ("tiny", 786_432, 804_096, 4 * 9 * 128 + 9 * 128),  # a block has 3 + 1 + 4 + 1 widths of biases and 2 norms,
        ("baby", 10_616_832, 10_745_088, 6 * 9 * 384 + 13 * 384),  # and one more norm comes last: 1 bias a width each
        ("small", 84_934_656, None, None),
    ],
)
def test_counts_are_those_of_nanogpt_and_the_biases_that_it_has_not(preset, matrices, without_biases, biases):
    workload = gpt2(preset=preset)
    assert workload.prunable == matrices
    if without_biases:
        total = sum(parameter.numel() for parameter in workload.model(0).parameters())
        assert total == without_biases + biases


def test_gpt2_small_has_as_many_parameters_as_the_original():
    """124,439,808, the tied head counted once; built without memory."""
    with torch.device("meta"):
        from transformers import GPT2Config

        config = GPT2Config()
        theirs = GPT2LMHeadModel(config)
    layers = gpt2(preset="small", tokenizer="gpt2").layers
    names = {layer.name: layer for layer in layers}
    assert sum(parameter.numel() for parameter in theirs.parameters()) == 124_439_808
    assert {name: tuple(theirs.get_submodule(name).weight.shape) for name in names} == {
        name: layer.shape for name, layer in names.items()
    }


def test_it_computes_what_transformers_own_network_computes():
    """The oracle has an lm_head tied to wte, and gelu_new instead of its fused twin."""
    model = gpt2(**SMALL).model(0).eval()
    config = model.transformer.config
    config.activation_function = "gelu_new"
    theirs = GPT2LMHeadModel(config).eval()
    theirs.transformer.load_state_dict(model.transformer.state_dict())
    assert theirs.lm_head.weight is theirs.transformer.wte.weight
    shown = torch.randint(90, (3, 32), generator=torch.Generator().manual_seed(0))
    assert torch.allclose(model(shown), theirs(shown).logits, atol=1e-5)
    assert sum(each.numel() for each in model.parameters()) == sum(each.numel() for each in theirs.parameters())
    assert not [name for name in model.state_dict() if "head" in name]


def test_a_token_is_predicted_from_those_before_it_alone():
    model = gpt2(**SMALL).model(0).eval()
    shown = torch.zeros(1, 32, dtype=torch.int64)
    changed = shown.clone()
    changed[0, 20] = 5
    same = (model(shown) == model(changed)).all(-1)[0]
    assert same[:20].all() and not same[20:].any()


def test_first_weights_are_gpt2s_and_a_function_of_seed_and_draw():
    """Standard deviation 0.02, of what writes into the residual stream 0.02 / sqrt(2 x 4 blocks)."""
    workload = gpt2()
    torch.manual_seed(3)
    model, untouched = workload.model(0), torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(untouched, torch.rand(1))  # the global stream is left alone
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            expected = 0.02 / 8**0.5 if name.endswith("c_proj.weight") else 0.02
            assert float(parameter.detach().std()) == pytest.approx(expected, rel=0.05)
        else:
            assert parameter.unique().tolist() == [1.0 if "ln_" in name and name.endswith("weight") else 0.0]
    first, again, other, redrawn = (workload.model(*which).transformer.wte.weight for which in
                                    ((0, 0), (0, 0), (1, 0), (0, 1)))  # fmt: skip
    assert torch.equal(first, again) and not torch.equal(first, other) and not torch.equal(first, redrawn)


def test_only_matrices_decay():
    """With no gradient at all, a step of rate 1e-3 and decay 0.1 takes a ten thousandth off matrices, and no more."""
    state = state_of()
    groups = state.optimizer.param_groups
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]
    named = {id(parameter): name for name, parameter in state.model.named_parameters()}
    decayed = {named[id(parameter)] for parameter in groups[0]["params"]}
    assert {name for name in named.values() if name not in decayed} == {
        name for name in named.values() if name.endswith("bias") or ".ln_" in name
    }
    before = {name: parameter.detach().clone() for name, parameter in state.model.named_parameters()}
    for parameter in state.model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    state.optimizer.step()
    for name, parameter in state.model.named_parameters():
        assert torch.allclose(parameter, before[name] * (1 - 1e-4 * (name in decayed)), rtol=1e-6, atol=0)


def test_all_parameters_decay_where_nothing_else_is_said():
    settings = gpt2(**SMALL, training={"optimizer": {"name": "adamw", "decayed": None}}).training.optimizer
    assert len(optimizer(settings, gpt2(**SMALL).model(0).parameters()).param_groups) == 1


def test_learning_rates_rise_for_100_steps_and_fall_to_a_tenth():
    """Position 99 is the 100th step; half way through the 1,900 others the cosine is at the middle."""
    training = gpt2().training
    by_hand = {0: 1e-5, 49: 5e-4, 99: 1e-3, 100: 1e-3, 1_050: 5.5e-4, 2_000: 1e-4}
    for position, rate in by_hand.items():
        assert learning_rate(training, 2_000, position) == pytest.approx(rate)


def test_presets_name_defaults():
    tiny, baby, small = (gpt2(preset=name) for name in ("tiny", "baby", "small"))
    assert gpt2() == tiny and len(baby.layers) == 24 and small.layers[0].shape == (768, 2304)
    assert (tiny.training.batch_size, tiny.steps, tiny.steps_per_epoch) == (12, 2_000, 1_307)
    assert (baby.training.batch_size, baby.steps, baby.training.optimizer.betas) == (64, 5_000, (0.9, 0.99))
    assert gpt2(preset="baby", training={"steps": 10}).training == baby.training.model_copy(update={"steps": 10})
    other = gpt2(preset="baby", blocks=1, width=96, training={"epochs": 2})
    assert [layer.shape for layer in other.layers] == [(96, 288), (96, 96), (96, 384), (384, 96)]
    assert other.steps == 2 * (1_003_854 // (64 * 256)) == 2 * other.steps_per_epoch
    assert gpt2(tokenizer="gpt2").steps_per_epoch == 301_966 // (12 * 64)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"width": 100, "heads": 3}, "width 100 is not divisible by heads 3, and each head .* use e.g. width: 99"),
        ({"data": "stand_in", "tokenizer": "gpt2"}, "tokenizer gpt2 needs a download .* tokenizer: characters"),
        ({"context": 1_003_854}, "context 1003854 is not less than the 1,003,854 training tokens"),
        (
            {"context": 100_000},
            "training.batch_size 12 times context 100000 is more than the 1,003,854 training tokens",
        ),
        ({"context": 1}, "greater than or equal to 2"),
        ({"dropout": 1.0}, "less than 1"),
        ({"preset": "huge"}, "'tiny', 'baby' or 'small'"),
        ({"preset": ["tiny"]}, "'tiny', 'baby' or 'small'"),
        ({"split": "random"}, "'held_out' or 'nanogpt'"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, told):
    with pytest.raises(ValidationError, match=told):
        gpt2(**settings)


def test_methods_that_cannot_be_are_refused():
    for method in METHOD_ROWS:
        if refused(SMALL, method):
            asked = (
                "synflow needs a network whose outputs grow"
                if method["name"] == "synflow"
                else "activation needs layers"
            )
            with pytest.raises(ValueError, match=f"criterion {asked}"):
                cost(make(SMALL, method))


def test_bits_per_character_by_hand():
    """Three tokens that spell five characters, at ln 4 nats each: six bits over five characters, perplexity 4."""
    part = Split(torch.zeros(1, 4, dtype=torch.int64), torch.tensor([[1, 0, 1, -100]]), characters=5)
    assert bits_per_character(math.log(4), part.predictions, part.characters) == pytest.approx(6 / 5)
    seen = [Look(1, {"val/loss": math.log(4), "test/loss": 1e6})]
    data = DataSet(part, part, part, "")
    assert of_language(seen, data) == {
        "final/val_perplexity": pytest.approx(4), "final/val_bits_per_character": pytest.approx(1.2),
        "final/test_perplexity": math.exp(700), "final/test_bits_per_character": pytest.approx(0.6e6 / math.log(2)),
    }  # fmt: skip


def test_what_is_not_scored_does_not_count():
    class Halves(torch.nn.Module):
        """Each of two tokens is as likely as the other."""

        def forward(self, tokens):
            return torch.zeros(*tokens.shape, 2)

    part = Split(torch.zeros(2, 3, dtype=torch.int64), torch.tensor([[1, 0, 1], [0, -100, -100]]), characters=4)
    loss, accuracy = evaluate(Halves(), part)
    assert loss == pytest.approx(math.log(2))
    assert bits_per_character(loss, part.predictions, part.characters) == pytest.approx(1)
    assert accuracy == 0.5  # of two that are as likely the first is taken, and two of the four are that


def test_dropout_hangs_on_seed_and_position_alone(images_of):
    trial = make(SMALL | {"dropout": 0.5}, METHOD_ROWS[0])
    data = images_of(trial)

    def after(*stretches: tuple[int, int], seed: int = 0) -> torch.Tensor:
        state = State.new(trial.workload, 0, CPU)
        for start, stop in stretches:
            train(state, data.train, Train(start=start, stop=stop), 12, seed)
        return state.model.transformer.wte.weight.detach()

    torch.manual_seed(1)
    whole, drawn = after((0, 4)), torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(drawn, torch.rand(1))  # torch's own stream is left as it was
    assert torch.equal(whole, after((0, 1), (1, 4)))
    undropped = State.new(trial.workload.model_copy(update={"dropout": 0.0}), 0, CPU)
    train(undropped, data.train, Train(start=0, stop=4), 12, 0)
    assert not torch.equal(whole, undropped.model.transformer.wte.weight)


def test_removed_weights_stay_zero_under_decay_and_dropout(images_of):
    trial = make(SMALL, {"name": "static_random", "sparsity": 0.8})
    data, state = images_of(trial), State.new(trial.workload, 0, CPU)
    drawn = torch.Generator().manual_seed(0)
    state.put_masks({name: torch.rand(mask.shape, generator=drawn) > 0.8 for name, mask in state.masks.items()})
    for position in range(20):
        train(state, data.train, Train(start=position, stop=position + 1), 20, 0)
        state.check_zeros()


def test_dead_units_by_hand():
    """One value channel that nothing feeds, one that nothing reads, and one unit of the MLP that is both."""
    state = state_of(blocks=1)
    for parameter in state.model.parameters():
        parameter.data.fill_(1)
    state.weight("transformer.h.0.attn.c_attn").data[:, 16 + 3] = 0  # columns: 8 queries, 8 keys, 8 values
    state.weight("transformer.h.0.attn.c_attn").data[:, 5] = 0  # a query is no unit
    state.weight("transformer.h.0.attn.c_proj").data[6] = 0  # rows are inputs
    state.weight("transformer.h.0.mlp.c_fc").data[:, 9] = 0
    state.weight("transformer.h.0.mlp.c_proj").data[9] = 0
    assert dead_neurons(*state.chains) == {
        "dead_neurons/overall": pytest.approx(3 / 40),
        "dead_neurons/transformer.h.0.attn.c_attn": pytest.approx(2 / 8),
        "dead_neurons/transformer.h.0.mlp.c_fc": pytest.approx(1 / 32),
    }


def test_matrices_have_their_outputs_first():
    """Conv1D computes x W + b: what its own forward gives is the oracle."""
    state = state_of()
    for layer in state.layers:
        module, given = state.model.get_submodule(layer.name), torch.randn(2, layer.shape[0])
        expected = torch.nn.functional.linear(given, state.matrices[layer.name], module.bias)
        assert torch.allclose(module(given), expected, atol=1e-6)


def test_a_narrow_network_has_its_heads_and_a_tenth_of_the_weights():
    """Widths of 4 heads, and as near as a unit more or less in each MLP allows."""
    workload = gpt2()
    narrow = workload.narrowed(workload.prunable // 10)
    assert narrow.width % 4 == 0 and len(narrow.layers) == len(workload.layers)
    assert abs(narrow.prunable - workload.prunable // 10) <= 4 * narrow.width
    assert gpt2(**narrow.model_dump(mode="json")) == narrow
    assert narrow.model(0).transformer.h[0].attn.head_dim == narrow.width // 4


def test_a_ticket_thins_all_layers_alike(images_of):
    """`output_rate` is meant for a network's output, which is no prunable layer here."""
    from workloads.run import run_trial
    from workloads.trial import Measured

    trial = make(SMALL, {"name": "lottery_ticket", "rounds": 1, "rate": 0.5})
    *_, measured = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Measured)]
    assert measured.state.kept_counts == {layer.name: layer.size // 2 for layer in trial.workload.layers}


@pytest.mark.long
@pytest.mark.parametrize(
    ("preset", "given", "batch"),
    [("baby", {}, 2), ("small", {"tokenizer": "gpt2", "context": 64}, 1)],  # less context, for the suite's sake
    ids=["baby", "small"],
)
def test_large_presets_take_a_few_steps(preset, given, batch):
    """On tokens drawn at random: what they learn is nothing, but the first loss is that of a guess."""
    state = State.new(gpt2(preset=preset, training={"steps": 2, "batch_size": batch}, **given), 0, CPU)
    vocabulary, width = state.model.transformer.wte.weight.shape
    shorter = (1024 - 64) * width if preset == "small" else 0  # rows of positions
    assert sum(each.numel() for each in state.model.parameters()) == PARAMETERS[preset] - shorter
    context = state.model.transformer.wpe.weight.shape[0]
    windows = Windows(torch.randint(vocabulary, (4 * context,), generator=torch.Generator().manual_seed(0)), context)
    before = {name: weight.detach().clone() for name, weight in state.weights.items()}
    train(state, windows, Train(start=0, stop=2), 2, 0)
    assert state.since_look.loss / 2 == pytest.approx(math.log(vocabulary), rel=0.05)
    assert all(not torch.equal(weight, before[name]) for name, weight in state.weights.items())


def test_a_network_that_has_learnt_one_text_by_heart_writes_it():
    """After a, b comes, then c, then a: drawn at a temperature below 1, the likely is all there is."""
    text, tokenizer = "\nab" * 400, tokens.by_characters(topics.text())  # the network's own characters
    training = {"steps": 150, "batch_size": 8, "lr_schedule": "constant", "optimizer": {"name": "adam", "lr": 0.01}}
    workload = gpt2(**SMALL | {"dropout": 0.0, "width": 16, "training": training})
    data = split(text, tokenizer, (900, 300), 32)
    state = State.new(workload, 0, CPU)
    untrained = sample(state, data, 0)
    train(state, data.train, Train(start=0, stop=150), 150, 0)
    assert sample(state, data, 0) == ("ab\n" * 100)[:300] == sample(state, data, 1)
    assert untrained is not None and len(untrained) == 300


def test_samples_are_drawn_by_the_seed_alone(images_of):
    trial = make(SMALL, {"name": "dense"})
    data, state = images_of(trial), State.new(trial.workload, 0, CPU)
    torch.manual_seed(1)
    first = sample(state, data, 0)
    torch.manual_seed(2)
    assert sample(state, data, 0) == first != sample(state, data, 1)
    digits = make(WORKLOAD_ROWS[0], {"name": "dense"})
    assert sample(State.new(digits.workload, 0, CPU), images_of(digits), 0) is None


def test_keys_of_other_workloads_are_as_before():
    """A field that came later is left out where it says nothing."""
    adamw = {"name": "digits_mlp", "training": {"optimizer": "adamw"}}
    settings = Trial.model_validate({"workload": adamw, "method": "dense", "seed": 0}).settings()
    assert "decayed" not in settings["workload"]["training"]["optimizer"]


@pytest.mark.parametrize(
    "given", [{}, SMALL, {"preset": "baby", "blocks": 2}, {"mlp_width": 100, "blocks": 1}, UNEVEN], ids=str
)
def test_operations_are_those_that_torch_counts(given):
    """Its counter knows the products of the attention where they are computed one by one."""
    workload = gpt2(**given)
    model = workload.model(0).eval()
    context = workload.layers[0].positions
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, context, dtype=torch.int64))
    whole = {layer.name: layer.size for layer in workload.layers}
    assert forward_flops(workload.layers, whole, workload.unpruned) == counter.get_total_flops()


@pytest.mark.parametrize(
    ("given", "share"),
    [({}, 0.177), ({"preset": "baby"}, 0.192), ({"preset": "small", "tokenizer": "gpt2", "context": 256}, 0.404)],
    ids=["tiny", "baby", "small"],
)
def test_a_tenth_of_the_weights_takes_more_than_a_tenth_of_the_operations(given, share):
    """By hand for tiny: 4 x 12 x 128^2 = 786,432 weights at 64 places are 50.3 million multiplications of an example;
    attention's 4 x 2 x 64^2 x 128 are 4.2 million and the head's 64 x 128 x 65 are 0.5 million, which stay:
    (5.03 + 4.73) / (50.33 + 4.73)."""
    workload = gpt2(**given)
    dense, sparse = (
        forward_flops(workload.layers, {layer.name: round(layer.size * density) for layer in workload.layers},
                      workload.unpruned)
        for density in (1.0, 0.1)
    )  # fmt: skip
    assert sparse / dense == pytest.approx(share, abs=6e-4)


def test_a_run_tells_which_operations_no_mask_takes_away(images_of):
    trial = make(SMALL, {"name": "static_random", "sparsity": 0.9})
    ends = {one.name: one.value for one in run_trial(trial, images_of(trial)) if isinstance(one, Record)}
    unpruned, context, width = 2 * trial.workload.unpruned, 32, 8
    characters = trial.workload.declared("stand_in").vocabulary
    assert unpruned == 2 * (2 * 2 * context**2 * width + context * width * characters)
    assert ends["cost/unpruned_flops_per_example"] == unpruned
    kept = round(0.1 * trial.workload.prunable)
    assert ends["cost/flops_per_example"] == pytest.approx(2 * kept * context + unpruned, rel=1e-3)
    assert ends["cost/training_flops"] == cost(trial).training_flops == 12 * 32 * 3 * ends["cost/flops_per_example"]


def test_a_narrower_network_has_fewer_of_them():
    narrow = gpt2(**SMALL).narrowed(300)
    assert 0 < narrow.unpruned < gpt2(**SMALL).unpruned
    trial = make(SMALL, {"name": "small_dense", "sparsity": 0.8})
    narrow = trial.workload.narrowed(round(0.2 * trial.workload.prunable))
    whole = {layer.name: layer.size for layer in narrow.layers}
    assert cost(trial).training_flops == 12 * 32 * 3 * forward_flops(narrow.layers, whole, narrow.unpruned)


def test_blocks_may_differ_in_size():
    """The residual stream is 16 wide in both; of three heads of width 5, and of one, it reads 15 and 5 numbers."""
    model = gpt2(**UNEVEN).model(0)
    layers = [(each.attn.c_attn, each.attn.c_proj, each.mlp.c_fc) for each in model.transformer.h]
    shapes = [[tuple(layer.weight.shape) for layer in block] for block in layers]
    assert shapes == [[(16, 45), (15, 16), (16, 7)], [(16, 15), (5, 16), (16, 20)]]
    assert [(each.attn.num_heads, each.attn.head_dim, each.attn.scaling) for each in model.transformer.h] == [
        (3, 5, 5**-0.5), (1, 5, 5**-0.5)]  # fmt: skip
    assert [(layer.name, model.get_submodule(layer.name).weight.shape) for layer in gpt2(**UNEVEN).layers] == [
        (layer.name, layer.shape) for layer in gpt2(**UNEVEN).layers]  # fmt: skip
    assert gpt2(**gpt2(**UNEVEN).model_dump(mode="json")) == gpt2(**UNEVEN)


def test_blocks_that_do_not_differ_are_those_of_one_number():
    """The same first weights and keys of other trials: a list says nothing new where its numbers are equal."""
    one, all_alike = gpt2(**SMALL), gpt2(**SMALL | {"heads": [2, 2], "head_width": 4, "mlp_width": [32, 32]})
    weights = one.model(0).state_dict()
    assert all(torch.equal(tensor, weights[name]) for name, tensor in all_alike.model(0).state_dict().items())
    assert one.with_units([2, 32, 2, 32]).model_dump(exclude_none=True) == one.model_dump(exclude_none=True) | {
        "mlp_width": 32, "head_width": 4}  # fmt: skip
    assert one.with_units([1, 30, 2, 32]).heads == (1, 2) and "head_width" not in make(SMALL, {"name": "dense"}).key


def test_uneven_blocks_narrow_in_proportion():
    """Of half the width everything has a quarter of its weights."""
    wide = gpt2(**UNEVEN | {"width": 64, "head_width": 20, "mlp_width": [40, 100]})
    narrow = wide.narrowed(wide.prunable // 4)
    assert (narrow.heads, narrow.head_width, narrow.width, narrow.mlp_width) == ((3, 1), 10, 32, (20, 50))
    assert narrow.prunable == wide.prunable // 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"heads": [4, 4]}, r"heads \[4, 4\] has 2 numbers for 4 blocks; give one for each"),
        ({"mlp_width": [4, 4, 4]}, r"mlp_width \[4, 4, 4\] has 3 numbers for 4 blocks; give one for each"),
        ({"heads": [4, 4, 4, 1]}, "heads .* differ between blocks, .*; add head_width"),
        ({"heads": 3}, "use e.g. width: 129, or add head_width"),
    ],
)
def test_sizes_of_blocks_that_cannot_be_are_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        gpt2(**given)
