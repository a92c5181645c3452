"""Who may import whom."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "workloads": {"ray", "mlflow", "typer", "plotly", "orchestrator", "dashboards"},
    "dashboards": {"torch", "ray", "workloads", "orchestrator"},
}
ORDER = {  # each room of a package imports itself and those before it
    "workloads": (
        "errors", "references", "bibliography", "meanings", "settings", "family", "randomness", "atomic", "digests",
        "weights_file", "script", "data", "models", "tasks", "network", "pruning", "rules", "methods", "catalog",
        "trial", "numerics", "itinerary", "cost", "training", "measure", "deploy", "run",
    ),
    "dashboards": (
        "palette", "schema", "mlflow_inside", "plan_file", "errors", "statistics", "words", "read", "numbers", "draw",
        "sections", "tables", "report", "index", "exports",
    ),
    "orchestrator": ("environment", "spec", "plan", "store", "tracking", "execute", "cli"),
}  # fmt: skip
FOLDERS = ("orchestrator", "workloads", "dashboards")
MOST_MODULES = 20  # in a folder


def imports(path: Path, also_for_types: bool = True) -> set[str]:
    """The modules that a file imports anywhere, and what it imports from them as if that were modules too."""
    tree, found = ast.parse(path.read_text()), set()
    for_types = {
        id(inner)
        for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if id(node) in for_types and not also_for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room(module: str) -> str:
    """`workloads.data.splits` is in the room `data`; a module beside the rooms is one by itself."""
    return module.split(".")[1]


def of_package(package: str) -> list[Path]:
    files = sorted((ROOT / package).rglob("*.py"))
    assert len(files) > 3
    return files


@pytest.mark.parametrize("package", FORBIDDEN)
def test_rooms_keep_to_themselves(package):
    for path in of_package(package):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & FORBIDDEN[package], path


@pytest.mark.parametrize("package", ORDER)
def test_no_import_goes_up(package):
    order = {name: place for place, name in enumerate(ORDER[package])}
    up = []
    for path in of_package(package):
        here = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if path.name == "__init__.py":
            continue
        there = {name for name in imports(path, also_for_types=False) if name.startswith(f"{package}.")}
        up += [f"{here} imports {name}" for name in sorted(there) if order[room(name)] > order[room(here)]]
    assert not up


def test_a_folder_holds_few_modules():
    counted = Counter(path.parent for package in FOLDERS for path in of_package(package) if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counted.items() if count > MOST_MODULES} == {}


def test_no_two_public_classes_share_a_name():
    """But for each section's own `Numbers`: what a section makes of the results."""
    places: dict[str, list[str]] = {}
    for package in FOLDERS:
        for path in of_package(package):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert all("sections" in place for place in shared.pop("Numbers"))
    assert shared == {}


def test_of_dashboards_the_orchestrator_knows_names_only():
    for path in of_package("orchestrator"):
        known = {name for name in imports(path) if name.split(".")[0] == "dashboards"}
        if path.parent != ROOT / "orchestrator" / "cli" or path.name not in ("reports.py", "index.py"):
            shared = ("dashboards.schema", "dashboards.plan_file", "dashboards.mlflow_inside")
            assert all(name.startswith(shared) for name in known - {"dashboards"}), path


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "core", "base", "manager"])
def test_no_file_is_called_anything(word):
    assert not [path for package in FOLDERS for path in of_package(package) if path.stem == word]


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(done.stdout.split())


def test_planning_needs_no_torch():
    code = (
        "from pathlib import Path\n"
        "from orchestrator.spec.reading import read\nfrom orchestrator.plan.planning import plan\n"
        "assert plan(read(Path('sweeps/static_levels.yaml'))).trials\n"
        "from workloads.cost.estimate import cost\nfrom workloads.trial import Trial\n"
        "gpt2 = {'name': 'shakespeare_gpt2', 'data': 'stand_in'}\n"
        "assert cost(Trial(workload=gpt2, method={'name': 'one_shot', 'sparsity': 0.5}, seed=0)).steps"
    )
    heavy = {"torch", "ray", "mlflow", "plotly", "sklearn", "pandas", "numpy", "transformers", "tiktoken"}
    assert not loaded_after(code) & heavy


def test_completion_needs_little():
    """But for pydantic, which newer versions of Typer use."""
    code = (
        "import os, sys\nsys.argv = ['sparsity']\n"
        "os.environ |= {'_SPARSITY_COMPLETE': 'complete_bash', 'COMP_WORDS': 'sparsity logs a 1', 'COMP_CWORD': '3'}\n"
        "from orchestrator.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    heavy = {"torch", "ray", "mlflow", "plotly", "sklearn", "pandas", "numpy", "rich", "yaml", "workloads.trial"}
    assert not loaded_after(code) & heavy


def test_help_needs_next_to_nothing():
    code = (
        "from typer.testing import CliRunner\nfrom orchestrator.cli.main import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0"
    )
    heavy = {"torch", "ray", "mlflow", "plotly", "sklearn", "pandas", "pydantic", "numpy", "importlib.metadata"}
    heavy |= {"rich.console", "rich.markdown"}
    assert not loaded_after(code) & heavy
