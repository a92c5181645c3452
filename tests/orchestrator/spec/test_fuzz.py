"""Any text in a spec is planned, or refused with the place of each mistake: quickly, and without a traceback.

SPARSITY_FUZZ is the number of random specs. Without it there are 300, the same in every run.
"""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from orchestrator.cli import plan_view
from orchestrator.plan.planning import plan
from orchestrator.spec.reading import read
from orchestrator.store.folders import ResultsFolder
from tests.orchestrator.spec_edits import edited_specs
from workloads.errors import SpecError

CASES = os.environ.get("SPARSITY_FUZZ")
LIMIT = 20  # CPU seconds for one spec
PLACED = re.compile(r"a\.yaml(:\d+:\d+)?: \S.*|and \d+ more")


@contextmanager
def limited() -> Iterator[None]:
    """Raise TimeoutError in the body after LIMIT."""

    def late(*_: object) -> None:
        raise TimeoutError(f"more than {LIMIT} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """The path of the spec."""
    return tmp_path_factory.mktemp("fuzz") / "a.yaml"


def outcome(path: Path, text: str) -> list[str]:
    """The lines that `plan` prints for a spec, or those of its error."""
    path.write_text(text, encoding="utf-8", newline="")
    with limited():
        try:
            planned = plan(read(path))
        except SpecError as error:
            lines = str(error).replace(f"{path.parent}/", "").split("\n")
            assert all(PLACED.fullmatch(line) and line.isprintable() for line in lines), lines
            return lines
        return plan_view.text(planned, ResultsFolder(path.parent).sweep(planned.name)).splitlines()


@given(edited_specs())
@settings(
    max_examples=int(CASES or 300), deadline=None, database=None, derandomize=CASES is None, print_blob=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_a_spec_is_planned_or_refused_with_places(place, text):
    outcome(place, text)


@pytest.mark.parametrize(
    "settings",
    [
        "method: {name: gradual, sparsity: 0.9, every: 1}\nworkload: {name: digits_mlp, training: {epochs: 1e9}}",
        "method: {name: early_bird, sparsity: 0.9, every: 1}\nworkload: {name: digits_mlp, training: {steps: 1e12}}",
        "method: {name: lottery_ticket, rounds: 1e9, rate: 0.2}\nworkload: digits_mlp",
        "method: {name: lottery_ticket, rate: 1e-17, sparsity: 0.9}\nworkload: digits_mlp",
        "method: {name: lottery_ticket, controls: [random], control_draws: 1e9}\nworkload: digits_mlp",
        f"method: dense\nworkload: digits_mlp\nseeds: 1000\nzip: {{workload.training.steps: {list(range(1, 102))}}}",
    ],
)
def test_a_spec_that_never_ends_is_refused(place, settings):
    (line,) = outcome(place, settings)
    assert "at most" in line


def test_a_very_large_spec_is_planned(place):
    text = "method: dense\nworkload: {name: digits_mlp, hidden: [1e18, 1e18], training: {steps: 9e18}}"
    assert outcome(place, text)[-1].startswith("a: 1 trials")
