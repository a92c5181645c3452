"""How long `sparsity --help` takes, beside a Python that does nothing.

python tests/benchmarks/help_benchmark.py
"""

import subprocess
import sys
import time
from statistics import median

RUNS = 9
HELP = "from orchestrator.cli.main import main; import sys; sys.argv = ['sparsity', '--help']; main()"


def seconds(code: str) -> float:
    """Wall time of one new process."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print both medians, taken in turn."""
    pairs = [(seconds(HELP), seconds("pass")) for _ in range(RUNS)]
    shown, nothing = (median(side) for side in zip(*pairs))
    print(f"sparsity --help: {shown:.3f} s, of which Python itself {nothing:.3f} s (medians of {RUNS}; wanted: 0.3 s)")


if __name__ == "__main__":
    main()
