"""Overlap of the masks of two methods, from masks that are written out."""

import numpy as np
import pytest

from dashboards.numbers.inside.between_methods import alikes
from dashboards.sections.inside.between_methods import SECTION
from tests.dashboards.made_up_methods import trial

ENDS = {"final/test_accuracy": 0.8}


def _run(name, seed, *layers, sparsity=0.5):
    """`x` stands for a weight kept."""
    masks = {f"layer{place}": np.array([[letter == "x" for letter in layer]]) for place, layer in enumerate(layers)}
    return trial(name, sparsity, seed, {"final": (ENDS, {})}, masks)


def test_equal_masks_are_at_one_and_chance_at_zero(stored):
    """4 of 8 weights each: by chance 2 in common, an overlap of 2/6."""
    runs = [_run("rigl", 0, "xxxx...."), _run("gradual", 0, "xxxx...."), _run("set", 0, "xx..xx..")]
    found = {(one.first.label, one.second.label): one for one in alikes(stored(runs))}
    assert found["rigl", "gradual"].excess.mean == 1
    assert found["rigl", "set"].excess.mean == pytest.approx(0)
    assert (found["rigl", "set"].index, found["rigl", "set"].chance) == pytest.approx((1 / 3, 1 / 3))


def test_only_masks_of_one_seed_are_compared(stored):
    """Seed 0: 3 in common, 3/5 where chance gives 1/3, so 0.4 of the way. Seed 1: equal. Seed 2: one method alone."""
    runs = [_run("rigl", 0, "xxxx...."), _run("rigl", 1, "xxxx...."), _run("rigl", 2, "xxxx...."),
            _run("mest", 0, "xxx.x..."), _run("mest", 1, "xxxx....")]  # fmt: skip
    (one,) = alikes(stored(runs))
    assert [overlap.excess for overlap in one.overlaps] == pytest.approx([0.4, 1.0])
    assert (one.excess.n, one.excess.mean) == (2, pytest.approx(0.7))


def test_chance_keeps_as_many_weights_in_each_layer(stored):
    """Layers of 4: both keep 3 and 1, so 9/4 + 1/4 in common by chance, an overlap of 2.5/5.5, not 2/6."""
    (one,) = alikes(stored([_run("rigl", 0, "xxx.", "x..."), _run("mest", 0, "xxx.", ".x..")]))
    assert one.chance == pytest.approx(2.5 / 5.5) and one.index == pytest.approx(3 / 5)


def test_random_masks_and_other_levels_are_left_out(stored):
    runs = [
        _run("rigl", 0, "xxxx...."),
        _run("static_random", 0, "xxxx...."),
        _run("set", 0, "xx......", sparsity=0.75),
    ]
    assert alikes(stored(runs)) == ()


def test_what_is_said_and_drawn(stored):
    runs = [_run("rigl", 0, "xxxx...."), _run("mest", 0, "xxx.x..."), _run("set", 0, "xx..xx..")]
    numbers = SECTION.summarize(stored(runs))
    assert SECTION.finding(numbers) == (
        "At 50 % of the weights, rigl and mest are most alike: 40 % from chance to equal"
    )
    (matrix,) = SECTION.draw(numbers).data
    assert [list(line) for line in matrix.text] == [["40", ""], ["0", "40"]]
    (table,) = SECTION.tables(numbers)
    assert table.rows[0] == ("rigl and mest", "50 %", "60.00 %", "33.33 %", "40.00", "–", "1")
