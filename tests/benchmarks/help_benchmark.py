"""How long `sparsity --help` and the completion of a sweep's name take, beside a Python that does nothing.

python tests/benchmarks/help_benchmark.py

One unit is a loop of pure Python, see pure_python.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from pure_python import unit

RUNS = 9
COMMAND = "import sys; sys.argv = ['sparsity', *sys.argv[1:]]; from orchestrator.cli.main import main; main()"
CASES = {  # name -> arguments of Python
    "Python itself": ("-c", "pass"),
    "sparsity --help": ("-c", COMMAND, "--help"),
    "completion of a sweep's name": ("-c", COMMAND),
}
TAB = {
    "_SPARSITY_COMPLETE": "complete_bash",
    "COMP_WORDS": "sparsity status qu",
    "COMP_CWORD": "2",
}  # as bash sets them


def seconds(words: tuple[str, ...], environment: dict[str, str]) -> float:
    """Wall time of one new process."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True, env=environment)
    return time.perf_counter() - begun


def main() -> None:
    """Print medians of all cases, taken in turn."""
    with tempfile.TemporaryDirectory() as results:
        for number in range(20):
            (Path(results) / f"quickstart-{number}").mkdir()
            (Path(results) / f"quickstart-{number}" / "plan.json").touch()
        environment = {**os.environ, "SPARSITY_RESULTS": results}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
        rounds = [
            {name: seconds(words, environment | (TAB if words[-1] == COMMAND else {})) for name, words in CASES.items()}
            | {"unit": unit()}
            for _ in range(RUNS)
        ]
    for name in CASES:
        units = sorted(one[name] / one["unit"] for one in rounds)
        print(
            f"{name}: {median(one[name] for one in rounds):.3f} s, {median(units):.2f} units "
            f"({units[0]:.2f} to {units[-1]:.2f}); n = {RUNS}"
        )


if __name__ == "__main__":
    main()
