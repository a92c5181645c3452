"""Read-only folders and full disks: an error without a traceback, and a complete sweep once there is room.

The file systems are mounted where only the commands under test see them.
"""

import json
import shlex
import subprocess

import pytest

from tests.orchestrator.command import ISOLATED, MAIN, can_mount, environment
from tests.orchestrator.sweeps import TINY, counted

pytestmark = pytest.mark.long

SWEEP = f"{shlex.join(MAIN)} sweep tiny.yaml --executor inline"


@pytest.fixture
def shell(tmp_path, embedded_sources):
    """Runs a script that may mount file systems, and gives its output. `disk` is an empty folder there."""
    (tmp_path / "disk").mkdir()
    if not can_mount(tmp_path / "disk"):
        pytest.skip("needs the right to mount a file system: root, or user namespaces")
    (tmp_path / "tiny.yaml").write_text(TINY)

    def run(script: str, **variables: str) -> str:
        done = subprocess.run(
            [*ISOLATED, "bash", "-c", f"exec 2>&1; {script}"], cwd=tmp_path, capture_output=True, text=True,
            env=environment(embedded_sources.cache, **variables), timeout=300,
        )  # fmt: skip
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout

    return run


def test_a_results_folder_that_is_read_only_or_full_starts_nothing(shell, tmp_path):
    output = shell(
        "mount -t tmpfs -o size=64k none disk && head -c 64k /dev/zero > disk/filler\n"
        f"{SWEEP} --results disk; echo $?\n"
        f"rm disk/filler; mount -o remount,ro disk\n {SWEEP} --results disk/new; echo $?; ls disk"
    ).splitlines()
    told = [line for line in output if not line.startswith(("Reading the spec", "tiny: results in"))]
    assert told == [
        f"cannot write to the results folder {tmp_path}/disk: No space left on device; fix this, or choose another "
        "with --results or SPARSITY_RESULTS",
        "2",
        f"cannot write to the results folder {tmp_path}/disk/new: Read-only file system; fix this, or choose another "
        "with --results or SPARSITY_RESULTS",
        "2",
    ]


def test_a_disk_that_fills_up_loses_nothing_that_was_done(shell, tmp_path):
    """There is no room for all six trials and the store at first, and for everything later."""
    first, _, second = shell(
        f"mount -t tmpfs -o size=200k none disk\n {SWEEP} --results disk; echo rc $?; echo HEAL\n"
        f"mount -o remount,size=50m disk\n {SWEEP} --results disk --json; echo rc $?"
    ).partition("HEAL\n")
    done, lost = first.count(": done in"), first.count(": LOST: No space left on device: ")
    assert lost > 0 and done + lost == 6  # how many fit depends on the size of MLflow's store
    assert f"{tmp_path}/disk/tiny/" in first and "; the next sweep runs the trial again" in first
    assert "trials go on, `sparsity sync` will catch up. Free some space" in first
    assert first.endswith("rc 1\n")
    assert f"6 trials planned, {done} done before, {lost} to run" in second
    assert second.endswith("rc 0\n")
    states = json.loads(second[second.index("\n{") : second.rindex("}") + 1])["states"]
    assert list(states.values()) == ["completed"] * 6


def test_ray_says_that_its_temporary_folder_is_full(shell, tmp_path):
    output = shell(
        f"mount -t tmpfs -o size=64k none disk\n {SWEEP.replace('inline', 'ray')}; echo rc $?",
        RAY_TMPDIR=str(tmp_path / "disk"),
    )
    assert f"Ray keeps its session in {tmp_path}/disk, which has 0 MiB left and needs 32; free some" in output
    assert output.endswith("rc 2\n")


def test_a_store_that_cannot_be_written_fails_no_trial(shell, sparsity):
    assert sparsity("sweep", "tiny.yaml", "--executor", "inline", "--set", "seeds=1", "--no-report")[0] == 0
    output = shell(
        "mount --bind results/mlflow.db results/mlflow.db; mount -o remount,ro,bind results/mlflow.db\n"
        f"{SWEEP} --no-report; echo rc $?"
    )
    assert output.count(": done in") == 3 and output.endswith("rc 0\n")
    assert (
        "(attempt to write a readonly database); trials go on, `sparsity sync` will catch up. Give this user" in output
    )
    assert sparsity("sync", "tiny.yaml")[0] == 0
    assert counted(sparsity("table", "tiny", "--format", "csv")[1]) == ["2", "2", "2"]


def test_a_data_cache_without_room_is_told_before_anything_starts(shell, archived, tmp_path):
    """There is room for a third of the unpacked data; no partial files stay."""
    (tmp_path / "tiny.yaml").write_text(TINY.replace("digits_mlp", "fashion_mnist_mlp"))
    output = shell(
        f"mount -t tmpfs -o size=40m none disk\n {SWEEP} --data-dir disk; echo rc $?; ls -A disk/FashionMNIST/raw; "
        "ls -dA disk/.*.part",
        SPARSITY_DATA_MIRROR=archived.cache.as_uri(),
    )
    assert f"cannot write fashion-mnist to {tmp_path}/disk: No space left on device; name another folder" in output
    assert "rc 2\n" in output and "cannot access 'disk/.*.part'" in output


def test_a_full_disk_is_cleaned_and_one_that_is_read_only_is_listed(shell, sparsity, tmp_path):
    assert sparsity("sweep", "tiny.yaml", "--executor", "inline", "--set", "seeds=1", "--no-report")[0] == 0
    clean = f"{shlex.join(MAIN)} clean --results disk"
    full, read_only = shell(
        "mount -t tmpfs -o size=50m none disk && cp -r results/. disk\n"
        "mkdir -p disk/.tune/attempt-1 disk/.tune/attempt-2; head -c 1000000 /dev/zero > disk/.tune/attempt-1/file\n"
        f"head -c 99m /dev/zero > disk/filler; {clean} --remove; echo rc $?; ls -A disk/.tune; echo READ ONLY\n"
        "rm disk/filler; mkdir disk/.tune/attempt-3; mount -o remount,ro disk\n"
        f"{clean}; echo rc $?; {clean} --remove; echo rc $?"
    ).split("READ ONLY\n")
    assert full.endswith("1 MB removed from disk\nrc 0\n")
    assert "Ray Tune      1   0 B\n0 B in all; --remove removes it\nrc 0\n" in read_only
    assert read_only.endswith("--results or SPARSITY_RESULTS\nrc 2\n")
    assert f"cannot write to {tmp_path}/disk/tiny/lock: Read-only file system; fix this" in read_only
