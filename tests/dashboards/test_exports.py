"""What other programs take from results."""

import json

import pytest

from dashboards.exports import files, record
from dashboards.report import chapters
from dashboards.tables import records
from tests.dashboards.made_up import level
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_text import of, texts

SWEEP = level({"name": "dense"}, [0.9] * 5) + level(
    {"name": "static_random", "sparsity": 0.5}, [0.8, 0.81, 0.82, 0.83, 0.84]
)


@pytest.fixture(scope="module")
def results():
    return in_memory(SWEEP, notes="As expected.")


@pytest.fixture(scope="module")
def written(results):
    return dict(files(results))


def test_every_figure_and_table_of_the_page_is_a_file(results, written):
    expected = {"methods.txt", "references.bib"}
    for chapter in chapters(results):
        name = chapter.section.name
        for drawing in chapter.drawings:
            figure = f"figure-{name}-{drawing.name}" if drawing.name else f"figure-{name}"
            expected |= {f"{figure}.svg", f"{figure}.pdf"}
        for place, _ in enumerate(chapter.section.tables(chapter.numbers), 1):
            expected |= {f"table-{name}-{place}.{kind}" for kind in ("csv", "md", "tex")}
    assert set(written) == expected
    assert {"figure-accuracy.svg", "figure-accuracy.pdf", "table-table-1.tex", "table-accuracy-1.csv"} <= expected


def test_what_the_files_hold(written):
    assert written["figure-accuracy.pdf"].startswith(b"%PDF")
    first, row, *_ = written["table-accuracy-2.csv"].decode().splitlines()
    assert first == "Method,Weights left [%],Test accuracy [%],Interval [%],n,Single seeds [%]"
    assert row == "dense,100,90.00,90.00 to 90.00,5,90.00; 90.00; 90.00; 90.00; 90.00"
    assert written["table-accuracy-2.tex"].startswith(b"\\begin{tabular}{lrrrrr}\n\\toprule\nMethod & Weights left")
    assert written["methods.txt"].decode().startswith("The network fashion_mnist_mlp ")
    assert written["references.bib"].startswith(b"@misc{madeup2025,")


def test_the_same_results_give_the_same_files(results, written):
    assert dict(files(results)) == written


def test_all_numbers_are_valid_json(results):
    told = json.loads(json.dumps(record(results), allow_nan=False))
    assert (told["sweep"], told["notes"], told["confidence"]) == ("made-up", "As expected.", 0.95)
    sections = {section["name"]: section for section in told["sections"]}
    assert list(sections) == [chapter.section.name for chapter in chapters(results)]
    assert sections["answer"]["sentences"][0].startswith("dense reaches 90.00 % test accuracy")
    (table,) = sections["table"]["tables"]
    assert table["columns"][:3] == ["Method", "Sparsity", "Test accuracy"] and table["rows"][1][2] == "82.00 %"
    assert told["records"] == records(results) and told["records"][1]["test_accuracy"] == pytest.approx(0.82)


def test_json_has_no_infinity():
    endless = {"final/test_perplexity": float("inf")}
    told = record(in_memory(texts({"name": "dense"}, [of(2.5, **endless)])))
    assert json.loads(json.dumps(told, allow_nan=False))["records"][0]["perplexity"] is None
