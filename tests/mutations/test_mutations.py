"""The list of mutations still fits the code. Whether tests fail on them is for `python -m tests.mutations` to say."""

import doctest
from collections import Counter
from functools import cache
from pathlib import Path

from tests.mutations import mutation as mutation_module
from tests.mutations.catalog import MUTATIONS
from tests.mutations.mutation import changed

ROOT = Path(__file__).parents[2]


def test_every_mutation_is_one_token_in_one_place_and_can_be_compiled():
    for mutation in MUTATIONS:
        before, after = (ROOT / mutation.path).read_text(encoding="utf-8"), mutation.applied(ROOT)
        removed, inserted = changed(before, after)
        assert {removed, inserted} in ({1}, {0, 1}), f"{mutation.name}: {inserted} tokens in place of {removed}"
        compile(after, mutation.path, "exec")


def test_names_tell_mutations_apart():
    names = Counter(mutation.name for mutation in MUTATIONS)
    assert max(names.values()) == 1 and len(names) >= 60
    assert all(name.replace("-", "").isalnum() and name == name.lower() for name in names)


def test_every_test_named_is_there():
    text = cache(lambda path: (ROOT / path).read_text(encoding="utf-8"))
    for mutation in MUTATIONS:
        assert mutation.tests, f"{mutation.name} names no test"
        for test in mutation.tests:
            path, _, function = test.partition("::")
            assert (ROOT / path).is_file(), f"{mutation.name}: there is no {path}"
            name = function.partition("[")[0]
            assert not name or f"def {name}(" in text(path), f"{mutation.name}: there is no {name} in {path}"


def test_tokens_are_counted_as_the_examples_say():
    assert doctest.testmod(mutation_module) == (0, 1)
