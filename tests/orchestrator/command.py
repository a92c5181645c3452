"""The command line in a process of its own, where a test needs one: other mounts, other signals."""

import os
import subprocess
import sys
from pathlib import Path

MAIN = (sys.executable, "-c", "from orchestrator.cli.main import main; main()")
ROOT = Path(__file__).parents[2]
ISOLATED = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))  # mounts end with the process


def environment(cache: Path, **more: str) -> dict[str, str]:
    """Of a command that finds this package, and its data in `cache`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("MLFLOW_TRACKING_URI", "TMPDIR")}
    paths = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": paths, "SPARSITY_DATA": str(cache), **more}


def can_mount(folder: Path) -> bool:
    """Whether this user may mount a file system that only the user's own processes see."""
    try:
        tried = [*ISOLATED, "mount", "-t", "tmpfs", "none", str(folder)]
        return subprocess.run(tried, capture_output=True, timeout=60).returncode == 0
    except OSError:
        return False
