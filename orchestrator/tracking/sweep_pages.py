"""Where a server of MLflow's pages shows the sweeps of its store."""

from dashboards import schema
from orchestrator.tracking import runs_view
from orchestrator.tracking.tracker import MlflowClient
from workloads.errors import UsageError


def of_sweeps(uri: str, server: str) -> dict[str, str]:
    """The addresses of the tables of runs, by the sweeps' names, on the `server` that shows the store `uri`."""
    experiments = MlflowClient(uri).search_experiments()
    ours = sorted((one.name, one.experiment_id) for one in experiments if schema.VIEW in one.tags)
    return {name: f"{server.rstrip('/')}/#{runs_view.path(experiment)}" for name, experiment in ours}


def of_sweep(uri: str, server: str, name: str) -> str:
    """The address of one sweep's table of runs. Raises UsageError where there is none."""
    found = of_sweeps(uri, server)
    if name not in found:
        raise UsageError(
            f"{uri} shows no sweep {name!r}; it shows {', '.join(found) or 'none'}. `sparsity sync SPEC` "
            "sends one that is missing; another store is named by --results or --tracking-uri"
        )
    return found[name]
