"""Ray Tune hands out cores and GPUs, and nothing more: results are in the trials' folders."""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ray
from ray import tune
from ray.tune.experiment import Trial
from ray.tune.search import Searcher

from orchestrator.execute.assignment import Assignment, Messages, TrialEnd
from orchestrator.execute.cluster.away import carry_out_away
from orchestrator.execute.cluster.home import Home
from orchestrator.execute.inline import Began, Notice, Report, Stop
from orchestrator.execute.last_data import LastData
from orchestrator.execute.readiness import readiness
from orchestrator.execute.worker import carry_out
from orchestrator.store.folders import TrialFolder


def run_on_ray(
    assignments: Sequence[Assignment],
    began: Began,
    noticed: Notice,
    report: Report,
    stopped: Stop,
    scratch: Path,
    at_once: int,
    home: Home | None,
) -> None:
    """Run up to `at_once` trials at once, each when it is ready; returns when all have ended.

    `home`: where trials of other nodes send their files; None without other nodes. Where a node is lost, its trials go
    on elsewhere at once, from their last checkpoints."""
    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)
    tuner = tune.Tuner(
        tune.with_resources(_process(home), _resources),
        tune_config=tune.TuneConfig(
            reuse_actors=not any(assignment.gpus for assignment in assignments),  # each GPU trial gets a new process
            search_alg=Feed(assignments),
            num_samples=len(assignments),
            max_concurrent_trials=at_once,
            trial_dirname_creator=lambda trial: _assignment(trial.config).trial.key,
        ),
        run_config=tune.RunConfig(
            name=f"attempt-{time.time_ns()}",
            storage_path=str(scratch),
            verbose=0,
            callbacks=[_Reporter(began, noticed, report, home)],
            stop=_Stopper(stopped),
            failure_config=tune.FailureConfig(max_failures=1 if home else 0),
        ),
    )
    tuner.fit()


def _assignment(config: dict) -> Assignment:
    return Assignment.model_validate_json(config["trial"][0])


def _resources(config: dict) -> tune.PlacementGroupFactory:
    assignment = _assignment(config)
    gpus = {"GPU": assignment.gpus} if assignment.gpus else {}
    return tune.PlacementGroupFactory([{"CPU": assignment.cpus, **gpus}])


def _process(home: Home | None) -> Callable[[dict], None]:
    """What a worker process does with each of its trials. Ray copies it into each process, where its data stay."""
    last_data = LastData()

    def trial(config: dict) -> None:
        messages = Messages(
            lambda number: tune.report({"reached": number}), lambda words: tune.report({"noticed": words})
        )
        assignment = _assignment(config)
        if home and not home.is_here:
            outcome = carry_out_away(assignment, messages, last_data, home)
        else:
            if home:
                home.call("close", assignment.folder)  # where an attempt on another node was lost, the keeper holds it
            outcome = carry_out(assignment, messages, last_data)
        end = {"status": outcome.status, "error": outcome.error or "", "seconds": outcome.seconds}
        tune.report(end | {"again": outcome.again})

    return trial


class Feed(Searcher):
    """Gives Tune the trials that are ready. Tune asks again within 0.1 s where there is none."""

    def __init__(self, assignments: Sequence[Assignment]):
        super().__init__()
        self._assignments = {assignment.trial.key: assignment for assignment in assignments}
        self._ready = readiness(assignments)
        self._keys: dict[str, str] = {}  # by Tune's names for trials

    def __getstate__(self) -> dict:
        return {}

    def suggest(self, trial_id: str) -> dict | None:
        key = self._ready.begin()
        if key is None:
            return None
        self._keys[trial_id] = key
        return {"trial": [self._assignments[key].model_dump_json()]}  # in a list: Tune interprets dictionaries

    def on_trial_result(self, trial_id: str, result: dict) -> None:
        if "reached" in result:
            self._ready.reached(self._keys[trial_id], result["reached"])

    def on_trial_complete(self, trial_id: str, result: dict | None = None, error: bool = False) -> None:
        self._ready.ended(self._keys[trial_id])

    def save(self, checkpoint_path: str) -> None:
        """Do nothing: no experiment of Tune's is ever restored."""


class _Reporter(tune.Callback):
    """Reports the beginning of each trial, what is noticed and its end. Tune pickles callbacks; what they call stays
    in the driver."""

    def __init__(self, began: Began, noticed: Notice, report: Report, home: Home | None):
        self._began = began
        self._noticed = noticed
        self._report = report
        self._home = home

    def __getstate__(self) -> dict:
        return {}

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: object) -> None:
        self._began(_assignment(trial.config).trial.key)

    def on_trial_result(
        self, iteration: int, trials: list[Trial], trial: Trial, result: dict[str, Any], **info: object
    ) -> None:
        assignment = _assignment(trial.config)
        if "noticed" in result:
            self._noticed(assignment.trial.key, result["noticed"])
        if "status" not in result:
            return
        outcome = result["status"], result["error"] or None, result["seconds"]
        log = TrialFolder(assignment.folder).log
        self._report(TrialEnd(assignment.trial.key, *outcome, log, again=result["again"]))

    def on_trial_complete(self, iteration: int, trials: list[Trial], trial: Trial, **info: object) -> None:
        """Tune keeps all trials to the end: of an ended one nobody asks for the averages of its reports, 17 kB."""
        trial.metric_analysis.clear()
        trial.metric_n_steps.clear()

    def on_trial_recover(self, iteration: int, trials: list[Trial], trial: Trial, **info: object) -> None:
        self._noticed(_assignment(trial.config).trial.key, "its process or node was lost; it goes on elsewhere")

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: object) -> None:
        assignment = _assignment(trial.config)
        retry = "the next sweep runs the trial again" if assignment.alone else "it runs once more at the end, alone"
        error = f"the worker process died (killed, or out of memory); {retry}"
        log = TrialFolder(assignment.folder).log
        if self._home:
            self._home.call("close", assignment.folder)
        self._report(TrialEnd(assignment.trial.key, "lost", error, 0.0, log, again=not assignment.alone))


class _Stopper(tune.Stopper):
    """Stops where the driver says so, or where no node is alive: Tune would wait for one for ever."""

    def __init__(self, stopped: Stop):
        self._stopped = stopped

    def __getstate__(self) -> dict:
        return {}

    def __call__(self, trial_id: str, result: dict) -> bool:
        return False

    def stop_all(self) -> bool:
        return self._stopped() or not any(node["Alive"] for node in ray.nodes())
