from dashboards.draw.plain_tables import csv, markdown
from dashboards.draw.section import Table

TABLE = Table(
    "T", ("Method", "Change", "Count", "Interval"),
    (("a, \"b\"", "−0.72 pp", "12,345", "0.3 to 0.4"), ("c|d", "–", "999", "–")), frozenset({"Method"}),
)  # fmt: skip


def test_programs_get_plain_numbers_and_the_unit_in_the_title():
    assert csv(TABLE) == 'Method,Change [pp],Count,Interval\n"a, ""b""",-0.72,12345,0.3 to 0.4\nc|d,,999,\n'


def test_a_column_of_several_units_keeps_them():
    table = Table("T", ("Share",), (("5 %",), ("3 pp",), ("7",)))
    assert csv(table) == "Share\n5 %\n3 pp\n7\n"


def test_numbers_in_words_stay_as_they_are():
    table = Table("T", ("Method",), (("−1,000 %",),), frozenset({"Method"}))
    assert csv(table) == 'Method\n"−1,000 %"\n'


def test_markdown_keeps_what_the_page_shows():
    assert markdown(TABLE) == (
        "| Method | Change | Count | Interval |\n| :-- | --: | --: | --: |\n"
        '| a, "b" | −0.72 pp | 12,345 | 0.3 to 0.4 |\n| c\\|d | – | 999 | – |\n'
    )
