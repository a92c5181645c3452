"""Pairs that were computed differently."""

import json

import pandas as pd

from dashboards.numbers.answer.numerics import AcrossNumerics, across_numerics, sentences
from dashboards.plan_file import PlanFile
from dashboards.read.results import Results

PLAN = PlanFile.model_construct()  # nothing is asked of it


def results(*rows: tuple[str, str | None, dict | None]) -> Results:
    columns = [{"run": run, "twin": twin, "numerics": json.dumps(told) if told else None} for run, twin, told in rows]
    return Results("tiny", PLAN, "", pd.DataFrame(columns), pd.DataFrame(), {})


ONE, MORE = {"precision": "float32", "threads": 1}, {"precision": "float32", "threads": 2, "gpu": "one"}


def test_pairs_count_where_both_say_how_they_were_computed():
    found = across_numerics(results(
        ("a/final", None, ONE), ("b/final", "a/final", ONE), ("c/final", "a/final", MORE),
        ("d/final", "a/final", None), ("e/final", "gone/final", ONE), ("f/final", "d/final", MORE),
    ))  # fmt: skip
    assert found == AcrossNumerics(2, 1, (("gpu", 1), ("threads", 1)))
    assert sentences(found) == [
        "1 of 2 pairs of a run and its dense twin were computed differently: gpu (1) and threads (1). Their "
        "differences are not due to sparsity alone."
    ]


def test_nothing_is_said_where_all_were_computed_alike():
    assert sentences(across_numerics(results(("a/final", None, ONE), ("b/final", "a/final", ONE)))) == []
    older = Results("tiny", PLAN, "", pd.DataFrame([{"run": "a/final", "twin": None}]), pd.DataFrame(), {})
    assert across_numerics(older) == AcrossNumerics(0, 0, ())
