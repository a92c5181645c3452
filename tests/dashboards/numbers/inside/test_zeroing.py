"""What became of zeroed weights, by hand: over applications, over seeds, in layers, in loss and in texts."""

import re
from dataclasses import replace

import pytest

from dashboards.numbers.inside.layers_over_time import PER_ZERO, RELATIVE, REVIVAL, layers_over_time
from dashboards.numbers.inside.survival import AFTER_1, AFTER_10, AFTER_100, PERMANENT, SURVIVED, survivals
from dashboards.numbers.training.losses import Loss, losses
from dashboards.read.series import Series
from dashboards.report import html
from dashboards.sections.inside import layers_over_time as heat_maps
from dashboards.sections.inside import samples, survival
from dashboards.sections.training import losses as loss_figure
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_text import APPLICATIONS, DENSE, FREE, HELD, LAYERS, LOOKS, PERSISTENT, of, sweep, texts

MOST = {"sparsity": 0.9}
SERIES = Series("gradual", "gradual", "#12408F", "circle", "solid", frozenset())


def _zeroed(method, *curves):
    """A trial a seed with these curves."""
    runs = texts(method | MOST, [of(2.0, 0.9)] * len(curves))
    return [replace(one, curves=own) for one, own in zip(runs, curves, strict=True)]


def test_fractions_are_means_over_applications_and_then_over_seeds(stored):
    first = {AFTER_1: {10: 1.0, 20: 0.5}, SURVIVED: {10: 0.25}}
    second = {AFTER_1: {10: 0.5, 20: 0.5}, SURVIVED: {10: 0.75}}
    (found,) = survivals(stored(_zeroed(FREE, first, second)))
    assert (found.overall[AFTER_1].mean, found.overall[AFTER_1].n) == (0.625, 2)  # of 0.75 and 0.5
    assert found.by_step == {AFTER_1: {10: 0.75, 20: 0.5}, SURVIVED: {10: 0.5}}
    assert (found.target, found.n, found.revived, found.followed) == (0.9, 2, 0.625, AFTER_1)


def test_revival_is_told_as_late_as_it_was_followed(stored):
    (found,) = survivals(stored(_zeroed(FREE, {AFTER_1: {10: 1.0}, AFTER_10: {10: 0.5}, AFTER_100: {10: 0.25}})))
    assert (found.followed, found.revived) == (AFTER_100, 0.25)


def test_the_application_that_is_held_does_not_count_with_those_that_are_let_go(stored):
    curves = {AFTER_1: {10: 1.0, 20: 0.5, 30: 0.0}, PERMANENT: {10: 0.5, 20: 0.75}}
    held, free, persistent = survivals(stored(
        _zeroed(HELD, curves) + _zeroed(FREE, curves) + _zeroed(PERSISTENT, curves)))  # fmt: skip
    assert (held.overall[AFTER_1].mean, held.overall[PERMANENT].mean) == (0.75, 0.625)
    assert held.by_step[AFTER_1] == {10: 1.0, 20: 0.5, 30: 0.0}
    assert free.overall[AFTER_1].mean == persistent.overall[AFTER_1].mean == 0.5
    assert (held.persistent, free.persistent, persistent.persistent) == (False, False, True)


def test_masks_that_hold_are_an_invariant_and_masks_that_do_not_are_an_error(stored):
    def said(revived):
        results = stored(_zeroed(PERSISTENT, {AFTER_1: {10: revived}}))
        return survival.SECTION.text(survival.SECTION.summarize(results))

    assert said(0.0) == ("adaptive: no weight came back, because its masks hold their zeros: an invariant, not a "
                         "finding.",)  # fmt: skip
    assert said(0.5) == ("adaptive, to 90 %: 50.00 % of the zeroed weights came back although the masks hold them; "
                         "something is wrong with these runs.",)  # fmt: skip


def test_losses_know_the_looks_right_after_zeroing(stored):
    found = {(one.series.label, one.target): one for one in losses(stored(sweep(seeds=2)))}
    dense, held = found["dense", 0], found["adaptive held, zero_once", 0.9]
    assert dense.steps == LOOKS and not dense.applications
    assert held.steps == (100, 150, 200, 250, 300, 350, 400) and held.applications == set(APPLICATIONS)
    assert held.values[1] == pytest.approx(4 - 150 / 250 + 0.005) and held.n == 2
    assert found["adaptive free, zero_once, rezeroed", 0.5].steps == (400,)


