"""Where a first layer's weights are."""

import numpy as np
import pytest

from dashboards.numbers.inside.inputs import SIDES, chosen, inputs
from dashboards.sections.inside.inputs import SECTION
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_ladder import Ladder, Rung
from workloads.data.declared import DATA_SETS

DIGITS = {"name": "digits_mlp"}
GRADUAL = {"name": "gradual", "sparsity": 0.9}
OUTPUT = np.eye(10, 10, dtype=bool)


def _picture(*rows):
    """(8, 8), from words of 8 letters."""
    return np.array([[letter == "x" for letter in row] for row in rows])


CENTRE = _picture(*["........"] * 2, *["..xxxx.."] * 4, *["........"] * 2)
CORNER = _picture("x.......", *["........"] * 7)


def _runs(*masks, workload=DIGITS, method=GRADUAL):
    """A seed for each mask of the first layer."""
    return [MadeUp(method, seed, {"final/test_accuracy": 0.9}, workload=workload,
                   masks={"hidden.0": mask, "output": OUTPUT}) for seed, mask in enumerate(masks)]  # fmt: skip


def _layer(*units):
    return np.array([unit.reshape(-1) for unit in units])


def test_sides_are_those_of_the_declared_pictures():
    assert {name: side**2 for name, side in SIDES.items()} == {name: DATA_SETS[name].features for name in SIDES}


def test_weights_are_counted_pixel_by_pixel(stored):
    # Two units: both look at the centre in one seed; in the other one does, and one sees the corner alone.
    (one,) = inputs(stored(_runs(_layer(CENTRE, CENTRE), _layer(CENTRE, CORNER))))
    assert (one.seeds, one.units, one.pixels, one.round) == (2, 2, 64, None)
    assert (one.weights == 1.5 * CENTRE + 0.5 * CORNER).all()
    assert one.density == pytest.approx((32 + 17) / 2 / 128)
    assert one.centre == pytest.approx((32 + 16) / 2 / 32)
    assert one.border == pytest.approx(0.5 / (2 * 28))  # of 28 pixels around the edge
    assert one.blind == (48 + 47) / 2
    assert one.relative.mean() == pytest.approx(1)


def test_a_rung_has_its_round_and_a_control_none(stored):
    def ladder(seed):
        masks = {"hidden.0": _layer(CENTRE), "output": OUTPUT}
        rungs = (Rung(0, 0.0, masks={"hidden.0": np.ones((1, 64), bool)}), Rung(1, 0.75, {"final/sparsity": 0.75},
                 masks=masks), Rung(1, 0.75, arm="random", draw=1, masks=masks))  # fmt: skip
        return Ladder({"name": "lottery_ticket", "levels": [0.75]}, seed, rungs, workload=DIGITS)

    (one,) = inputs(stored([ladder(0), ladder(1)]))
    assert (one.series.label, one.sparsity, one.round, one.seeds) == ("lottery_ticket", 0.75, 1, 2)
    assert (one.density, one.centre, one.border) == (0.25, 1, 0)


@pytest.mark.parametrize(
    ("workload", "masks"),
    [
        (DIGITS, {}),
        (DIGITS, {"hidden.0": np.ones((2, 64), bool)}),  # nothing of it removed
        (DIGITS, {"hidden.0": np.zeros((2, 64), bool)}),  # nothing left
        (DIGITS, {"hidden.0": np.eye(2, 49, dtype=bool), "hidden.1": np.eye(2, 64, dtype=bool)}),
        ({"name": "fashion_mnist_mlp"}, {"hidden.0": _layer(CENTRE)}),  # 64 inputs, but no picture of that size
        ({"name": "fashion_mnist_cnn"}, {"convs.0": np.ones((4, 1, 3, 3), bool), "hidden.0": np.eye(3, 784) > 0}),
    ],
)
def test_other_layers_are_no_pictures(stored, workload, masks):
    run = MadeUp(GRADUAL, 0, {"final/test_accuracy": 0.9}, workload=workload, masks=masks)
    assert SECTION.summarize(stored([run])) is None


def test_few_sparsities_are_drawn_evenly_over_log_density(stored):
    levels = (0.1, 0.2, 0.5, 0.6, 0.75, 0.875)
    runs = [run for level in levels for run in _runs(_layer(CENTRE), method={**GRADUAL, "sparsity": level})]
    found = list(inputs(stored(runs)))
    assert [one.sparsity for one in chosen(found, 6)] == list(levels)
    assert [one.sparsity for one in chosen(found, 3)] == [0.1, 0.6, 0.875]  # 0.335 is halfway from 0.9 to 0.125
    numbers = SECTION.summarize(stored(runs))
    assert len(SECTION.draw(numbers).data) == 4 and len(SECTION.tables(numbers)[0].rows) == 6


def test_text_table_and_figure(stored):
    numbers = SECTION.summarize(stored(_runs(_layer(CENTRE, CENTRE), _layer(CENTRE, CORNER))))
    assert SECTION.text(numbers) == (
        "gradual at 90 % sparsity: of the first layer's weights 19.14 % are left, of those in the centre of the "
        "picture 75.00 %, of those at its border 0.89 %; 47.5 of 64 inputs have none left.",)  # fmt: skip
    (table,) = SECTION.tables(numbers)
    assert table.rows == (("gradual", "90 %", "–", "19.14 %", "75.00 %", "0.89 %", "47.5", "2"),)
    (picture,) = SECTION.draw(numbers).data
    assert np.isnan(picture.z).sum() == 47 and np.nanmax(picture.z) == pytest.approx(1.5 / (24.5 / 64))
    assert "(n = 2)" in SECTION.caption(numbers)


def test_where_random_masks_keep_weights_is_no_finding(stored):
    """Fault 13: they keep weights anywhere."""
    runs = _runs(_layer(CENTRE, CORNER), method={"name": "static_random", "sparsity": 0.9})
    assert SECTION.summarize(stored(runs)) is None


@pytest.mark.parametrize(
    ("masks", "finding"),
    [
        ((CENTRE, CORNER), "keeps 28 times as many in the picture's centre as at its border"),  # 16 of 32 and 1 of 56
        ((CENTRE, CENTRE), "leaves none at its border"),
        ((CORNER, CORNER), "leaves none in its centre"),
    ],
)
def test_the_finding_compares_centre_and_border(stored, masks, finding):
    numbers = SECTION.summarize(stored(_runs(_layer(*masks))))
    assert SECTION.finding(numbers) == f"At 10 % of the weights, gradual {finding}"
