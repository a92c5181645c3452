"""What runs cost, where an older version counted a part of it."""

from dashboards.schema import UNPRUNED
from dashboards.sections.cost.cost import SECTION
from dashboards.words.formats import NONE
from tests.dashboards.made_up_text import DENSE, PERSISTENT, of, texts

SPARSE = PERSISTENT | {"sparsity": 0.9}
OPERATIONS = ("Training operations", "Operations per example")


def ends(flops: float, **more: float) -> dict[str, float]:
    return of(2.5, **{"cost/training_flops": 100 * flops, "cost/flops_per_example": flops, **more})


def shown(numbers) -> dict[str, tuple[str, ...]]:
    (table,) = SECTION.tables(numbers)
    columns = [table.columns.index(name) for name in OPERATIONS]
    return {row[0]: tuple(row[column] for column in columns) for row in table.rows}


def test_operations_that_were_counted_in_part_are_left_out_and_said_so(stored):
    """Of the dense network one seed is of a version that counted all; of the sparse one none is."""
    dense = [ends(100.0), ends(140.0, **{UNPRUNED: 40.0})]
    numbers = SECTION.summarize(stored(texts(DENSE, dense) + texts(SPARSE, [ends(10.0)] * 2)))
    assert list(shown(numbers).values()) == [("14k", "140"), (NONE, NONE)]
    said = " ".join(SECTION.text(numbers))
    assert "The operations of 3 runs are left out: the version that counted them left out the products of" in said


def test_operations_that_were_counted_whole_stand(stored):
    dense, sparse = ([ends(flops, **{UNPRUNED: 40.0})] * 2 for flops in (140.0, 50.0))
    numbers = SECTION.summarize(stored(texts(DENSE, dense) + texts(SPARSE, sparse)))
    assert [row[1] for row in shown(numbers).values()] == ["140", "50"]
    assert "left out:" not in " ".join(SECTION.text(numbers))
