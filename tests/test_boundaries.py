"""Who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "workloads": {"ray", "mlflow", "typer", "plotly", "orchestrator", "dashboards"},
    "dashboards": {"torch", "ray", "workloads", "orchestrator"},
}


def imports(path: Path) -> set[str]:
    """The top-level packages that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
    return found


def of_package(package: str) -> list[Path]:
    files = sorted((ROOT / package).rglob("*.py"))
    assert len(files) > 3
    return files


@pytest.mark.parametrize("package", FORBIDDEN)
def test_rooms_keep_to_themselves(package):
    for path in of_package(package):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & FORBIDDEN[package], path


def test_of_dashboards_the_orchestrator_knows_names_only():
    for path in of_package("orchestrator"):
        known = {name for name in imports(path) if name.split(".")[0] == "dashboards"}
        if path.name != "cli_reports.py":
            assert known <= {"dashboards"} | ({"dashboards.schema"}), path


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "core", "base", "manager"])
def test_no_file_is_called_anything(word):
    assert not [
        path
        for package in ("orchestrator", "workloads", "dashboards")
        for path in of_package(package)
        if path.stem == word
    ]


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(done.stdout.split())


def test_planning_needs_no_torch():
    code = (
        "from pathlib import Path\nfrom orchestrator.spec import read\nfrom orchestrator.plan import plan\n"
        "assert plan(read(Path('sweeps/static_levels.yaml'))).trials\n"
        "from orchestrator.cost import cost\nfrom workloads.trial import Trial\n"
        "gpt2 = {'name': 'shakespeare_gpt2', 'data': 'stand_in'}\n"
        "assert cost(Trial(workload=gpt2, method={'name': 'one_shot', 'sparsity': 0.5}, seed=0)).steps"
    )
    heavy = {"torch", "ray", "mlflow", "plotly", "sklearn", "pandas", "numpy", "transformers", "tiktoken"}
    assert not loaded_after(code) & heavy


def test_help_needs_next_to_nothing():
    code = (
        "from typer.testing import CliRunner\nfrom orchestrator.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0"
    )
    heavy = {"torch", "ray", "mlflow", "plotly", "sklearn", "pandas", "pydantic", "numpy"}
    assert not loaded_after(code) & heavy
