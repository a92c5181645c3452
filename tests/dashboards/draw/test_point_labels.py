"""Names beside points: where they go, by hand."""

from dashboards.draw.point_labels import LabelledPanel, Named, places

PANEL = LabelledPanel((0.0, 10.0), (0.0, 10.0), 200.0, 200.0)


def test_a_name_stands_right_of_its_last_point():
    (place,) = places([Named("one", "#000000", ((2.0, 5.0), (5.0, 5.0)))], PANEL)
    assert (place.point, place.direction, place.hidden) == ((5.0, 5.0), (1, 0), 0)
    assert (place.box.left, place.box.bottom) == (108.0, 92.5)  # 8 pixels beside the point; half a line below it


def test_at_the_border_it_stands_on_the_other_side():
    (place,) = places([Named("one", "#000000", ((10.0, 5.0),))], PANEL)
    assert place.direction[0] != 1 and place.box.left + place.box.width <= 200


def test_names_of_points_at_one_place_do_not_meet():
    first, second = places([Named(name, "#000000", ((5.0, 5.0),)) for name in ("one", "two")], PANEL)
    assert not first.box.meets(second.box)


def test_a_name_keeps_off_other_lines():
    crossing = Named("two", "#000000", ((8.0, 1.0), (8.0, 9.0)))
    place, _ = places([Named("one", "#000000", ((6.5, 5.0),)), crossing], PANEL)
    assert place.hidden == 0


def test_without_room_there_are_no_names():
    assert places([Named("n" * 40, "#000000", ((5.0, 5.0),))], PANEL) is None
    assert places([Named("some name", "#000000", ((5.0, 5.0),))] * 30, PANEL) is None
