"""Names in figures."""

from dashboards.draw.names import shortened, two_lines

LONG = "static_random allocation erk, dense_layers first, init_scale fan_in, x"  # 70 characters


def test_a_name_of_seventy_characters_takes_two_lines():
    """Fault 16: it took four."""
    assert len(LONG) == 70
    lines = two_lines(LONG, 22).split("<br>")
    assert lines == ["static_random allocat…", "…init_scale fan_in, x"]
    assert all(len(line) <= 22 for line in lines)


def test_a_short_name_stays_whole():
    assert two_lines("one_shot at 90 %", 22) == "one_shot at 90 %"
    assert shortened("one_shot", 22) == "one_shot"


def test_names_from_outside_are_only_words():
    assert two_lines("<b>", 22) == "&lt;b&gt;"


def test_one_line_is_cut_in_the_middle():
    assert shortened(LONG, 21) == "static_ran…fan_in, x"
