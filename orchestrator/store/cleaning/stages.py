"""The stages that no trial needs any more."""

import re
from collections.abc import Iterator
from pathlib import Path

from orchestrator.store.folders import ResultsFolder, SweepFolder
from orchestrator.store.journal import result
from orchestrator.store.lookup import planned
from workloads.settings import canonical_json

STAGE = re.compile(r"([0-9a-f]{64})\.safetensors")


def surplus(results: ResultsFolder, sweep: SweepFolder | None) -> Iterator[Path]:
    """The stages that no trial without a completed result can use; with a `sweep`, only those that it has used.

    A stage serves trials with one workload and one seed. If no result names it, any trial may need it. A sweep that
    misses a stage trains it again, to the same figures. Raises FolderError if a plan is damaged.
    """
    needs: set[str] = set()  # workload and seed of the trials that are not completed
    origins: dict[str, str] = {}  # workload and seed of each stage
    own: set[str] = set()
    for folder in results.sweeps:
        for entry in planned(folder):
            origin = canonical_json({name: value for name, value in entry.settings.items() if name != "method"})
            ending = result(folder.trial(entry.key))
            if ending is None or ending.status != "completed":
                needs.add(origin)
            stages = ending.stages if ending else ()
            origins |= dict.fromkeys(stages, origin)
            own.update(stages if folder == sweep else ())
    for path in sorted(results.stages.glob("*.safetensors")):
        match = STAGE.fullmatch(path.name)
        if match is None or (sweep is not None and match[1] not in own):
            continue
        users = {origins[match[1]]} if match[1] in origins else needs
        if not users & needs:
            yield path
