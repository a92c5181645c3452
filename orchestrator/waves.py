"""A sweep's trials: all at first, then once more those that were lost, with nothing else of the sweep beside them.

Where Ray itself was lost, trials are left that never began: they come after that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestrator import provenance
from orchestrator.folders import SweepFolder
from orchestrator.launch import Node, check_fit, room, run_inline, this_node
from orchestrator.plan import Planned
from orchestrator.progress import Progress
from orchestrator.sending import Sending
from orchestrator.spec import SweepSpec
from orchestrator.trainable import Assignment, Outcome

if TYPE_CHECKING:
    from orchestrator.sweep import Options


def launch(
    spec: SweepSpec,
    todo: Sequence[Planned],
    folder: SweepFolder,
    options: Options,
    sending: Sending,
    progress: Progress,
) -> None:
    """Run the trials and send them. Raises ResourceError where a trial asks for more than any node has."""
    by_key = {planned.key: planned for planned in todo}
    made_with = provenance.of_code()
    failures = 0
    again: list[Planned] = []
    settled: set[str] = set()  # keys of trials that this sweep does not run again

    def ended(outcome: Outcome) -> None:
        nonlocal failures
        progress.ended(outcome)
        if outcome.again:
            again.append(by_key[outcome.key])
            return
        settled.add(outcome.key)
        failures += outcome.status != "completed"
        sending.send(by_key[outcome.key])

    def stopped() -> bool:
        return failures >= spec.policies.most_failures

    def assigned(planned: Planned, nodes: Sequence[Node], alone: bool) -> Assignment:
        share = spec.resources.share_of_gpu(planned.trial.workload, any(node.gpus > 0 for node in nodes))
        return Assignment(
            trial=planned.trial,
            folder=folder.trial(planned.key).path,
            data_cache=options.sources.cache,
            data_mirror=options.sources.mirror,
            cpus=spec.resources.cpus,
            gpus=max(share, 1) if alone and share else share,
            precision=spec.resources.precision,
            stages=options.results.stages,
            cuts=tuple(planned.cuts),
            checkpoint_every=spec.policies.checkpoint_every,
            provenance=made_with,
            anew=planned.key in options.choice.force,
            alone=alone,
        )

    def run(wave: Sequence[Planned], alone: bool) -> None:
        if options.executor == "inline":
            nodes = [this_node()]
            assignments = [assigned(planned, nodes, alone) for planned in wave]
            check_fit(assignments, nodes)
            run_inline(assignments, progress.began, ended, stopped)
            return
        from orchestrator.ray_tune import connect, disconnect, run_on_ray

        nodes = connect(options.address)  # anew for each wave: what a trial was lost with may be Ray itself
        try:
            assignments = [assigned(planned, nodes, alone) for planned in wave]
            check_fit(assignments, nodes)
            at_once = min(room(assignments, nodes), 1 if alone else options.max_concurrent or len(assignments))
            run_on_ray(assignments, progress.began, ended, stopped, options.results.tune, at_once)
        finally:
            disconnect()

    left = list(todo)
    while left and not stopped():
        before = len(settled)
        run(left, alone=False)
        if again and not stopped():
            run(again, alone=True)
            again.clear()
        left = [planned for planned in todo if planned.key not in settled]
        if len(settled) == before:  # whatever ends Ray ends it at once
            break
