"""What results come from: code, versions, hardware."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

DISTRIBUTION = "sparsity-sweeps"  # another package has the name of the command
PACKAGES = ("torch", "torchvision", "ray", "mlflow", "numpy", "pydantic", "scikit-learn", "plotly", "transformers",
            "tiktoken")  # fmt: skip


def of_code() -> dict[str, Any]:
    """Versions, and the commit if the code is in a git repository."""
    return {
        "git": _git(Path(__file__).parent),
        "python": platform.python_version(),
        "packages": {"sparsity": version(DISTRIBUTION), **{package: version(package) for package in PACKAGES}},
    }


def of_machine() -> dict[str, Any]:
    """The machine of a trial. The numerics hold what of it changes results."""
    return {"cpu": _cpu(), "cores": os.cpu_count(), "system": platform.system()}


def _git(folder: Path) -> dict[str, Any] | None:
    def git(*words: str) -> str:
        command = ["git", "-C", str(folder), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    try:
        tracked = git("ls-files", "--", str(Path(__file__)))
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))} if tracked else None
    except (OSError, subprocess.SubprocessError):
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
