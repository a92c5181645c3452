"""Parsing YAML: scalars of YAML 1.2, exact places, and an error for all but plain data."""

import math

import pytest

from orchestrator.spec.located import Mark
from orchestrator.spec.source import load, parse
from workloads.errors import SpecError

TOO_LARGE = "is out of range; the limit is 9223372036854775807"


def tree(text):
    return parse(text, "a.yaml", lambda mark: Mark("a.yaml", mark.line + 1, mark.column + 1))


def refusal(text):
    with pytest.raises(SpecError) as caught:
        tree(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1e-3", 0.001), ("-1.5E+2", -150.0), (".5", 0.5), ("5.", 5.0), ("010", 10), ("0o17", 15), ("0x1F", 31),
        ("-7", -7), ("+7", 7), ("no", "no"), ("on", "on"), ("Yes", "Yes"), ("true", True), ("FALSE", False),
        ("~", None), ("null", None), ("", None), ("'1'", "1"), ('"true"', "true"), ("2020-01-01", "2020-01-01"),
        ("1_000", "1_000"), ("12:30", "12:30"), ("0b1", "0b1"), ("1.2.3", "1.2.3"), ("9223372036854775807", 2**63 - 1),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(word, value):
    plain = tree(f"a: {word}").plain["a"]
    assert plain == value and type(plain) is type(value)


def test_infinities_are_numbers_for_the_models_to_refuse():
    low, high, none = tree("[-.inf, .Inf, .NAN]").plain
    assert (low, high, math.isnan(none)) == (-math.inf, math.inf, True)


def test_every_value_and_key_knows_its_place():
    root = tree("a: 1\nb:\n  - x\n  - {c: 2}\n")
    assert str(root.value["a"].mark) == "a.yaml:1:4"
    assert str(root.keys["b"]) == "a.yaml:2:1"
    last = root.value["b"].value[1]
    assert (str(last.mark), str(last.keys["c"]), str(last.value["c"].mark)) == (
        "a.yaml:4:5", "a.yaml:4:6", "a.yaml:4:9"
    )  # fmt: skip


def test_aliases_are_written_out():
    assert tree("a: &x [1, 2]\nb: *x\n").plain == {"a": [1, 2], "b": [1, 2]}


def test_a_file_may_begin_with_a_byte_order_mark_and_a_document_mark(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf--- # first\na: \xc3\xa9\r\n")
    content, root = load(tmp_path / "a.yaml")
    assert root.plain == {"a": "é"} and content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "a.yaml:3:1: key a is given twice; also at a.yaml:1:1; remove one"),
        ("a: {b: 1, 'b': 2}", "a.yaml:1:11: key b is given twice; also at a.yaml:1:5; remove one"),
        ("a: !!python/object/apply:os.system [x]", "a.yaml:1:4: tag tag:yaml.org,2002:python/object/apply:os.system "
         "is not allowed; a sweep holds text, numbers, lists and mappings"),
        ("!x a: 1", "a.yaml:1:1: a key must be plain text"),
        ("[a]: 1", "a.yaml:1:1: a key must be plain text"),
        ("<<: {a: 1}", "a.yaml:1:1: merge keys (<<) are not part of YAML 1.2; write the keys out, or use variants"),
        ("a: *b", "a.yaml:1:4: alias *b has no anchor &b before it"),
        ("a: &a\n  - *a", "a.yaml:2:5: alias *a is inside its own anchor, so it would never end"),
        ("a:\n\t- 1", "a.yaml:2:1: there is a tab here; indent YAML with spaces"),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: a second document begins here; a sweep is one document, so remove the `---`"),
        ("a: [1, 2", "a.yaml:1:9: this is not YAML: expected ',' or ']', but got '<stream end>' "
         "while parsing a flow sequence of line 1"),
        ("a: b: c", "a.yaml:1:5: this is not YAML: mapping values are not allowed here"),
        ("a: 1\nb: \x00", "a.yaml:2:4: character U+0000 is not text; a sweep is a text file"),
        ("a: 9223372036854775808", f"a.yaml:1:4: the whole number 9223372036854775808 {TOO_LARGE}"),
        ("a: " + "9" * 5000, f"a.yaml:1:4: the whole number 99999999999999999999... {TOO_LARGE}"),
        ("[" * 3000, "a.yaml:1:66: this is more than 64 levels deep; a sweep needs far fewer"),
        ("{a: " * 3000, "a.yaml:1:261: this is more than 64 levels deep; a sweep needs far fewer"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text, message):
    assert refusal(text) == message


def test_an_alias_bomb_is_refused_before_it_is_built():
    rows = [f"a{row}: &a{row} [{', '.join([f'*a{row - 1}'] * 10)}]" for row in range(1, 20)]
    # 11, 111, 1,111 and 11,111 nodes in the first four rows: the fifth passes 100,000 at its eighth alias
    bomb = "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *rows])
    message = "a.yaml:5:45: there are more than 100,000 values with aliases expanded; a sweep needs far fewer"
    assert refusal(bomb) == message


def test_aliases_that_only_nest_are_bounded_in_depth():
    chain = "\n".join(["a0: &a0 [x]", *(f"a{row}: &a{row} [*a{row - 1}]" for row in range(1, 100))])
    assert refusal(chain) == "a.yaml:64:12: this is more than 64 levels deep; a sweep needs far fewer"


def test_paths_that_are_not_files(tmp_path):
    for name, message in (
        ("missing.yaml", "there is no such file"),
        (".", "this is a folder; a sweep is one YAML file"),
    ):
        path = tmp_path / name
        with pytest.raises(SpecError) as caught:
            load(path)
        assert str(caught.value) == f"{path}: {message}"


def test_a_device_is_not_read(tmp_path):
    (tmp_path / "a.yaml").symlink_to("/dev/zero")
    with pytest.raises(SpecError, match="this is not a file"):
        load(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", ":1:1: byte 0x89 is not UTF-8; save the sweep as UTF-8 text"),
        ("a: 1\nb: é".encode("latin-1"), ":2:4: byte 0xe9 is not UTF-8; save the sweep as UTF-8 text"),
        (b"PK\x03\x04\x00", ":1:3: character U+0003 is not text; a sweep is a text file"),
        (b"a" * 1_000_001, ": the file has 1,000,001 bytes; a sweep has at most 1,000,000"),
    ],
)
def test_files_that_are_not_text(tmp_path, content, message):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        load(path)
    assert str(caught.value) == f"{path}{message}"
