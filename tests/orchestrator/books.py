"""What a sweep's folders hold and what an MLflow store holds, in the same form: run by run, point by point."""

from mlflow import MlflowClient

from dashboards import schema
from orchestrator.store import beside_twin
from orchestrator.store.folders import SweepFolder
from orchestrator.store.journal import entries, result

Books = dict[str, tuple[str, list[tuple]]]  # a run's name -> its status, its points


def journalled(folder: SweepFolder) -> Books:
    """Of all trials that have ended."""
    found: Books = {}
    for path in sorted(folder.path.glob("*/result.json")):
        trial = folder.trial(path.parent.name)
        ended = result(trial)
        status = "FINISHED" if ended.status == "completed" else "FAILED"
        points: dict[str, list[tuple]] = {}
        for one in entries(trial):
            point = one.record.name, one.record.step, one.time, repr(float(one.record.value))
            points.setdefault(one.record.label, []).append(point)
        for label, each in points.items():
            if beside := beside_twin.read(trial, label):
                each += [(name, beside.step, beside.time, repr(value)) for name, value in beside.metrics.items()]
        found |= {f"{path.parent.name}/{label}": (status, sorted(each)) for label, each in points.items()}
    return found


def stored(uri: str, sweep: str) -> Books:
    """Of all runs that are not deleted; there is no second one of a name."""
    client = MlflowClient(uri)
    (experiment,) = client.search_experiments(filter_string=f"name = '{sweep}'")
    runs = client.search_runs([experiment.experiment_id], f"tags.`{schema.KIND}` = 'run'", max_results=1000)
    found: Books = {}
    for run in runs:
        histories = (client.get_metric_history(run.info.run_id, name) for name in run.data.metrics)
        points = [(one.key, one.step, one.timestamp, repr(one.value)) for each in histories for one in each]
        name = run.data.tags[schema.RUN]
        assert name not in found, f"{name} is there twice"
        found[name] = run.info.status, sorted(points)
    return found
