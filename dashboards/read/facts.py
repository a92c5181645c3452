"""Facts on code, machine and data, as the plan and the runs of a sweep record them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dashboards.read.results import Results
from dashboards.read.series import flattened

MOST_VALUES = 4  # listed values of a fact that differs between runs; beyond, only their number


def facts(results: Results) -> dict[str, Counter[str]]:
    """The values of each fact with their counts. The facts of runs replace those of the plan."""
    counts = {"spec sha256": Counter([results.plan.spec_sha256])}
    counts |= {name: Counter([words(value)]) for name, value in flattened(results.plan.provenance).items()}
    of_runs: dict[str, Counter[str]] = {}
    for record in results.provenance.values():
        for name, value in record.items():
            of_runs.setdefault(name, Counter())[words(value)] += 1
    counts |= of_runs
    if not any(name == "git" or name.startswith("git.") for name in counts):
        counts["git"] = Counter(["not known: the code was not under version control"])
    return counts


def fact_text(values: Mapping[str, int]) -> str:
    """One fact in words; where runs differ, each value and its number of runs.

    >>> fact_text({"1": 2, "2": 1})
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
