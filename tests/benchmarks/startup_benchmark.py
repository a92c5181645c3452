"""How long commands take beside pure Python: python tests/benchmarks/startup_benchmark.py [FOLDER]

The quickstart from nothing, then the same command on the finished sweep, and the commands that look at it; a plan of
10,100 trials; --help. The unit is 5 million squares in a loop of pure Python (0.3 s on a fast machine), timed before
and after each command. FOLDER holds the finished quickstart of an earlier run. Takes about three minutes; run it alone.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pure_python import unit

COMMAND = [sys.executable, "-P", "-c", "from orchestrator.cli.main import main; main()"]
QUICKSTART = Path(__file__).parents[2] / "sweeps" / "quickstart.yaml"
MANY = """
workload: fashion_mnist_mlp
method: static_random
grid:
  workload.training.optimizer.lr: [1e-4, 3e-4, 1e-3, 3e-3]
  method.sparsity: [{sparsities}]
seeds: 25
"""


@dataclass(frozen=True)
class Command:
    """One command, and how often it is timed."""

    name: str
    words: tuple[str, ...]
    times: int
    wanted: float | None = None  # units, at most


@dataclass(frozen=True)
class Timing:
    """One run of a command."""

    seconds: float
    cpu: float  # seconds, of it and the processes that it waited for
    units: float


def timing(words: tuple[str, ...], environment: dict[str, str]) -> Timing:
    """Run a command once, with the unit before and after."""
    before = unit()
    cpu, begun = _cpu_of_children(), time.perf_counter()
    subprocess.run([*COMMAND, *words], check=True, capture_output=True, env=environment)
    seconds, cpu = time.perf_counter() - begun, _cpu_of_children() - cpu
    return Timing(seconds, cpu, seconds / ((before + unit()) / 2))


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print medians, with the least and the most."""
    finished = Path(sys.argv[1]) if sys.argv[1:] else None
    place = finished or Path(tempfile.mkdtemp(prefix="sparsity-startup-"))
    many = place / "many.yaml"
    many.write_text(MANY.format(sparsities=", ".join(f"{0.005 + 0.0095 * step:.4f}" for step in range(100))))
    quickstart = ("sweep", str(QUICKSTART))
    commands = [
        *([] if finished else [Command("quickstart", quickstart, 1, 30)]),
        Command("finished sweep again", quickstart, 3, 6),
        Command("table", ("table", "quickstart", "--format", "csv"), 3, 8),
        Command("report", ("report", "quickstart"), 3, 8),
        Command("status", ("status", "quickstart"), 3),
        Command("plan of 10,100 trials", ("plan", str(many)), 3, 3),
        Command("--help", ("--help",), 9, 0.4),
    ]
    environment = {**os.environ, "SPARSITY_RESULTS": str(place / "results")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
    subprocess.run([*COMMAND, "plan", str(QUICKSTART)], check=True, capture_output=True, env=environment)
    print(f"results in {place}", file=sys.stderr)
    for command in commands:
        timings = [timing(command.words, environment) for _ in range(command.times)]
        units = sorted(one.units for one in timings)
        wanted = f", wanted: {command.wanted:g}" if command.wanted else ""
        print(
            f"{command.name}: {median(units):.2f} units ({units[0]:.2f} to {units[-1]:.2f}{wanted}); "
            f"{median(one.seconds for one in timings):.2f} s, {median(one.cpu for one in timings):.2f} s of CPU; "
            f"n = {command.times}",
            flush=True,
        )


if __name__ == "__main__":
    main()
