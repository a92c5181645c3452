"""Every setting says what it means."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from orchestrator.spec import fields
from orchestrator.spec.header import Header
from workloads.catalog import CRITERIA, METHODS, RULES, WORKLOADS
from workloads.meanings import first_clause, meanings
from workloads.script.criteria import AnyCriterion
from workloads.script.fine_tune import FineTune
from workloads.script.phases import Phase
from workloads.script.rules import AnyRule
from workloads.script.training import AdamW, CosineLr, MeasureSettings
from workloads.settings import Settings
from workloads.trial import Trial

ROOT = Path(__file__).parents[3]


def reachable(annotation: Any) -> Iterator[type[Settings]]:
    """The settings that may be written at a place, and those within."""
    for model in fields.alternatives(annotation):
        yield model
        for field in model.model_fields.values():
            yield from reachable(fields.allowed_in(field))


MODELS = sorted(
    {model for root in (Header, Trial, Phase, AnyRule, AnyCriterion) for model in reachable(root)},
    key=lambda model: model.__qualname__,
)


def test_all_settings_of_a_spec_are_looked_at():
    families = (*METHODS.members, *WORKLOADS.members, *RULES.members, *CRITERIA.members)
    assert {Header, Trial, MeasureSettings, FineTune, AdamW, CosineLr, *families} <= set(MODELS) and len(MODELS) > 50


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__qualname__)
def test_every_setting_has_a_meaning(model):
    """But for the name that selects a group: the group's docstring tells that."""
    assert model.__doc__
    for name, field in model.model_fields.items():
        if name == "name" and get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
            continue
        meaning = meanings(model).get(name)
        assert meaning, f"{model.__qualname__}.{name}"
        assert meaning[0].isupper() and meaning.endswith("."), meaning
        assert 8 < len(first_clause(meaning)) <= 120, meaning


def test_a_meaning_stands_on_one_line_and_is_inherited():
    assert meanings(METHODS.find("gradual"))["sparsity"] == "The fraction of weights removed."
    inherited = meanings(METHODS.find("iterative"))["rounds"]
    assert inherited == "The number of pruning rounds. None means 10, or as many as `sparsity` needs."
    ticket = meanings(METHODS.find("lottery_ticket"))
    assert ticket["rounds"] == inherited and ticket["output_rate"].count("half of `rate`") == 1


def test_a_schema_has_the_meanings_under_the_keys_of_a_spec():
    properties = Header.model_json_schema()["properties"]
    assert properties["schema"]["description"] == "The version of the spec's format."
    assert properties["question"]["description"] == "The question that the sweep answers; the report shows it."


def test_meanings_are_no_part_of_a_trial():
    trial = Trial.model_validate({"workload": "digits_mlp", "method": "dense", "seed": 0})
    assert "optimizer step" not in json.dumps(trial.settings())


def test_planning_reads_no_meanings():
    code = (
        "from pathlib import Path\n"
        "from orchestrator.spec.reading import read\nfrom orchestrator.plan.planning import plan\n"
        "assert plan(read(Path('sweeps/quickstart.yaml'))).trials\n"
        "from workloads.meanings import meanings\nassert meanings.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
