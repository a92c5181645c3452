"""What tests of every room share: data sets, fetched once a session."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch

from orchestrator.environment import set_defaults
from workloads.data.declared import DIGITS, DIGITS_28X28, FASHION_MNIST, MNIST, Declared
from workloads.data.sources import Sources, fetch
from workloads.data.splits import DataSet
from workloads.errors import DataError
from workloads.trial import Trial

set_defaults(os.environ)  # as the command does

# A shell that starts the tests in the background has Ctrl-C ignored, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first, then those with many: else one core would wait for the last of them."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in long, -counts[item.path]))


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """As in a trial: small networks are slower on more."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sources_of_the_environment(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """The cache is SPARSITY_DATA; else a folder of this session where SPARSITY_DATA_MIRROR is set, which makes
    fetching cheap; else the user's own."""
    mirrored = os.environ.get("SPARSITY_DATA_MIRROR") and not os.environ.get("SPARSITY_DATA")
    return Sources.from_environment(tmp_path_factory.mktemp("data") if mirrored else None, os.environ)


@pytest.fixture(scope="session")
def real_sources(sources_of_the_environment: Sources) -> Sources:
    """Sources with Fashion-MNIST in their cache; skips where neither cache, mirror nor network has it."""
    return fetched(FASHION_MNIST, sources_of_the_environment)


@pytest.fixture(scope="session")
def mnist_sources(sources_of_the_environment: Sources) -> Sources:
    """Sources with MNIST in their cache; skips where neither cache, mirror nor network has it."""
    return fetched(MNIST, sources_of_the_environment)


def fetched(declared: Declared, sources: Sources) -> Sources:
    try:
        fetch(declared, sources)
    except DataError as error:
        reason = str(error).partition(" Tried:")[0]
        pytest.skip(f"needs {declared.name} from the cache, a mirror or the network: {reason}")
    return sources


@pytest.fixture(scope="session")
def embedded_sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """Sources with the digits and the stand-in images in their cache; needs no network."""
    sources = Sources(tmp_path_factory.mktemp("embedded"))
    for declared in (DIGITS, DIGITS_28X28):
        fetch(declared, sources)
    return sources


@pytest.fixture(scope="session")
def images_of(embedded_sources: Sources) -> Callable[[Trial], DataSet]:
    """The data of a trial on embedded data, each set read once."""
    read_once = cache(lambda workload: workload.load(embedded_sources))

    def images(trial: Trial) -> DataSet:
        return read_once(trial.workload.model_copy(update={"training": None, "measure": None}))

    return images


@pytest.fixture
def archived(real_sources: Sources, tmp_path: Path) -> Sources:
    """Sources whose cache has Fashion-MNIST's archives and nothing made of them yet."""
    archives = real_sources.cache / "FashionMNIST"
    if not archives.is_dir():
        pytest.skip(f"needs Fashion-MNIST's archives, which have been removed from {archives}")
    shutil.copytree(archives, tmp_path / "archived" / "FashionMNIST")
    return Sources(tmp_path / "archived")
