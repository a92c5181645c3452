"""Which cache and which mirror the environment asks for."""

from pathlib import Path

import pytest

from workloads.data.declared import DATA_SETS, DIGITS, FASHION_MNIST, data_sets
from workloads.data.files import FOLDERS
from workloads.data.sources import EMBEDDED, FETCHED, Sources
from workloads.errors import DataError


def test_cache_is_the_option_then_the_variable_then_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    variable = {"SPARSITY_DATA": "~/pictures"}

    def cache(data_dir, environ):
        return Sources.from_environment(data_dir, environ).cache

    assert cache(Path("here"), variable) == tmp_path / "here"
    assert cache(None, variable) == Path("/home/ada/pictures")
    users = cache(None, {})
    assert users.is_absolute() and users.is_relative_to("/home/ada") and users.name == "sparsity"
    assert cache(None, {"SPARSITY_DATA": ""}) == users


@pytest.mark.parametrize(
    "given, mirror",
    [
        ("https://data.example/sparse/", "https://data.example/sparse"),
        ("file:///srv/data", "file:///srv/data"),
        ("", None),
    ],
)
def test_mirror(given, mirror):
    assert Sources.from_environment(Path("/x"), {"SPARSITY_DATA_MIRROR": given}) == Sources(Path("/x"), mirror)


@pytest.mark.parametrize(
    "given", ["http://data.example", "ftp://data.example/x", "/srv/data", "file://srv/data", "file:///", "https://"]
)
def test_other_mirrors_are_refused(given):
    with pytest.raises(DataError, match="it must be https://<host>/<folder> or file:///<folder>") as told:
        Sources.from_environment(Path("/x"), {"SPARSITY_DATA_MIRROR": given})
    assert str(told.value).startswith(f"SPARSITY_DATA_MIRROR is {given!r};")


def test_data_sets_are_chosen_by_name_or_identity():
    assert data_sets(["digits@1", "fashion-mnist", "digits"]) == (DIGITS, FASHION_MNIST)
    assert data_sets([]) == tuple(DATA_SETS.values())


def test_all_unknown_data_sets_are_told_at_once():
    with pytest.raises(DataError) as told:
        data_sets(["digits", "mnits", "cifar"])
    assert [line.split(" ")[0] for line in str(told.value).splitlines()] == ["'mnits'", "'cifar'"]
    assert "there are fashion-mnist, mnist, digits, digits-28x28" in str(told.value)


def test_every_declared_data_set_can_be_had():
    assert {declared.identity for declared in DATA_SETS.values()} == FETCHED.keys() | EMBEDDED.keys() | FOLDERS.keys()
