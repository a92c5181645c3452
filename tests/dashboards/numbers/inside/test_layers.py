"""What is left in each layer: shares of the full layers, maps of them, and what the page says of them."""

import re
from pathlib import Path

import pytest

import dashboards
from dashboards.numbers.inside.layer_maps import groups, layer_maps
from dashboards.numbers.inside.layers import LayerLeft, layers_left
from dashboards.read.series import Series
from dashboards.sections.inside.layers import COLUMNS, SECTION
from tests.dashboards.made_up import MadeUp

LIGHT, DARK = "#FDFDFB", "#121519"  # pages
TEMPLATES = Path(dashboards.__file__).parent / "templates"


def series(label="one_shot", method=None):
    return Series(label, method or label.split()[0], "#C2501B", "square", "dash", frozenset({("name", label)}))


def left(share, layer="hidden.0", sparsity=0.9, dead=None, full=1000.0, of=None):
    return LayerLeft(of or series(), sparsity, f"{100 * sparsity:g} %", 5, layer, full, full, share, dead, None, None)


def _small(seed):
    """A small dense network with a tenth of the weights, after its twin."""
    dense = {"final/test_accuracy": 0.9, "layer_weights/hidden.0": 1000, "layer_sparsity/hidden.0": 0.0}
    small = dense | {"layer_weights/hidden.0": 100}
    return [MadeUp({"name": "dense"}, seed, dense), MadeUp({"name": "small_dense", "sparsity": 0.9}, seed, small)]


def test_a_small_dense_layer_is_counted_against_the_full_one(stored):
    """Fault 14: nothing in it is zero, and it is a tenth of the layer."""
    results = stored([*_small(0), *_small(1)])
    dense, small = layers_left(results)
    assert (small.weights, small.full, small.density, small.share, small.n) == (100, 1000, 1.0, 0.1, 2)
    assert (dense.full, dense.share) == (1000, 1.0)
    (cell,) = [cell for one in layer_maps((dense, small)) for row in one.rows for cell in row.cells]
    assert (cell.share, cell.shade) == (0.1, 5)


def test_maps_have_a_row_a_layer_and_a_column_a_level_without_twins():
    found = [left(share, layer, sparsity) for layer, first in (("hidden.0", 0.5), ("output", 0.8))
             for sparsity, share in ((0.0, 1.0), (0.5, first), (0.9, first / 10))]  # fmt: skip
    (one,) = layer_maps([*found, left(1.0, of=series("dense"))])
    assert one.levels == (0.5, 0.9)
    assert [(row.layer, [cell.share for cell in row.cells]) for row in one.rows] == [
        ("hidden.0", [0.5, 0.05]), ("output", [0.8, pytest.approx(0.08)])]  # fmt: skip


def test_like_layers_of_many_blocks_share_a_row():
    """25 layers of 12 blocks: 0.1 of 1,000 weights and 0.3 of 3,000 are 1,000 of 4,000 where two blocks differ."""
    names = [f"transformer.h.{block}.{part}" for block in range(12) for part in ("attn.c_attn", "mlp.c_fc")] + ["head"]
    assert list(groups(names)) == ["transformer.h.*.attn.c_attn", "transformer.h.*.mlp.c_fc", "head"]
    second = {"share": 0.3, "full": 3000.0, "dead": 0.24}
    others = {"share": 0.1, "full": 1000.0, "dead": 0.0}
    (one,) = layer_maps([left(layer=name, **(second if ".1." in name else others)) for name in names])
    first = one.rows[0]
    assert (first.layers, len(one.rows)) == (12, 3)
    (cell,) = first.cells
    assert cell.share == pytest.approx((11 * 100 + 900) / (11 * 1000 + 3000))
    assert (cell.dead, cell.extent) == (pytest.approx(0.02), (0.1, 0.3))


def test_the_view_says_each_field_in_words():
    view = SECTION.view((left(0.5, dead=0.123), left(0.0, "hidden.1"), left(0.00882351, "output")))
    ((first,), (second,), (third,)) = [row.fields for row in view.maps[0].rows]
    assert view.maps[0].levels == ("10",) and view.dead
    assert (first.words, first.look, first.dead) == ("50", "s7", "12")
    assert (second.words, second.look) == ("0", "none")
    assert third.words == "0.88"  # fault 12: no share has six digits


@pytest.mark.parametrize(
    ("layers", "finding"),
    [
        ([left(0.1, dead=0.12), left(0.2, "output")],
         "At 90 % sparsity, one_shot leaves 12 % of the units in hidden.0 without connections"),
        ([left(0.03, dead=0.0), left(0.45, "output")],
         "At 10 % of the weights, one_shot keeps 3 % of hidden.0 and 45 % of output"),
        ([left(0.1, dead=0.0), left(0.1, "output")], "No method leaves units without connections"),
        ([left(0.1), left(0.1, "output")], ""),
    ],
)  # fmt: skip
def test_the_finding_names_the_emptiest_layer(layers, finding):
    assert SECTION.finding(tuple(layers)) == finding


def test_words_for_dead_units_are_defined_where_they_stand():
    """Fault 12: the columns say what they count, and the caption what a dead unit is."""
    assert COLUMNS[-3:] == ("Units without connections", "Units on no path from input to output",
                            "Units that are zero on every example")  # fmt: skip
    assert "where no weight comes in or none goes out" in SECTION.caption((left(0.1),))


def test_a_twin_is_called_one_and_shares_are_rounded():
    """Fault 12."""
    (table,) = SECTION.tables((left(0.882351, sparsity=0.0),))
    assert table.rows[0][:2] == ("one_shot", "0 %") and "88.24 %" in table.rows[0]


def _contrast(one, other):
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_on_every_shade_can_be_read_on_light_and_dark_screens():
    style = (TEMPLATES / "layers.css").read_text(encoding="utf-8")
    schemes = re.findall(r"--s0:.*?--on-full: #\w+", style, re.DOTALL)
    assert len(schemes) == 2
    for scheme, page in zip(schemes, (LIGHT, DARK), strict=True):
        colours = dict(re.findall(r"--([\w-]+): ?(#\w{6})", scheme))
        contrasts = [_contrast(colours[f"s{shade}"], colours["on-faint" if shade < 6 else "on-full"])
                     for shade in range(9)]  # fmt: skip
        assert min(contrasts) >= 4.5
        fullness = [_contrast(colours[f"s{shade}"], page) for shade in range(9)]
        assert fullness == sorted(fullness)  # fuller stands out more
