"""The files for clusters call the command as it is."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

RECIPES = Path(__file__).parents[4] / "sweeps" / "cluster"


def commands() -> list[str]:
    """What the recipes run, with a spec in the place of their arguments."""
    job = yaml.safe_load((RECIPES / "kuberay.yaml").read_text())
    script = (RECIPES / "slurm.sh").read_text()
    (called,) = re.findall(r"^(sparsity sweep .*) &$", script, re.MULTILINE)
    return [job["spec"]["entrypoint"], called.replace('"$@"', "sweeps/quickstart.yaml")]


@pytest.mark.parametrize("command", commands())
def test_a_recipe_names_a_spec_that_is_there_and_options_that_exist(sparsity, monkeypatch, command):
    monkeypatch.chdir(RECIPES.parents[1])
    _, _, spec, *options = command.split()
    assert sparsity("plan", spec)[0] == 0
    known = sparsity("sweep", "--help")[1]
    named = [option for option in options if option.startswith("--")]
    assert "--address" in named and all(option in known for option in named)


def test_the_script_for_slurm_is_one_that_bash_reads():
    assert subprocess.run(["bash", "-n", RECIPES / "slurm.sh"], capture_output=True).stderr == b""
