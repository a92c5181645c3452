"""What the documents say works."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(document: str, language: str) -> list[str]:
    """The code blocks of one language."""
    return [body for found, body in BLOCK.findall((ROOT / document).read_text()) if found == language]


def commands(document: str) -> list[list[str]]:
    """Every command in the shell blocks, in words."""
    lines = [part for body in blocks(document, "sh") for line in body.splitlines() for part in line.split(" && ")]
    return [shlex.split(line) for line in lines if line]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / document).read_text())
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_what_is_installed_exists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    dependencies = {re.match(r"[\w-]+", text)[0] for text in project["dependencies"]}
    for words in [words for document in DOCUMENTS for words in commands(document) if words[:2] == ["pip", "install"]]:
        if words[-2] == "--index-url":
            assert dependencies.issuperset(words[2:-2]) and words[-1].startswith("https://download.pytorch.org/")
            continue
        wanted = re.fullmatch(r"\.(?:\[(\w+)\])?", words[-1])
        assert wanted and (wanted[1] is None or wanted[1] in project["optional-dependencies"])


@pytest.mark.long
def test_the_quickstart_ends_with_a_reports_path_without_a_network(tmp_path):
    (quickstart,) = [
        words for words in commands("README.md") if words[:2] == ["sparsity", "sweep"] and "quickstart" in words[2]
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SPARSITY_", "MLFLOW_"))}
    environment |= {"SPARSITY_RESULTS": str(tmp_path / "results"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}  # nothing listens there
    script = Path(sys.executable).with_name("sparsity")
    done = subprocess.run(
        [script, *quickstart[1:]], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path}/results/quickstart/report.html\n"
    assert "50 trials planned" in done.stderr
    assert Path(done.stdout.strip()).stat().st_size > 1_000_000  # Plotly is in it


def test_other_commands_are_understood(monkeypatch):
    """Sweeps, which would take long, are only planned; of the others the options are looked up."""
    from orchestrator.cli.main import main

    monkeypatch.chdir(ROOT)
    for words in [words for document in DOCUMENTS for words in commands(document) if words[0] == "sparsity"]:
        more = {"sweep": ["--dry-run", "--json"], "plan": ["--json"]}.get(words[1], ["--help"])
        asked = [*words[1:], *more]
        monkeypatch.setattr(sys, "argv", ["sparsity", *asked])
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code, asked


def test_the_readme_lists_every_command():
    from typer.main import get_command

    from orchestrator.cli.main import app

    listed = set(re.findall(r"`sparsity (\w+)", (ROOT / "README.md").read_text()))
    assert listed == set(get_command(app).commands)


def test_benchmarks_named_exist():
    ran = [
        words[1:] for words in commands("CONTRIBUTING.md") if words[0] == "python" and "benchmark" in " ".join(words)
    ]
    named = [f"{words[1].replace('.', '/')}.py" if words[0] == "-m" else words[0] for words in ran]
    assert {Path(name).name for name in named} == {
        path.name for path in (ROOT / "tests/benchmarks").glob("*_benchmark.py")
    }
    assert all((ROOT / name).exists() for name in named)


def test_test_files_in_commands_exist():
    files = [word for words in commands("CONTRIBUTING.md") for word in words if word.startswith("tests/")]
    assert len(files) > 3
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_the_specs_in_the_readme_can_be_planned(tmp_path, monkeypatch):
    """One of four lines, and one for weights that somebody has: only their content counts when a plan is made."""
    from orchestrator.plan.planning import plan
    from orchestrator.spec.reading import read

    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.pt").write_bytes(b"weights")
    for name, text in zip(("own.yaml", "weights.yaml"), blocks("README.md", "yaml"), strict=True):
        (tmp_path / name).write_text(text)
    assert len(plan(read(tmp_path / "own.yaml")).trials) == 5 * (1 + 2 * 3)
    assert len(plan(read(tmp_path / "weights.yaml")).trials) == 5 * (1 + 3 * 2)


@pytest.mark.parametrize("path", sorted((ROOT / "sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sweep_says_its_command_first_and_can_be_planned(path):
    from orchestrator.plan.planning import plan
    from orchestrator.spec.reading import read

    lines = path.read_text().splitlines()
    assert lines[0] == f"# sparsity sweep sweeps/{path.name}"
    assert lines[1].startswith("# Cost: ")
    assert yaml.safe_load(path.read_text())["question"].endswith("?")
    assert plan(read(path)).trials


def test_the_readmes_table_is_the_tools():
    from dashboards.plan_file import ACCURACY
    from dashboards.sections.answer.table import columns
    from dashboards.words.units import unit

    known = columns(unit(ACCURACY), per_token=False)
    table = (
        (ROOT / "README.md")
        .read_text()
        .partition("<!-- static-levels: begin -->")[2]
        .partition("<!-- static-levels: end")[0]
    )
    header, rule, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    assert header == [column.title for column in known if not column.optional or column.title in header]
    assert len(rows) == 1 + 9 * 5


def test_nothing_names_a_place_of_one_machine():
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    for name in tracked:
        text = (ROOT / name).read_text(errors="replace") if (ROOT / name).exists() else ""
        assert not re.search(r"(?<![\w.])/(work|root)/", text), name
