"""Seconds and megabytes of the report on a large sweep: python tests/benchmarks/report_benchmark.py [SEEDS]

A real MLflow store (SQLite) with 500 made-up runs: 99 cells and dense ones by five seeds, every metric of the schema,
50 looks each. Filling the store takes minutes and is not counted.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median

from bare import scratch_folder

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
sys.path.insert(0, str(Path(__file__).parents[1] / "dashboards"))

from mlflow import MlflowClient  # noqa: E402

from dashboards.read.store import read  # noqa: E402
from dashboards.report import html  # noqa: E402
from tests.dashboards.made_up import write  # noqa: E402
from tests.dashboards.made_up_sweep import sweep  # noqa: E402

REPORTS = 3


def filled(place: Path, seeds: int) -> tuple[str, int]:
    """The tracking URI of a store with all runs, and how many they are."""
    empty = place / "empty.db"
    MlflowClient(f"sqlite:///{empty}").search_experiments()
    runs = list(sweep(seeds=seeds))
    return write(place, empty, runs), len(runs)


def main() -> None:
    """Print the medians."""
    begun = time.perf_counter()
    uri, runs = filled(scratch_folder("report"), int(sys.argv[1]) if sys.argv[1:] else 5)
    print(f"{runs} runs written in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    reading, writing = [], []
    for _ in range(REPORTS):
        begun = time.perf_counter()
        results = read(uri, "made-up")
        reading.append(time.perf_counter() - begun)
        page = html(results)
        writing.append(time.perf_counter() - begun - reading[-1])
    total = median(sum(one) for one in zip(reading, writing))
    print(
        f"report on {runs} runs: {total:.1f} s (wanted: at most 10 s), of which reading {median(reading):.1f} s and "
        f"writing {median(writing):.1f} s; {len(page.encode()) / 1e6:.1f} MB (wanted: at most 8 MB); "
        f"medians of {REPORTS}"
    )


if __name__ == "__main__":
    main()
