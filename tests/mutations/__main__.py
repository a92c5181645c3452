"""Applies each mutation in a copy of the repository and runs the tests that must fail there.

    python -m tests.mutations [NAME ...] [--jobs N]

Progress goes to stderr, the table to stdout. Exit codes: 0: all were killed. 1: one survived, or could not be tried
since nothing can be imported with it, which says nothing about the tests. 2: none was tried, since a name is unknown or
the tests fail without any mutation.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutations.catalog import MUTATIONS
from tests.mutations.mutation import Mutation

ROOT = Path(__file__).parents[2]
LIMIT = 300  # seconds for the tests of one mutation, which take a few
SURVIVED, FAILED = 0, 1  # exit codes of pytest; others say that tests could not be run


@dataclass(frozen=True)
class Verdict:
    """What came of one mutation."""

    mutation: Mutation
    killed: bool
    word: str
    seconds: float
    told: str = ""  # the end of what pytest said, where that needs an explanation


@contextmanager
def copied() -> Iterator[Path]:
    """A temporary copy of what git tracks or would track, as it stands in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, check=True, capture_output=True, text=True).stdout  # fmt: skip
    with TemporaryDirectory(prefix="mutation-") as place:
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():  # a file that was removed is tracked until the next commit
                (target := Path(place, name)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, target)
        yield Path(place)


def tested(place: Path, tests: Iterable[str], limit: float | None) -> subprocess.CompletedProcess:
    """The tests in a copy, in one process, up to the first that fails. Raises subprocess.TimeoutExpired."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-m", "", "-p", "no:cacheprovider", *tests]
    ours = {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=place, env=os.environ | ours, timeout=limit, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip


def tried(mutation: Mutation) -> Verdict:
    """A mutation in a copy of its own."""
    begun = time.monotonic()
    with copied() as place:
        (place / mutation.path).write_text(mutation.applied(place), encoding="utf-8")
        try:
            done = tested(place, mutation.tests, LIMIT)
        except subprocess.TimeoutExpired:
            return Verdict(mutation, True, "killed by timeout", time.monotonic() - begun)
    known = {SURVIVED: "SURVIVED", FAILED: "killed"}
    word = known.get(done.returncode, f"COULD NOT BE TRIED: pytest exits with {done.returncode}")
    told = "" if done.returncode in known else done.stdout[-2_000:]
    return Verdict(mutation, done.returncode == FAILED, word, time.monotonic() - begun, told)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these mutations")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at once; else as many as cores")
    options = parser.parse_args()
    wanted = [mutation for mutation in MUTATIONS if not options.names or mutation.name in options.names]
    if unknown := set(options.names) - {mutation.name for mutation in wanted}:
        parser.error(f"there is no mutation {', '.join(sorted(unknown))}; tests/mutations/catalog.py lists them")
    print(f"{len(wanted)} mutations; first their tests without any", file=sys.stderr)
    with copied() as place:
        done = tested(place, sorted({test for mutation in wanted for test in mutation.tests}), None)
    if done.returncode:
        print(f"{done.stdout}\nThese tests fail without any mutation, so nothing can be told.", file=sys.stderr)
        return 2
    verdicts = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        for number, each in enumerate(as_completed([pool.submit(tried, mutation) for mutation in wanted]), 1):
            one = each.result()
            verdicts[one.mutation] = one
            print(f"{number}/{len(wanted)} {one.mutation.name}: {one.word}\n{one.told}".rstrip(), file=sys.stderr)
    width, place = (max(len(getattr(one, of)) for one in wanted) for of in ("name", "path"))
    for one in map(verdicts.get, wanted):
        print(f"{one.mutation.name:{width}}  {one.mutation.path:{place}}  {one.word:9}  {one.seconds:5.1f} s")
    print(f"{sum(one.killed for one in verdicts.values())} of {len(wanted)} mutations killed")
    return int(not all(one.killed for one in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
