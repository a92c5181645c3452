"""Fetched or made once, found again whole, healed where damaged."""

import multiprocessing
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from workloads.data.declared import DIGITS, DIGITS_28X28, FASHION_MNIST
from workloads.data.images import load
from workloads.data.sources import Sources, fetch, read, verify
from workloads.errors import DataError

ARCHIVES = {
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
}  # fmt: skip


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch):
    """Every connection is refused at once: nothing listens on port 9 of this machine."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    urllib.request.install_opener(None)  # the next one asks for the proxies again
    yield
    urllib.request.install_opener(None)


@pytest.fixture(scope="module")
def four():
    """Four processes, and a barrier to let them go at the same moment."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(4) as pool:
        yield pool, manager.Barrier(4)


def _load(barrier, sources: Sources, declared, maker: str) -> tuple[str, bool]:
    barrier.wait()
    return load(declared, sources, 10).digest, maker in sys.modules


def load_together(four, *request) -> list[tuple[str, bool]]:
    """The digest that each process has read, and whether it had to import what the data set is made with."""
    pool, barrier = four
    return pool.starmap(_load, [(barrier, *request)] * 4, chunksize=1)


@pytest.mark.long
def test_many_processes_make_the_digits_once(four, tmp_path):
    """Only one has to import scikit-learn, which costs a second."""
    outcomes = load_together(four, Sources(tmp_path), DIGITS, "sklearn")
    assert len({digest for digest, _ in outcomes}) == 1
    assert [made for _, made in outcomes].count(True) == 1


@pytest.mark.long
def test_many_processes_unpack_the_archives_once(four, archived):
    """Only one has to import torchvision, which costs another."""
    outcomes = load_together(four, archived, FASHION_MNIST, "torchvision")
    assert len({digest for digest, _ in outcomes}) == 1
    assert [made for _, made in outcomes].count(True) == 1


