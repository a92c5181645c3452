"""Memory of a sweep's processes while its trials come and go: python tests/benchmarks/memory_benchmark.py [TRIALS]

Short trials of the Fashion-MNIST perceptron on Ray, 1,000 unless said otherwise: resident memory of the driver and of
each process that trains, and how much of it no other process shares, after so many trials. Needs Linux and
Fashion-MNIST; takes about ten minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MARKS = (2, 25, 50, 100, 200, 400, 600, 800, 1_000)
SECONDS = 0.5  # between two looks
SPEC = """
workload: {{name: fashion_mnist_mlp, training: {{steps: 20}}, measure: {{evaluate_every: 20, structure_looks: 1}}}}
method: static_random
sparsity: [0.5, 0.9]
seeds: {seeds}
baseline: none
"""
COMMAND = [sys.executable, "-P", "-c", "from orchestrator.cli.main import main; main()", "sweep"]


def megabytes(pid: int) -> tuple[int, int]:
    """Resident memory of a process, and what of it is its own."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = {name: int(rest.split()[0]) // 1024 for name, _, rest in (line.partition(":") for line in lines)
             if name in ("VmRSS", "RssAnon")}  # fmt: skip
    return sizes["VmRSS"], sizes["RssAnon"]


def workers() -> Iterator[int]:
    """The processes in which Ray trains."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(b"ray::Implicit"):
                yield int(folder.name)
        except OSError:
            continue


def main() -> None:
    """Print a line for each mark, then the most of each process."""
    trials = int(sys.argv[1]) if sys.argv[1:] else MARKS[-1]
    place = Path(tempfile.mkdtemp(prefix="sparsity-memory-"))
    (place / "memory.yaml").write_text(SPEC.format(seeds=trials // 2))
    words = [str(place / "memory.yaml"), "--results", str(place / "results"), "--no-report"]
    begun = time.perf_counter()
    marks = [mark for mark in MARKS if mark <= trials]
    most: dict[str, int] = {}
    with open(place / "log.txt", "w") as log:
        driver = subprocess.Popen([*COMMAND, *words], stdout=log, stderr=log, env=dict(os.environ))
        while driver.poll() is None:
            time.sleep(SECONDS)
            done = len(list(place.glob("results/memory/*/result.json")))
            try:
                seen = {"driver": megabytes(driver.pid)}
                seen |= {f"worker {pid}": megabytes(pid) for pid in sorted(workers())}
            except (OSError, KeyError):
                continue
            most = {name: max(most.get(name, 0), seen[name][0]) if name in seen else most[name] for name in most | seen}
            if marks and done >= marks[0]:
                marks = [mark for mark in marks if mark > done]
                sizes = "; ".join(f"{name}: {resident} MB, own {own} MB" for name, (resident, own) in seen.items())
                print(f"{done} trials: {sizes}", flush=True)
    print(f"most: {', '.join(f'{name} {size} MB' for name, size in most.items())}")
    print(f"exit code {driver.returncode} after {time.perf_counter() - begun:.0f} s; log in {place / 'log.txt'}")


if __name__ == "__main__":
    main()
