"""What a sweep's figures rest on: what its plan and its runs say of code, machine and data."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dashboards.read.results import Results
from dashboards.read.series import flattened

MOST_VALUES = 4  # of a fact on which runs differ, named one by one


def facts(results: Results) -> dict[str, Counter[str]]:
    """What is said of each fact and how often: the plan's facts, then those of the runs, which know better."""
    found = {"spec sha256": Counter([results.plan.spec_sha256])}
    found |= {name: Counter([words(value)]) for name, value in flattened(results.plan.provenance).items()}
    of_runs: dict[str, Counter[str]] = {}
    for told in results.provenance.values():
        for name, value in told.items():
            of_runs.setdefault(name, Counter())[words(value)] += 1
    found |= of_runs
    if not any(name == "git" or name.startswith("git.") for name in found):
        found["git"] = Counter(["not known: the code was not under version control"])
    return found


def said(values: Mapping[str, int]) -> str:
    """One fact in words; where runs differ, what they say and how many of them.

    >>> said({"1": 2, "2": 1})
    '1 (2 runs); 2 (1 run)'
    """
    if len(values) == 1:
        return next(iter(values))
    if len(values) > MOST_VALUES:
        return f"{len(values)} different values"
    return "; ".join(f"{value} ({runs} {'run' if runs == 1 else 'runs'})" for value, runs in sorted(values.items()))


def words(value: Any) -> str:
    """A fact's value as text.

    >>> words((True, 2))
    'yes, 2'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(words(part) for part in value) if isinstance(value, tuple) else str(value)