def test_a_marker_is_drawn_where_weights_are_set_to_zero(stored):
    drawn = loss_figure.SECTION.draw(losses(stored(sweep())))
    line = next(one for one in drawn.data if one.name == "adaptive held, persistent" and not one.showlegend)
    assert list(line.marker.size) == [0, 8, 0, 8, 0, 8, 0]


def test_layers_are_told_at_the_greatest_sparsity_and_ranks_beside_the_twin(stored):
    """The twin has a rank of 8 in every layer, and none at the first evaluation."""
    found = layers_over_time(stored(sweep(seeds=2)))
    assert [(one.series.label, one.target, one.n) for one in found] == [
        ("adaptive held, persistent", 0.9, 2), ("adaptive held, zero_once", 0.9, 2),
        ("adaptive free, zero_once", 0.9, 2)]  # fmt: skip
    held = found[1]
    assert held.means[RELATIVE] == {(layer, step): pytest.approx((6 - place) / 8)
                                    for place, layer in enumerate(LAYERS) for step in LOOKS[1:]}  # fmt: skip
    assert held.means[REVIVAL][LAYERS[0], 200] == 0.5 and held.steps(REVIVAL) == [200, 300, 400]
    drawings = heat_maps.SECTION.drawings(heat_maps.Numbers(found[:1], ()))
    assert [one.name for one in drawings] == ["revival", "dead", "rank"]
    (maps,) = drawings[0].figure.data
    assert list(maps.y) == ["attn.c_attn", "mlp.c_fc"]


def test_gradients_at_zeros_are_told_per_zero_weight(stored):
    """A norm of 0.1 over a quarter of 400 weights: 0.1 over the square root of 100; of the other layer 0.2 over 10."""
    sizes = {f"layer_weights/{layer}": 400 for layer in LAYERS}
    runs = [replace(one, metrics={**one.metrics, **sizes}) for one in sweep(seeds=1)]
    (held,) = [one for one in layers_over_time(stored(runs)) if one.series.label == "adaptive held, zero_once"]
    assert held.means[PER_ZERO] == {(layer, step): pytest.approx(0.01 * (1 + place))
                                    for place, layer in enumerate(LAYERS) for step in APPLICATIONS}  # fmt: skip


def test_ranks_at_the_end_stand_beside_those_of_chance(stored):
    """4 and 3 beside the twin's 8 and 8, and 5 and 6 under random masks: sqrt(4/8 x 3/8) and sqrt(4/5 x 3/6)."""
    own = {f"effective_rank/{layer}": rank for layer, rank in zip(LAYERS, (4.0, 3.0))}
    chance = {f"effective_rank_by_chance/{layer}": rank for layer, rank in zip(LAYERS, (5.0, 6.0))}
    followed = {f"layer_revival/{LAYERS[0]}": {100: 0.0, 200: 0.0}}
    dense = texts(DENSE, [of(2.0, **{f"effective_rank/{layer}": 8.0 for layer in LAYERS})] * 2)
    sparse = [replace(one, curves=followed | {AFTER_1: {10: 0.0}})
              for one in texts(PERSISTENT | MOST, [of(2.1, 0.9, **own, **chance)] * 2)]  # fmt: skip
    numbers = heat_maps.SECTION.summarize(stored(dense + sparse))
    assert [(one.layer, one.rank, one.twin, one.by_chance) for one in numbers.ranks] == [
        (LAYERS[0], 4, 8, 5), (LAYERS[1], 3, 8, 6)]  # fmt: skip
    assert heat_maps.SECTION.text(numbers) == (
        "adaptive, to 90 %: over its layers the effective rank ends at 0.43 times the dense twin's (geometric mean), "
        "and at 0.63 times that of the twin's weights under random masks that keep as many.",
    )
    *_, table = heat_maps.SECTION.tables(numbers)
    assert table.rows[0][2:] == (LAYERS[0], "4.0", "8.0", "5.0")


