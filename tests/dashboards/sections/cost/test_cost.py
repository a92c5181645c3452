"""What the section on cost says and draws."""

from dataclasses import replace

import pytest

from dashboards.schema import UNPRUNED
from dashboards.sections.cost.cost import SECTION
from tests.dashboards.made_up_costs import DENSE, cell, four, sized, static, timed, timed_static
from tests.dashboards.made_up_methods import METHODS, twelve
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_text import DENSE as DENSE_TEXT
from tests.dashboards.made_up_text import PERSISTENT, of, texts

SPARSE = PERSISTENT | {"sparsity": 0.9}
SMALL = {"name": "small_dense", "sparsity": 0.9}
SWING = (-0.02, -0.01, 0.0, 0.01, 0.02)


def _numbers(stored, runs):
    return SECTION.summarize(stored(runs))


def _both(times):
    """Five seeds with bytes and with times per epoch, the dense network's first."""
    dense, sparse = sized(DENSE, 0.9, 1000, False, seeds=5), sized(static(0.9), 0.8, 100, True, seeds=5)
    return [
        replace(run, metrics=run.metrics | {"cost/seconds_per_epoch": seconds + SWING[run.seed]})
        for runs, seconds in ((dense, 2.0), (sparse, times)) for run in runs
    ]  # fmt: skip


def _drawings(numbers):
    return {drawing.name: drawing for drawing in SECTION.drawings(numbers)}


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(2.0, "does not make training faster"), (1.0, "makes training faster"), (3.0, "makes training slower")],
)
def test_the_finding_tells_bytes_and_time(stored, seconds, verdict):
    assert SECTION.finding(_numbers(stored, _both(seconds))) == f"Sparsity makes files smaller here. It {verdict}"


def test_the_finding_of_few_seeds_tells_no_speed(stored):
    """Fault 8: with n = 1 a page told "takes 0.67 to 0.88 times"."""
    numbers = _numbers(stored, [run for run in _both(1.0) if run.seed == 0])
    assert SECTION.finding(numbers).endswith("It takes 5 seeds to tell whether training is faster")
    assert "interval" not in SECTION.caption(numbers)
    assert " to " not in " ".join(SECTION.text(numbers))
    marks = _drawings(numbers)["time"].figure.data
    assert [mark.error_x.array for mark in marks] == [None]
    (table,) = SECTION.tables(numbers)
    place = table.columns.index("Of dense's time per epoch (measured)")
    assert [row[place] for row in table.rows] == ["–", "0.49"]  # 0.98 over 1.98 seconds


def test_outcomes_against_measured_seconds_have_filled_marks_and_no_front():
    drawings = _drawings(SECTION.summarize(in_memory(twelve((0.5, 0.9), seeds=1))))
    assert (drawings["operations"].kind, drawings["seconds"].kind) == ("counted", "measured")
    assert drawings["operations"].figure.data[0].name == "Pareto front"
    lines = drawings["seconds"].figure.data
    assert [line.name for line in lines] == ["dense", *METHODS]
    assert not [line.name for line in lines if line.marker.symbol.endswith("-open")]
    assert all(7 <= seconds < 8 for line in lines for seconds in line.x)


def test_a_narrow_network_is_not_called_sparse(stored):
    numbers = _numbers(stored, timed(DENSE, [2.0 + swing for swing in SWING]) + timed(SMALL, [1.0] * 5))
    assert SECTION.finding(numbers) == "A smaller network makes training faster"
    assert not [text for text in SECTION.text(numbers) if "simulated" in text]


def test_simulated_sparsity_is_said_once_and_whose_it_is(stored):
    numbers = _numbers(stored, timed(DENSE, [2.0] * 2) + timed_static(0.9, [2.0] * 2) + timed(SMALL, [1.0] * 2))
    (text,) = SECTION.text(numbers)
    assert text.startswith("Sparsity was simulated with masks, but for small_dense: the machine still multiplied")


def _timed_sparse(levels, seconds=1.0):
    """Two seeds at each sparsity, with the share of steps that left the zeros out."""
    shares = {"sparse_steps/output": 0.0}
    runs = timed(DENSE, [2.0] * 2)
    for sparsity, share in levels.items():
        own = timed_static(sparsity, [seconds] * 2)
        runs += [replace(run, metrics=run.metrics | shares | {"sparse_steps/output": share}) for run in own]
    return runs


def test_networks_whose_zeros_were_left_out_are_named(stored):
    (text,) = SECTION.text(_numbers(stored, _timed_sparse({0.5: 0.0, 0.8: 0.25, 0.9: 1.0, 0.95: 1.0})))
    assert text == (
        "Training left the zeros of these networks out of its products: static_random at 90 % and 95 %. "
        "Training left out the zeros of these in 25 % of the steps: static_random at 80 %. "
        "In the others with zeros sparsity was simulated: the machine still multiplied the zeros."
    )


