"""Methods and workloads: listed in a line each, and shown with all they allow."""

import json

import pytest

from orchestrator.spec.fields import tag
from workloads.catalog import METHODS, WORKLOADS

FAMILIES = {"methods": METHODS.members, "workloads": WORKLOADS.members}
EVERY = [(command, tag(model)) for command, models in FAMILIES.items() for model in models]


@pytest.mark.parametrize("command", FAMILIES)
def test_each_has_a_line(sparsity, command):
    code, out, err = sparsity(command)
    lines = out.splitlines()
    assert code == 0 and [line.split()[0] for line in lines] == [tag(model) for model in FAMILIES[command]]
    assert len({len(line) - len(line.split("  ", 1)[1].lstrip()) for line in lines}) == 1  # aligned
    assert max(map(len, lines)) <= 100
    assert err == f"`sparsity {command} NAME` shows one with all its settings.\n"


def test_a_method_is_shown_with_sources_and_settings(sparsity, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    code, out, err = sparsity("methods", "gradual")
    assert (code, err) == (0, "")
    assert out.startswith("gradual: Remove the smallest weights step by step during training.\n\n")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "setting allowed default meaning" in lines
    assert "sparsity number in [0, 1) required The fraction of weights removed." in lines
    assert "every integer > 0 100 The number of optimizer steps from one update to the next;" in " ".join(lines)
    (at,) = [number for number, line in enumerate(lines) if line.startswith("schedule: polynomial - ")]
    assert lines[at + 2] == "power number > 0 3 The exponent. 3 is the cubic schedule, 1 the linear one."
    assert "Zhu & Gupta (2017): To Prune, or Not to Prune" in out and "arXiv:1710.01878" in out
    assert "arXiv:2010.07611 (for criterion.scale: lamp)" in " ".join(lines)


def test_a_workload_shows_its_defaults_not_those_of_the_optimizer(sparsity, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    code, out, _ = sparsity("workloads", "digits_mlp")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0 and any(line.startswith("training.epochs integer > 0 30 ") for line in lines)
    (at,) = [number for number, line in enumerate(lines) if line.startswith("training.optimizer: adam - ")]
    assert lines[at + 2].startswith("lr number > 0 0.002 ")


@pytest.mark.parametrize("columns", [100, 72])
@pytest.mark.parametrize(("command", "name"), EVERY)
def test_nothing_is_wider_than_the_terminal(sparsity, monkeypatch, command, name, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, _ = sparsity(command, name)
    assert code == 0 and max(map(len, out.splitlines())) <= columns


def test_a_wide_terminal_does_not_widen_the_text(sparsity, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    assert max(map(len, sparsity("methods", "lottery_ticket")[1].splitlines())) <= 100


def test_an_unknown_name_is_refused_with_the_nearest(sparsity):
    code, out, err = sparsity("methods", "gradul")
    assert (code, out) == (2, "") and err.startswith("there is no method 'gradul'. Did you mean gradual? Allowed are ")
    assert err.strip().endswith("early_bird, adaptive, set, rigl, mest, granet, ac_dc, wanda, sparsegpt, structured")
    assert "there is no workload 'cifar'; allowed are fashion_mnist_mlp" in sparsity("workloads", "cifar")[2]


@pytest.mark.parametrize("command", FAMILIES)
def test_programs_get_all_of_it(sparsity, command):
    every = json.loads(sparsity(command, "--json")[1])
    assert list(every) == [tag(model) for model in FAMILIES[command]]
    for name, entry in every.items():
        assert entry["groups"][0]["name"] == name and entry["schema"]["properties"]["name"]["const"] == name
        for row in (row for group in entry["groups"] for row in group["settings"]):
            assert row.keys() == {"key", "allowed", "required", "default", "meaning", "sources"}
            assert row["meaning"].endswith(".") and row["allowed"]


def test_a_setting_in_json(sparsity):
    one_shot = json.loads(sparsity("methods", "one_shot", "--json")[1])["one_shot"]
    rows = {row["key"]: row for row in one_shot["groups"][0]["settings"]}
    assert list(rows) == ["sparsity", "pattern", "threshold", "criterion", "allocation", "scale", "reconstruct",
                          "examples", "dense_steps", "fine_tune.epochs", "fine_tune.steps", "fine_tune.lr"]  # fmt: skip
    scale = rows["scale"]
    assert (scale["allowed"], scale["required"], scale["default"]) == ("none | layer | lamp", False, "none")
    assert [(source["value"], source["short"]) for source in scale["sources"]] == [("lamp", "Lee et al. (2021)")]
    assert scale["sources"][0]["bibtex"].startswith("@inproceedings{lee2021lamp,")
    assert rows["fine_tune.lr"]["allowed"] == "rewind | last | number > 0"
    assert one_shot["references"][0]["short"] == "Han et al. (2015)"
    assert one_shot["schema"]["properties"]["threshold"]["description"].startswith("The smallest magnitude")
