from itertools import combinations
from random import Random

import numpy as np
import pytest

from dashboards import palette
from dashboards.read.appearance import COLOURS, MARKERS, TABLE, Appearance, looks
from tests.dashboards.made_up_methods import METHODS

# Machado, Oliveira & Fernandes 2009, severity 1: linear RGB as those see it who lack one kind of cone.
SIGHTS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def _one(allocation, method="static_random", **more):
    settings = {"workload.name": "fashion_mnist_mlp", "method.name": method, "method.allocation": allocation}
    return frozenset((settings | more).items())


MANY = [_one(f"a{index}", "no_such_method") for index in range(160)]


def test_the_look_of_a_method_is_fixed():
    """Readers of older reports know it; who moves one says why."""
    uniform, erk, small = _one("uniform"), _one("erk"), _one("none", "small_dense")
    assert looks([uniform])[uniform] == Appearance("#12408F", "triangle-down", "dash")
    assert looks([erk])[erk] == Appearance("#1B8259", "diamond", "dot")
    assert looks([small])[small] == Appearance("#8357D6", "triangle-up", "dashdot")


def test_the_look_of_a_method_is_the_same_beside_any_others():
    """The fault: colours and markers changed between reports."""
    erk = _one("erk")
    for others in ([], [_one("uniform")], [_one("none", "gradual"), _one("none", "one_shot")], MANY[:20]):
        assert looks([*others, erk])[erk] == looks([erk])[erk]


def test_no_two_rows_of_the_table_that_meet_in_a_sweep_look_alike():
    """Arms of lottery tickets have the looks of methods that they never meet in one figure."""
    drawn = [look for row, look in TABLE if "arm" not in row]
    assert len(set(drawn)) == len(drawn)


def test_twelve_methods_of_one_sweep_differ_in_their_marker_and_at_most_two_share_a_colour():
    drawn = looks(_one("uniform", name) for name in METHODS).values()
    assert len({look.marker for look in drawn}) == len({(look.colour, look.dash) for look in drawn}) == 12
    assert {colour: [look.colour for look in drawn].count(colour) for colour in COLOURS} == dict.fromkeys(COLOURS, 2)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_keeps_its_look_beside_its_shuffled_control(name):
    """The fault: the control took it, where its hash was the lesser."""
    own, control = _one("uniform", name), _one("uniform", name, **{"method.arm": "shuffled"})
    drawn = looks([control, own])
    assert drawn[own] == looks([own])[own] != drawn[control]


def test_the_order_of_mention_plays_no_part():
    shuffled = Random(0).sample(MANY, len(MANY))
    assert looks(shuffled) == looks(MANY)


@pytest.mark.parametrize("part", ["colour", "marker"])
def test_of_two_series_none_gives_way_without_need(part):
    for pair in combinations(MANY[:12], 2):
        wished = [getattr(looks([one])[one], part) for one in pair]
        got = [getattr(looks(pair)[one], part) for one in pair]
        assert len(set(got)) == 2
        assert sum(mine == wish for mine, wish in zip(got, wished)) == len(set(wished))


def test_what_is_not_the_methods_leaves_the_look_alone():
    one, other = _one("erk"), _one("erk", **{"workload.name": "digits_mlp", "workload.hidden": (32,)})
    assert looks([one])[one] == looks([other])[other]
    both = looks([one, other])
    assert both[one].dash != both[other].dash
    assert (both[one].colour, both[one].marker) == (both[other].colour, both[other].marker)


def test_few_series_share_neither_colour_nor_marker_and_many_no_look():
    for number in range(1, len(COLOURS) + 1):
        drawn = looks(MANY[:number]).values()
        assert len({look.colour for look in drawn}) == len({look.marker for look in drawn}) == number
    assert len({look.marker for look in looks(MANY[: len(MARKERS)]).values()}) == len(MARKERS)
    assert len(set(looks(MANY).values())) == len(MANY)


def test_more_series_than_looks_are_still_drawn():
    assert len(looks(_one(f"a{index}") for index in range(200))) == 200


def test_dense_networks_are_grey_and_differ_in_their_dash():
    usual, other = (_one("none", "dense", **{"workload.hidden": (width,)}) for width in (300, 100))
    assert looks([usual])[usual] == Appearance(palette.DENSE, "circle", "solid")
    drawn = looks([usual, other, *MANY[:20]])
    assert drawn[usual].colour == drawn[other].colour == palette.DENSE and drawn[usual].dash != drawn[other].dash
    assert {drawn[one].colour for one in MANY[:20]} == set(COLOURS)


def _linear(colour):
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    """CIELAB under D65: in it a distance of 2 can just be seen."""
    ratio = TO_XYZ @ np.clip(linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_can_be_told_apart(sight, scheme):
    seen = [_lab(np.array(SIGHTS[sight]) @ _linear(getattr(colour, scheme))) for colour in palette.METHODS]
    apart = [np.linalg.norm(one - other) for one, other in combinations(seen, 2)]
    first = [np.linalg.norm(one - other) for one, other in combinations(seen[:4], 2)]
    assert min(first) >= 18 and min(apart) > 7


@pytest.mark.parametrize(("scheme", "least"), [("light", 4.5), ("dark", 5.8)])
def test_words_in_these_colours_can_be_read_on_the_page_and_on_panels(scheme, least):
    inks = [palette.ROLES[name] for name in ("ink", "soft", "link", "dense", "safe", "open", "lost")]
    for ground in ("page", "panel"):
        light = TO_XYZ[1] @ _linear(getattr(palette.ROLES[ground], scheme)) + 0.05
        for colour in (*inks, *palette.METHODS):
            dark = TO_XYZ[1] @ _linear(getattr(colour, scheme)) + 0.05
            ratio = max(light, dark) / min(light, dark)
            assert ratio >= (least if ground == "page" else least - 0.6), (colour, ground, ratio)


def test_a_pattern_does_not_take_the_look_of_its_method():
    for place in range(8):
        plain, pattern = _one("per_row", "wanda"), _one("per_row", "wanda") | {("method.pattern", f"{place}:8")}
        assert looks([pattern, plain])[plain] == looks([plain])[plain] == Appearance("#12408F", "diamond", "solid")
        assert looks([pattern, plain])[pattern] != looks([plain])[plain]
