"""Opens a store: by its tables where they are known, which is fast, else through MLflow's client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboards.errors import ReportError
from dashboards.read.stores import table_store
from dashboards.read.stores.store import Store, StoreError


@contextmanager
def opened(uri: str) -> Iterator[Store]:
    """The store at `uri`. Raises ReportError if there is none, or if it cannot be read, now or later."""
    path = uri.removeprefix("sqlite:///")
    if path != uri and not Path(path).is_file():
        raise ReportError(
            f"{path} does not exist: there are no results here yet; run `sparsity sweep SPEC`, or name "
            "the folder that holds them with --results"
        )
    try:
        with _quickest(uri) as store:
            yield store
    except StoreError as error:
        remedy = "is its server up?"
        if uri.startswith("sqlite:"):
            remedy = ("if it is damaged, move its file away and `sparsity sync` rebuilds it; if it is of another "
                      f"MLflow version, `mlflow db upgrade {uri}`")  # fmt: skip
        reason = str(error).partition("\n")[0].partition(". ")[0]
        raise ReportError(f"the store {uri} cannot be read ({reason}); {remedy}") from error


@contextmanager
def _quickest(uri: str) -> Iterator[Store]:
    with table_store.connected(uri) as tables:
        if tables is not None:
            yield tables
            return
        from dashboards.read.stores import client_store  # imports MLflow, which takes seconds

        with client_store.connected(uri) as client:
            yield client