def test_where_all_zeros_were_left_out_nothing_is_simulated(stored):
    (text,) = SECTION.text(_numbers(stored, _timed_sparse({0.9: 1.0})))
    assert text == "Training left the zeros of these networks out of its products: static_random at 90 %."


def test_training_time_over_sparsity_has_rings_for_simulated_networks(stored):
    numbers = _numbers(stored, _timed_sparse({0.5: 0.0, 0.9: 1.0}))
    drawing = _drawings(numbers)["over-sparsity"]
    assert drawing.kind == "measured"
    line = drawing.figure.data[-1]
    assert list(line.x) == [50.0, pytest.approx(10.0)] and list(line.y) == [0.5, 0.5]
    assert [symbol.endswith("-open") for symbol in line.marker.symbol] == [True, False]
    assert "zeros multiplied" in line.hovertext[0] and "zeros left out" in line.hovertext[1]
    assert "over-sparsity" not in _drawings(_numbers(stored, _timed_sparse({0.9: 1.0})))  # a point is no line


def test_the_table_tells_the_share_of_steps_without_zeros(stored):
    (table,) = SECTION.tables(_numbers(stored, _timed_sparse({0.5: 0.0, 0.9: 0.75})))
    place = table.columns.index("Steps that left zeros out (measured)")
    assert [row[place] for row in table.rows] == ["–", "–", "75 %"]


def test_the_front_in_words(stored):
    said = SECTION.text(_numbers(stored, four() + cell(static(0.8), 0.885, 0.893, 2e5, steps=600)))
    assert said == (
        "By training operations, no cheaper network was more accurate on validation than these: static_random at 95 %, "
        "80 % and 50 %. dense is on the front as the reference; static_random at 50 % is as cheap and as good on "
        "validation. The cheapest of them within 1 pp of the best validation accuracy is static_random at 80 %, with "
        "88.50 % test accuracy for 200\N{NO-BREAK SPACE}thousand operations; the best is static_random at 50 %, with "
        "89.00 % test accuracy for 500\N{NO-BREAK SPACE}thousand operations.",
        "dense trained for 400 steps, static_random for 400 to 600.",
    )


def test_a_network_that_collapsed_leaves_the_figure_to_the_others(stored):
    """Down to 87 %, 4 points; at 20 % another one, which is no member of the front: cheaper ones are better."""
    runs = [*four(), *cell({"name": "one_shot", "sparsity": 0.5}, 0.88, 0.89, 6e5),
            *cell({"name": "one_shot", "sparsity": 0.9}, 0.2, 0.2, 5.5e5)]  # fmt: skip
    numbers = _numbers(stored, runs)
    low, high = _drawings(numbers)["operations"].figure.layout.yaxis.range
    assert 86 < low < 87 and 91 < high < 92
    assert "Networks far behind it are cut off." in SECTION.caption(numbers)
    assert "cut off" not in SECTION.caption(_numbers(stored, four()))


def test_the_dense_network_is_on_the_front_and_has_its_name(stored):
    """Fault 4: fronts left it out. On validation another network beats it here."""
    figure = _drawings(_numbers(stored, four()))["operations"].figure
    front, dense, _ = figure.data
    assert list(front.x) == [5e4, 5e5, 1e6] and list(dense.x) == [1e6]
    assert {note.text for note in figure.layout.annotations} == {"dense", "static_random"}


def test_without_validation_the_dense_network_still_has_its_name(stored):
    numbers = _numbers(stored, cell(DENSE, 0.9, flops=1e6) + cell(static(0.5), 0.9, flops=1e5))
    assert SECTION.text(numbers) == ("Without a validation set there is no front by training operations.",)
    assert "dense" in {note.text for note in _drawings(numbers)["operations"].figure.layout.annotations}


def test_counted_marks_are_hollow_and_measured_ones_filled(stored):
    drawings = _drawings(_numbers(stored, _both(2.0)))
    assert {name: (drawing.kind, drawing.size) for name, drawing in drawings.items()} == {
        "bytes": ("counted", "half"), "time": ("measured", "half")}  # fmt: skip
    counted = [line.marker.symbol for line in drawings["bytes"].figure.data if line.marker.symbol]
    assert counted and all(symbol.endswith("-open") for symbol in counted)
    assert not [line for line in drawings["time"].figure.data if line.marker.symbol.endswith("-open")]


def test_ticks_say_their_unit(stored):
    """Fault 15: ticks were 2, 5, 1G, 2."""
    axis = _drawings(_numbers(stored, four()))["operations"].figure.layout.xaxis
    assert axis.ticktext == ("50<br>thousand", "100<br>thousand", "200<br>thousand", "500<br>thousand", "1<br>million")