def test_one_text_of_each_cell_by_the_first_seed_that_all_have(stored):
    runs = [replace(one, texts={}) if one.seed == 0 and one.method == DENSE else one for one in sweep(seeds=3)]
    numbers = samples.SECTION.summarize(stored(runs))
    assert numbers.seeds == {1}
    shown = samples.SECTION.samples(numbers)
    assert [one.title for one in shown][:3] == ["dense", "adaptive held, persistent, to 50 %",
                                                "adaptive held, persistent, to 90 %"]  # fmt: skip
    assert (shown[2].words, shown[2].note) == ("<final> of\nthe 0.9 & seed 1", "2.600 bits per character")
    assert len(shown) == 1 + 4 * 2


def test_texts_are_only_words_and_keep_their_lines(spoken):
    written = re.findall(r"<pre>(.*?)</pre>", html(spoken), re.DOTALL)
    assert "&lt;rezeroed&gt; of\nthe 0.9 &amp; seed 0" in written
    assert not any("<" in one for one in written)


def test_where_nothing_is_zeroed_time_and_again_these_sections_are_silent(rich):
    sections = (survival, loss_figure, heat_maps, samples)
    assert [one.SECTION.summarize(rich) for one in sections] == [None] * 4


def test_losses_are_counted_per_token_or_per_example(stored):
    curves = {"val/loss": {100: 1.0}, AFTER_1: {50: 1.0}}
    images = [MadeUp(HELD | MOST, 0, {"final/test_accuracy": 0.9}, curves)]
    found = [loss_figure.SECTION.summarize(results) for results in (stored(sweep(1)), stored(images))]
    captions = [loss_figure.SECTION.caption(numbers) for numbers in found]
    assert ["nats per token" in one for one in captions] == [True, False]
    assert "nats per example" in captions[1] and "per token" not in str(loss_figure.SECTION.draw(found[1]).layout)


def test_what_ranking_alone_does_stands_beside_it(stored):
    ranked = PERSISTENT | {"masks": "ranked"}
    zeroed = [{PERMANENT: {10: 0.9 + 0.01 * seed, 20: 1.0}} for seed in range(3)]
    alone = [{PERMANENT: {10: 0.6 + 0.01 * seed, 20: 0.8}} for seed in range(3)]
    results = stored(_zeroed(FREE, *zeroed) + _zeroed(ranked, *alone) + _zeroed(PERSISTENT, {AFTER_1: {10: 0.0}}))
    numbers = survival.SECTION.summarize(results)
    *_, said = survival.SECTION.text(numbers)
    assert said == (
        "adaptive free, zero_once, to 90 %: 95.50 % (94.26 % to 96.74 %) of the weights that an application set to "
        "zero are chosen by every later one. Of weights that are chosen and left alone, 70.50 % (69.26 % to 71.74 %) "
        "are."
    )
    assert "(ranked: that it chose and left alone)" in survival.SECTION.caption(numbers)
    assert "ranked" not in survival.SECTION.caption(survival.SECTION.summarize(stored(_zeroed(FREE, *zeroed))))


def test_findings_of_zeroed_weights_follow_from_the_numbers(stored):
    """Free weights come back in full 10 steps later; layers take back at most all of their zeros."""
    results = stored(sweep(seeds=2))
    findings = [one.SECTION.finding(one.SECTION.summarize(results)) for one in (survival, heat_maps, samples)]
    assert findings == [
        "100 % of the weights set to zero are nonzero 10 steps later (adaptive held, zero_once, to 50 %)",
        "Between two looks, at most 100 % of the zeros in mlp.c_fc come back (adaptive held, zero_once)",
        "What 9 networks of seed 0 write, with nothing selected",
    ]
    held = survival.SECTION.summarize(stored(_zeroed(PERSISTENT, {AFTER_1: {10: 0.0}})))
    assert survival.SECTION.finding(held) == "Masks hold every weight that is set to zero"


def test_the_rise_of_a_loss_at_an_application_is_from_the_look_before():
    loss = Loss(SERIES, 0.9, (10, 20, 30), (1.0, 1.5, 0.9), frozenset({20}), n=1, unit="nats per example")
    assert loss.rises == (0.5,)
    assert loss_figure.SECTION.finding((loss,)) == (
        "To 90 % sparsity, setting weights to zero raises validation loss by at most 0.5 (gradual)")  # fmt: skip
    flat = replace(loss, values=(1.0, 0.9, 0.8))
    assert "never raises the validation loss" in loss_figure.SECTION.finding((flat,))