@pytest.fixture
def served(archived, monkeypatch: pytest.MonkeyPatch):
    """The archives on a web server of this machine; plain http, which only the environment variable refuses."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    urllib.request.install_opener(None)
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", archived.cache]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        yield server.stdout.readline().partition("(")[2].partition("/)")[0]  # "Serving HTTP on ... (http://.../) ..."
        server.kill()
    urllib.request.install_opener(None)


def test_downloading_is_quiet_keeps_the_archives_and_leaves_nothing_else(served, tmp_path, capfd):
    sources = Sources(tmp_path / "cache", served)
    path = fetch(FASHION_MNIST, sources)
    assert capfd.readouterr() == ("", "")
    visible = {found.name for found in sources.cache.iterdir() if not found.name.endswith(".lock")}
    assert visible == {path.name, "FashionMNIST"}
    assert {found.name for found in (sources.cache / "FashionMNIST" / "raw").iterdir()} == ARCHIVES
    assert verify(FASHION_MNIST, sources) == ()


def test_fetching_again_does_nothing(embedded_sources):
    path = embedded_sources.path(DIGITS)
    written = path.stat().st_mtime_ns
    assert fetch(DIGITS, embedded_sources) == path and path.stat().st_mtime_ns == written


def test_a_file_mirror_makes_up_for_a_damaged_archive(archived, tmp_path, no_network):
    mirror = tmp_path / "a mirror"
    shutil.move(archived.cache, mirror)
    cut = archived.cache / "FashionMNIST" / "raw" / "train-images-idx3-ubyte.gz"
    cut.parent.mkdir(parents=True)
    cut.write_bytes((mirror / "FashionMNIST" / "raw" / cut.name).read_bytes()[:1_000_000])
    sources = Sources(archived.cache, mirror.as_uri())
    fetch(FASHION_MNIST, sources)
    assert verify(FASHION_MNIST, sources) == () and cut.stat().st_size == 26_421_880


@pytest.fixture
def mirrored(archived, tmp_path):
    """The archives as a mirror has them, an empty cache, and the one of the archives that tests spoil."""
    mirror = tmp_path / "mirror"
    shutil.move(archived.cache, mirror)
    return mirror, tmp_path / "cache", mirror / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def another(path: Path) -> None:
    shutil.copy(path.with_name("train-labels-idx1-ubyte.gz"), path)


def a_page(path: Path) -> None:
    path.write_text("<html>Please sign in</html>")


@pytest.mark.parametrize("spoil", [cut, another, a_page])
def test_what_a_mirror_spoils_is_told_and_never_kept(mirrored, no_network, spoil):
    mirror, cache, archive = mirrored
    spoil(archive)
    sources = Sources(cache, mirror.as_uri())
    with pytest.raises(DataError) as told:
        fetch(FASHION_MNIST, sources)
    assert f"  {archive.parent}: {archive.name} is damaged\n" in str(told.value)
    assert f"{archive.name}  (MD5 bb300cfdad3c16e7a12a480ee83cd310)" in str(told.value)
    assert not sources.path(FASHION_MNIST).exists() and not list(cache.glob(".*.part"))
    assert {path.name for path in (cache / "FashionMNIST" / "raw").iterdir()} == ARCHIVES - {archive.name}


class Half(SimpleHTTPRequestHandler):
    """Announces all of a file, sends a part, and hangs up."""

    def copyfile(self, source, outputfile):
        outputfile.write(source.read(1000))

    def log_message(self, *words):
        pass


@pytest.mark.parametrize("spoil", [another, a_page, None], ids=["another file", "a page", "half a download"])
def test_what_a_server_spoils_is_told_and_never_kept(archived, tmp_path, no_network, monkeypatch, spoil):
    archive = archived.cache / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"
    if spoil:
        spoil(archive)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    urllib.request.install_opener(None)
    handler = partial(SimpleHTTPRequestHandler if spoil else Half, directory=archived.cache)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        sources = Sources(tmp_path / "cache", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(DataError) as told:
            fetch(FASHION_MNIST, sources)
        server.shutdown()
    assert f"  {sources.mirror}/FashionMNIST/raw/: File not found or corrupted." in str(told.value)
    assert not sources.path(FASHION_MNIST).exists() and not list(sources.cache.glob(".*.part"))
    kept = {path.name for path in (sources.cache / "FashionMNIST" / "raw").iterdir()}
    assert kept == (ARCHIVES - {archive.name} if spoil else set())


@pytest.mark.long
def test_a_killed_fetch_leaves_nothing_that_looks_whole(archived, real_sources):
    code = (
        "from pathlib import Path; from workloads.data.sources import *; from workloads.data.declared import *;"
        f"fetch(FASHION_MNIST, Sources(Path({str(archived.cache)!r})))"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    unpacking = archived.cache / ".FashionMNIST.part" / "FashionMNIST" / "raw" / "train-images-idx3-ubyte"
    while not unpacking.exists():
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    path = archived.path(FASHION_MNIST)
    assert not path.exists() and unpacking.exists()
    (problem,) = verify(FASHION_MNIST, archived)
    assert problem == f"{path} is not there; `sparsity data fetch fashion-mnist` makes it again"
    assert read(FASHION_MNIST, archived).digest == read(FASHION_MNIST, real_sources).digest
    assert not unpacking.exists()


def flip_last_byte(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(b"garbage" * 100),
        lambda path: path.write_bytes(b""),
        flip_last_byte,
    ],
    ids=["cut", "garbage", "empty", "one bit"],
)
def test_a_damaged_file_is_told_and_healed(damage, embedded_sources, tmp_path):
    sources = Sources(tmp_path)
    path = sources.path(DIGITS)
    shutil.copy(embedded_sources.path(DIGITS), path)
    damage(path)
    (problem,) = verify(DIGITS, sources)
    assert problem.startswith(f"{path} is damaged") and problem.endswith("`sparsity data fetch digits` makes it again")
    assert fetch(DIGITS, sources) == path
    assert verify(DIGITS, sources) == ()
    assert read(DIGITS, sources).digest == read(DIGITS, embedded_sources).digest


def test_the_file_of_another_data_set_is_not_taken(embedded_sources, tmp_path):
    sources = Sources(tmp_path)
    shutil.copy(embedded_sources.path(DIGITS_28X28), sources.path(DIGITS))
    assert len(verify(DIGITS, sources)) == 1
    assert read(DIGITS, sources).train_images.shape == (1_497, 8, 8)


def test_a_damaged_archive_is_told(archived):
    fetch(FASHION_MNIST, archived)
    damaged = archived.cache / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"
    damaged.write_bytes(b"garbage")
    (problem,) = verify(FASHION_MNIST, archived)
    assert problem.startswith(f"{damaged} is damaged: its MD5 is ")
    damaged.unlink()
    assert verify(FASHION_MNIST, archived) == ()


def test_where_nothing_can_be_fetched_the_error_says_what_was_tried_and_what_to_do(tmp_path, no_network):
    pytest.importorskip("torchvision.datasets", exc_type=RuntimeError)  # a build that does not fit torch's
    empty = tmp_path / "empty"
    empty.mkdir()
    kept = tmp_path / "cache" / "FashionMNIST" / "raw"
    for mirror, tried in (
        (empty.as_uri(), f"{empty}/FashionMNIST/raw: no train-images-idx3-ubyte.gz, no train-labels"),
        ("https://data.example/sparse", "https://data.example/sparse/FashionMNIST/raw/: <urlopen error"),
    ):
        with pytest.raises(DataError) as told:
            fetch(FASHION_MNIST, Sources(tmp_path / "cache", mirror))
        first, *lines = str(told.value).splitlines()
        assert first == "FashionMNIST could not be fetched. Tried:"
        assert lines[0].startswith(f"  {kept}: no train-images-idx3-ubyte.gz, no ")
        assert lines[1].startswith(f"  {tried}")
        assert "amazonaws.com/: <urlopen error" in lines[2] and "Connection refused" in lines[2]
        assert lines[3] == f"Put these files into {kept}:"
        assert {line.split()[0] for line in lines[4:8]} == ARCHIVES
        assert "SPARSITY_DATA_MIRROR" in lines[8] and "--offline" in lines[8]


def test_a_cache_that_cannot_be_written(tmp_path):
    """The digits are made for this process alone; what must be kept is refused with the way out."""
    (tmp_path / "file").write_text("in the way")
    sources = Sources(tmp_path / "file" / "cache")
    assert read(DIGITS, sources).test_images.shape == (300, 8, 8)
    assert not fetch(DIGITS, sources).exists()
    with pytest.raises(DataError, match="cannot write fashion-mnist to .*--data-dir or SPARSITY_DATA"):
        fetch(FASHION_MNIST, sources)


def test_a_torchvision_of_another_build_is_told_in_one_sentence(tmp_path):
    """What `import torchvision` does where torch is a CPU-only build and torchvision is not."""
    (tmp_path / "torchvision").mkdir()
    broken = 'raise RuntimeError("operator torchvision::nms does not exist")'
    (tmp_path / "torchvision" / "__init__.py").write_text(broken)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r});"
        "from pathlib import Path; from workloads.data.sources import *; from workloads.data.declared import *\n"
        f"try: fetch(FASHION_MNIST, Sources(Path({str(tmp_path / 'cache')!r})))\n"
        "except DataError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    text = told.stdout + told.stderr
    assert text.startswith("torchvision does not fit torch ") and text.count("\n") == 1
    assert "(operator torchvision::nms does not exist)" in text
    assert "pip install --force-reinstall torch torchvision" in text and "--offline" in text