def test_equal_bytes_have_a_sensible_axis(stored):
    """Fault 15: an axis ran from 915 to 917 around a constant."""
    runs = sized(DENSE, 0.9, 1000, False) + sized(static(0.5), 0.89, 500, True)
    low, high = _drawings(_numbers(stored, runs))["bytes"].figure.layout.xaxis.range
    assert high - low > 0.3


def test_names_in_the_measured_figure_take_two_lines_at_most(stored):
    """Fault 16: long names took four lines."""
    wide = {"name": "fashion_mnist_mlp", "hidden": [300, 200, 100, 100], "training": {"batch_size": 100}}
    runs = timed(DENSE, [2.0]) + timed_static(0.9, [2.0])
    runs += [replace(run, workload=wide) for run in runs]
    figure = _drawings(_numbers(stored, runs))["time"].figure
    names = [note.text for note in figure.layout.annotations if "static_random" in note.text]
    assert len(names) == 2 and all(name.count("<br>") <= 1 for name in names)


def test_one_row_a_series_with_the_interval_of_one_level(stored):
    """Fault 9: "0.93 to 0.97" was a range over levels."""
    levels = timed_static(0.5, [2.0, 2.2, 2.4]) + timed_static(0.9, [3.0, 3.2, 3.1])
    figure = _drawings(_numbers(stored, timed(DENSE, [2.0] * 3) + levels))["time"].figure
    (mark,) = figure.data
    assert list(mark.x) == [pytest.approx(1.55)]
    assert "static_random at 90\u00a0%" in {note.text for note in figure.layout.annotations}


def test_the_value_beside_a_wide_interval_stays_in_the_figure(stored):
    """Half an interval is 12.7 times the spread of two seeds."""
    numbers = _numbers(stored, timed(DENSE, [2.0] * 2) + timed_static(0.9, [2.0, 6.0]))
    layout = _drawings(numbers)["time"].figure.layout
    (value,) = [note for note in layout.annotations if note.text == "2.00×"]
    assert value.x < layout.xaxis.range[1] - 0.2 * (layout.xaxis.range[1] - layout.xaxis.range[0])


def test_columns_say_what_is_counted_and_what_is_measured(stored):
    (table,) = SECTION.tables(_numbers(stored, _both(2.0)))
    assert table.columns == ("Method", "Sparsity", "Test accuracy", "Training steps (counted)", "Bytes [kB] (counted)",
                             "Seconds per epoch (measured)", "Of dense's time per epoch (measured)", "n")  # fmt: skip
    assert table.rows[1][:6] == ("static_random", "90 %", "80.00 %", "400", "1.6", "2")


def test_memory_of_the_cpu_has_no_column(stored):
    """Fault 10: peak memory of processes that serve several trials is noise."""
    runs = cell(DENSE, 0.9, cost__peak_memory_bytes=2**21)
    on_gpu = [replace(run, provenance={"numerics": {"device": "cuda"}}) for run in runs]
    tables = [SECTION.tables(_numbers(stored, one))[0] for one in (runs, on_gpu)]
    assert ["Peak GPU memory [MiB] (measured)" in table.columns for table in tables] == [False, True]
    assert tables[1].rows[0][-1] == "2.0"


def _ends(flops: float, **more: float) -> dict[str, float]:
    return of(2.5, **{"cost/training_flops": 100 * flops, "cost/flops_per_example": flops, **more})


def _operations(numbers):
    (table,) = SECTION.tables(numbers)
    places = [place for place, name in enumerate(table.columns) if "perations" in name]
    return [tuple(row[place] for place in places) for row in table.rows]


def test_operations_that_were_counted_in_part_are_left_out_and_said_so(stored):
    """Of the dense network one seed is of a version that counted all; of the sparse one none is."""
    dense = [_ends(100.0), _ends(140.0, **{UNPRUNED: 40.0})]
    numbers = _numbers(stored, texts(DENSE_TEXT, dense) + texts(SPARSE, [_ends(10.0)] * 2))
    assert _operations(numbers) == [("14", "140"), ("–", "–")]
    said = " ".join(SECTION.text(numbers))
    assert "The operations of 3 runs are left out: the version that counted them left out the products of" in said


def test_operations_that_were_counted_whole_stand(stored):
    dense, sparse = ([_ends(flops, **{UNPRUNED: 40.0})] * 2 for flops in (140.0, 50.0))
    numbers = _numbers(stored, texts(DENSE_TEXT, dense) + texts(SPARSE, sparse))
    assert [row[1] for row in _operations(numbers)] == ["140", "50"]
    assert "left out:" not in " ".join(SECTION.text(numbers))


def test_without_costs_there_is_nothing_to_say(stored):
    assert SECTION.summarize(stored(cell(DENSE, 0.9, steps=None))) is None


def test_captions_are_short(stored):
    assert len(SECTION.caption(_numbers(stored, _both(2.0))).split()) <= 60
