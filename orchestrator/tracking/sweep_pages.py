"""The addresses of sweeps on a server of MLflow's pages."""

from dashboards import schema
from orchestrator.tracking import runs_view
from orchestrator.tracking.tracker import MlflowClient
from workloads.errors import UsageError


def of_sweeps(uri: str, server: str) -> dict[str, str]:
    """The address of each sweep's table of runs, by name, on the `server` that shows the store `uri`."""
    experiments = MlflowClient(uri).search_experiments()
    ids = {experiment.name: experiment.experiment_id for experiment in experiments if schema.VIEW in experiment.tags}
    return {name: f"{server.rstrip('/')}/#{runs_view.path(ids[name])}" for name in sorted(ids)}


def of_sweep(uri: str, server: str, name: str) -> str:
    """The address of one sweep's table of runs. Raises UsageError if the store does not have the sweep."""
    addresses = of_sweeps(uri, server)
    if name not in addresses:
        raise UsageError(
            f"{uri} has no sweep {name!r}; it has {', '.join(addresses) or 'none'}. `sparsity sync SPEC` sends "
            "a sweep that is missing; name another store with --results or --tracking-uri"
        )
    return addresses[name]
