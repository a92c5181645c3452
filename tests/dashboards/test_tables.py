from csv import DictReader
from io import BytesIO, StringIO

import numpy as np
import pandas as pd
import pytest

from dashboards.statistics.crossed import crossed
from dashboards.tables import COLUMNS, csv, markdown, parquet, records
from tests.dashboards.made_up import MadeUp, level
from tests.dashboards.made_up_text import DENSE, of, texts
from tests.dashboards.made_up_text import PERSISTENT as ADAPTIVE


@pytest.fixture
def results(stored):
    static = {"name": "static_random", "sparsity": 0.9}
    return stored(
        [*level({"name": "dense"}, [0.9, 0.9]), *level(static, [0.8, 0.82]), MadeUp(static, 2, state="failed")]
    )


def test_markdown(results):
    header, rule, dense, static = markdown(results).splitlines()
    assert header.startswith("| Method | Sparsity | Test accuracy |")
    assert rule.startswith("| :-- | --: |")
    assert dense.startswith("| dense | 0 % | 90.00 % | – | 2 | – | – |")
    assert static == (
        "| static_random | 90 % | 81.00 % | 68.29 to 93.71 | 2 | −9.00 pp | −21.71 to +3.71 | 90.00 % | 1 |"
    )


def test_csv(results):
    dense, static = DictReader(StringIO(csv(results)))
    assert (static["series"], static["sparsity"], static["planned"], static["n"], static["failed"]) == (
        "static_random", "0.9", "3", "2", "1")  # fmt: skip
    assert float(static["test_accuracy"]) == pytest.approx(0.81)
    assert (float(static["difference"]), float(static["twin"])) == pytest.approx((-0.09, 0.9))
    assert static["difference_low_over_examples"] == ""
    assert (dense["difference"], dense["nonzero_parameters"]) == ("", "")


def test_json_and_parquet_hold_what_csv_holds(results):
    rows = records(results)
    assert [list(row) for row in rows] == [list(COLUMNS)] * 2
    assert (rows[0]["difference"], rows[1]["n"], rows[1]["sparsity"]) == (None, 2, 0.9)
    read = pd.read_parquet(BytesIO(parquet(results)))
    pd.testing.assert_frame_equal(read, pd.read_csv(StringIO(csv(results))).astype(COLUMNS), check_exact=True)


def test_columns_without_numbers_keep_their_type(stored):
    planned = stored([MadeUp({"name": "dense"}, 0, state="planned")])
    read = pd.read_parquet(BytesIO(parquet(planned)))
    assert read["test_accuracy"].dtype == float and read["test_accuracy"].isna().all()
    assert records(planned)[0]["test_accuracy"] is None


def test_of_language_models_it_holds_bits_and_no_accuracy(stored):
    half = ADAPTIVE | {"sparsity": 0.5}
    results = stored(texts(DENSE, [of(2.0), of(2.2)]) + texts(half, [of(2.25, 0.5), of(2.45, 0.5)]))
    dense, sparse = records(results)
    assert "test_accuracy" not in sparse and (dense["sparsity"], dense["difference"]) == (0.0, None)
    assert (sparse["series"], sparse["sparsity"], sparse["reached_sparsity"], sparse["n"], sparse["split"]) == (
        "adaptive", 0.5, 0.5, 2, "test")  # fmt: skip
    assert (sparse["bits_per_character"], sparse["difference"], sparse["perplexity"]) == pytest.approx((2.35, 0.25, 4))
    assert sparse["validation_bits_per_character"] == pytest.approx(2.36)
    assert csv(results).splitlines()[0].startswith("series,arm,round,sparsity,planned,n,")
    assert "| Bits per character |" in markdown(results) and "ccuracy" not in markdown(results)


def test_both_intervals_stand_side_by_side(stored):
    """Of eight images the dense network gets all but the last; the sparse one fails at one, one and three more."""
    right = np.array([1, 1, 1, 1, 1, 1, 1, 0], bool)
    lost = np.array([[1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0]], bool)

    def of(method, words):
        return [MadeUp(method, seed, {"final/test_accuracy": own.mean()}, examples={"final": own})
                for seed, own in enumerate(words)]  # fmt: skip

    static = {"name": "static_random", "sparsity": 0.9}
    results = stored(of({"name": "dense"}, [right] * 3) + of(static, right & ~lost))
    header, _, _, row = ([cell.strip() for cell in line.split("|")] for line in markdown(results).splitlines())
    shown, (_, plain) = dict(zip(header, row)), records(results)
    wide = crossed(-lost.astype(float)).interval
    assert shown["Interval [pp]"] == "−56.69 to +15.02"  # 4.302653 times an error of 25 / 3 points
    assert shown["Over examples too [pp]"] == f"−{-100 * wide[0]:.2f} to +{100 * wide[1]:.2f}"
    assert (plain["difference_low_over_examples"], plain["difference_high_over_examples"]) == pytest.approx(wide)
