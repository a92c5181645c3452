"""What networks did example by example, as the store holds it, and differences that rest on it."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from dashboards.numbers.answer.limits import limits
from dashboards.numbers.cells.cells import cells
from dashboards.read.examples import examples_at
from dashboards.read.merged import merged
from dashboards.sections.answer import accuracy, answer
from dashboards.statistics.crossed import crossed
from tests.dashboards.made_up import MadeUp, write_correct, write_nats
from tests.dashboards.made_up_ladder import Ladder, Rung
from tests.dashboards.made_up_text import DENSE as TEXT_DENSE
from tests.dashboards.made_up_text import PERSISTENT, of, texts

DENSE, STATIC = {"name": "dense"}, {"name": "static_random", "sparsity": 0.9}
RIGHT = {0: "xxxxxxxx.x", 1: "xxxx.xxxxx", 2: "xxxxxxx..x"}  # by seed, of ten images
WORSE = {0: "xxxxxx...x", 1: "xx.x.xx..x", 2: "xxxx.xx..."}


def _correct(word):
    return np.array([letter == "x" for letter in word])


def _runs(method, words, **more):
    return [MadeUp(method, seed, {"final/test_accuracy": _correct(word).mean()}, examples={"final": _correct(word)},
                   **more) for seed, word in words.items()]  # fmt: skip


def test_packed_bits_are_read(tmp_path):
    write_correct(tmp_path / "final.examples.safetensors", _correct(RIGHT[0]))
    found = examples_at((tmp_path / "final.examples.safetensors").as_uri())
    assert (found.split, found.count, found.values.tolist()) == ("test", 10, [1, 1, 1, 1, 1, 1, 1, 1, 0, 1])


def test_windows_of_text_average_to_the_bits_of_the_whole(tmp_path):
    """30 nats over 20 characters are 30 / (20 ln 2) bits each; the last window is shorter and counts as much."""
    write_nats(tmp_path / "a", np.array([12.0, 12.0, 6.0], np.float32), characters=20)
    found = examples_at(str(tmp_path / "a"))
    assert found.values.mean() == pytest.approx(30 / (20 * log(2)))
    assert found.values[2] == pytest.approx(6 * 3 / (20 * log(2)))


def test_what_is_not_there_broken_or_too_short_is_nothing(tmp_path):
    assert examples_at(str(tmp_path / "none")) is None
    assert examples_at("mlflow-artifacts:/0/1/artifacts/final.examples.safetensors") is None
    (tmp_path / "broken").write_bytes(b"\x08\0\0\0\0\0\0\0not json")
    write_correct(tmp_path / "short", _correct(RIGHT[0]), count=17)
    write_correct(tmp_path / "odd", _correct(RIGHT[0]), count="many")
    assert [examples_at(str(tmp_path / name)) for name in ("broken", "short", "odd")] == [None] * 3


def test_a_difference_is_estimated_over_seeds_and_over_both(stored):
    _, cell = cells(stored(_runs(DENSE, RIGHT) + _runs(STATIC, WORSE)))
    table = [_correct(WORSE[seed]).astype(float) - _correct(RIGHT[seed]) for seed in RIGHT]
    expected = crossed(table, 0.95)
    assert cell.difference.mean == pytest.approx(-7 / 30) == cell.difference.over_examples.mean
    assert (cell.difference.over_examples.error, cell.difference.over_examples.freedom) == (
        pytest.approx(expected.error), pytest.approx(expected.freedom))  # fmt: skip
    assert cell.difference.judged_over == (cell.difference, cell.difference.over_examples)
    assert cell.twins == pytest.approx((0.9 + 0.9 + 0.8) / 3)


def test_where_one_pair_lacks_them_the_interval_over_seeds_stands_alone(stored):
    one, *others = _runs(DENSE, RIGHT)
    _, cell = cells(stored([replace(one, examples={}), *others, *_runs(STATIC, WORSE)]))
    assert cell.difference.n == 3 and cell.difference.over_examples is None
    assert cell.difference.judged_over == (cell.difference,)


@pytest.mark.parametrize("other", [{"split": "val"}, {"examples": {"final": _correct(RIGHT[0] + "xx")}}])
def test_other_splits_and_other_numbers_are_not_compared(stored, other):
    one, *others = _runs(DENSE, RIGHT)
    _, cell = cells(stored([replace(one, **other), *others, *_runs(STATIC, WORSE)]))
    assert cell.difference.over_examples is None


def test_the_draws_of_a_control_count_once_example_by_example(stored):
    def ticket(seed):
        rungs = [Rung(0, 0.0, {"final/test_accuracy": 0.9})]
        for draw, word in ((None, RIGHT[seed]), (1, WORSE[seed]), (2, RIGHT[seed])):
            rungs.append(Rung(1, 0.5, {"final/test_accuracy": _correct(word).mean()}, draw=draw,
                              arm="reinit" if draw else "main", examples=_correct(word)))  # fmt: skip
        return Ladder({"name": "lottery_ticket", "levels": [0.5]}, seed, tuple(rungs))

    *_, control = cells(stored([ticket(seed) for seed in RIGHT]))
    table = [(_correct(WORSE[seed]).astype(float) - _correct(RIGHT[seed])) / 2 for seed in RIGHT]
    assert control.difference.over_examples.error == pytest.approx(crossed(table).error)
    assert control.difference.mean == pytest.approx(-3.5 / 30)


def test_bits_are_estimated_over_windows(stored):
    nats = {0: [20.0, 22.0, 9.0], 1: [21.0, 21.0, 10.0]}

    def end(seed, sparsity, more):
        windows = np.array(nats[seed], np.float32) + np.array(more, np.float32)
        return of(float(windows.sum()) / (40 * log(2)), sparsity), windows

    runs = []
    for method, sparsity, more in ((TEXT_DENSE, 0.0, [0, 0, 0]), (PERSISTENT | {"sparsity": 0.5}, 0.5, [1, 2, 3])):
        ends = [end(seed, sparsity, more) for seed in nats]
        runs += [replace(run, examples={"final": windows}, characters=40)
                 for run, (_, windows) in zip(texts(method, [metrics for metrics, _ in ends]), ends)]  # fmt: skip
    _, cell = cells(stored(runs))
    per_nat = 3 / (40 * log(2))
    table = np.array([[1, 2, 3], [1, 2, 3]]) * per_nat
    assert cell.difference.mean == pytest.approx(2 * per_nat) == cell.difference.over_examples.mean
    assert cell.difference.over_examples.error == pytest.approx(crossed(table).error, rel=1e-5)
    assert cell.gain.over_examples.mean == pytest.approx(-2 * per_nat)


def test_several_sweeps_keep_the_examples_of_their_own_networks(sweep):
    a, b = sweep("a", _runs(DENSE, RIGHT) + _runs(STATIC, WORSE)), sweep("b", _runs(DENSE, WORSE, network="another"))
    both = merged([a, b])
    run = next(run for run in a.examples if run.startswith(_runs(DENSE, RIGHT)[0].key))
    assert (both.examples[run].values == a.examples[run].values).all() and len(both.examples) == 6


def _on_many(method, losses, best):
    """Of 400 images all are right but the first ones: as many as are lost at every seed, of which best ones regain."""

    def of(seed, lost):
        correct = np.arange(400) >= lost
        return MadeUp(method, seed, {"final/test_accuracy": correct.mean(), "best/test_accuracy": best},
                      examples={"final": correct})  # fmt: skip

    return [of(seed, lost) for seed, lost in enumerate(losses)]


def test_safety_rests_on_seeds_and_examples_and_says_so(stored):
    """Two images lost at every seed, half a point of 400: surely less than 1 point for these images, not for others."""
    runs = _on_many(DENSE, [0] * 5, 1.0) + _on_many(STATIC, [2, 2, 2, 2, 3], 0.995)
    results = stored(runs)
    (one,) = limits([cell for cell in cells(results) if not cell.series.dense], 0.01, 0.95)
    assert one.last.safe is None and one.over_seeds.safe is not None and one.agree
    (said,) = [text for text in answer.SECTION.text(answer.SECTION.summarize(results)) if "no level tried" in text]
    assert "no level tried, judged over seeds and examples. At 90 % the difference is −0.55 pp" in said
    assert "5 seeds cannot rule out a loss of more than 1 pp" in said
    assert "over seeds, " in said and " over seeds and examples)" in said and "best checkpoint" not in said
    (row,) = accuracy.SECTION.tables(accuracy.SECTION.summarize(results))[0].rows
    assert row[:3] == ("static_random", "no level", "seeds and examples")
