"""Run a sweep's trials: first all of them, then each lost one a second time, alone.

Where Ray itself is lost, some trials never begin: they run after that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from orchestrator.execute.assignment import Assignment, TrialEnd
from orchestrator.execute.inline import run_inline
from orchestrator.execute.mixed import mixed
from orchestrator.execute.nodes import Node, check_fit, room, this_node
from orchestrator.execute.progress import Progress
from orchestrator.execute.twins import named_twins
from orchestrator.execute.worker import device_kind
from orchestrator.plan.planning import Planned
from orchestrator.spec.reading import SweepSpec
from orchestrator.store import provenance
from orchestrator.store.folders import SweepFolder
from orchestrator.tracking.sending import Sending
from workloads.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.execute.sweep import Options

Wave = Callable[[Sequence[Node]], list[Planned]]  # the trials to run on these nodes


def launch(
    spec: SweepSpec,
    todo: Sequence[Planned],
    others: Sequence[Planned],
    folder: SweepFolder,
    options: Options,
    sending: Sending,
    progress: Progress,
) -> None:
    """Run and send the trials of `todo`, and those of the `others` that were trained on another kind of device.

    Raises UsageError where there are such others and the options do not run them again, and ResourceError where a
    trial asks for more than any node has."""
    by_key = {planned.key: planned for planned in todo}
    forced = set(options.choice.force)
    code = provenance.of_code()
    failures = 0
    again: list[Planned] = []
    settled: set[str] = set()  # keys of the trials that have ended for this sweep

    def ended(outcome: TrialEnd) -> None:
        nonlocal failures
        progress.ended(outcome)
        if outcome.again:
            again.append(by_key[outcome.key])
            return
        settled.add(outcome.key)
        failures += outcome.status != "completed"
        sending.send(by_key[outcome.key])

    def began(key: str) -> None:
        progress.began(key)
        sending.connect()  # not before: it would take the cores that start the first trials

    def stopped() -> bool:
        return failures >= spec.policies.most_failures

    def share_of_gpu(planned: Planned, nodes: Sequence[Node]) -> float:
        return spec.resources.share_of_gpu(planned.trial.workload, any(node.gpus > 0 for node in nodes))

    def assigned(planned: Planned, nodes: Sequence[Node], alone: bool) -> Assignment:
        share = share_of_gpu(planned, nodes)
        return Assignment(
            trial=planned.trial,
            folder=folder.trial(planned.key).path,
            data_cache=options.sources.cache,
            data_mirror=options.sources.mirror,
            cpus=spec.resources.cpus,
            gpus=max(share, 1) if alone and share else share,
            precision=spec.resources.precision,
            kernels=spec.resources.kernels,
            stages=options.results.stages,
            cuts=tuple(planned.cuts),
            checkpoint_every=spec.policies.checkpoint_every,
            provenance=code,
            twins=named_twins(planned),
            anew=planned.key in forced,
            alone=alone,
        )

    def first(nodes: Sequence[Node]) -> list[Planned]:
        """The trials of the first wave: only the nodes tell on which kind of device they will run."""
        differing = mixed(others, folder, "device", lambda planned: device_kind(share_of_gpu(planned, nodes)))
        if differing and not options.rerun_mixed:
            raise UsageError(str(differing))
        if differing:
            by_key.update({planned.key: planned for planned in differing.trials})
            forced.update(planned.key for planned in differing.trials)
            progress.more(list(by_key.values()), len(differing.trials))
        return list(by_key.values())

    def run(wave: Wave, alone: bool) -> None:
        if options.executor == "inline":
            with progress.phase("Loading PyTorch"):
                nodes = [this_node()]
            assignments = [assigned(planned, nodes, alone) for planned in wave(nodes)]
            check_fit(assignments, nodes)
            run_inline(assignments, began, progress.noticed, ended, stopped)
            return
        start = f"Joining the Ray cluster at {options.address}" if options.address else "Starting Ray"
        with progress.phase(start):
            from orchestrator.execute.cluster.home import Home
            from orchestrator.execute.cluster.members import usable
            from orchestrator.execute.ray_session import connect, disconnect

            nodes = connect(options.address)  # again for each wave: a trial may be lost because Ray was
        try:
            home = None
            if options.address:
                with progress.phase("Comparing the versions on all nodes"):
                    nodes = usable(nodes)
                home = Home.start(options.results.path, options.sources)
            assignments = [assigned(planned, nodes, alone) for planned in wave(nodes)]
            check_fit(assignments, nodes)
            if assignments:
                at_once = min(room(assignments, nodes), 1 if alone else options.max_concurrent or len(assignments))
                progress.enter("Waiting for the first trial")
                from orchestrator.execute.ray_tune import run_on_ray

                run_on_ray(assignments, began, progress.noticed, ended, stopped, options.results.tune, at_once, home)
        finally:
            disconnect()

    rest = None
    while rest is None or rest and not stopped():
        before = len(settled)
        run(first if rest is None else _fixed(rest), alone=False)
        if again and not stopped():
            run(_fixed(again), alone=True)
            again.clear()
        rest = [planned for planned in by_key.values() if planned.key not in settled]
        if len(settled) == before:  # whatever ends Ray ends it at once
            break


def _fixed(trials: list[Planned]) -> Wave:
    """The same trials whatever the nodes."""
    return lambda nodes: trials
