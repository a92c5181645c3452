"""Pages of several sweeps, each written when a test first asks for it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from dashboards.plan_file import TrialEntry
from dashboards.read.results import Results
from dashboards.read.store import read
from dashboards.report import html
from tests.dashboards.made_up import MadeUp, write
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_sweep import SERIES, sweep
from tests.dashboards.page.outside import EVIL

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def evil(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Results:
    """Whatever a report takes from outside tries to be more than words."""
    runs = [*sweep((SERIES[0], SERIES[1], SERIES[5]), (0.5,), seeds=2, looks=2)]
    runs = [replace(run, provenance={"host": EVIL, EVIL: "fact"}) for run in runs]
    runs.append(MadeUp({"name": "static_random", "sparsity": 0.99}, 0, state="failed", error=EVIL))
    results = read(write(tmp_path_factory.mktemp("evil"), empty_store, runs, question=EVIL, notes=EVIL), "made-up")
    plan = results.plan.model_copy(update={"trials": tuple(map(_worse, results.plan.trials))})
    layers = {name: f"{name}{EVIL}" for name in results.runs if name.startswith(("layer_", "dead_"))}
    masks = {run: {f"{layer}{EVIL}": mask for layer, mask in layers.items()} for run, layers in results.masks.items()}
    runs = results.runs.rename(columns=layers)
    return replace(results, sweep=EVIL, spec=EVIL + "\n" + EVIL, plan=plan, runs=runs, masks=masks)


def _worse(trial: TrialEntry) -> TrialEntry:
    method = trial.settings["method"]
    method = method | ({"allocation": EVIL + method["allocation"]} if "allocation" in method else {})
    more = {"state": EVIL, "log": EVIL} if trial.error else {}
    return trial.model_copy(update={"settings": trial.settings | {"method": method}, **more})


@pytest.fixture(scope="session")
def real(tiny: str) -> Results:
    """A real sweep of two seeds."""
    return read(tiny, "tiny")


@pytest.fixture(scope="session")
def static_levels() -> Results:
    """Of the size of sweeps/static_levels.yaml: five methods, nine levels, five seeds."""
    spec = yaml.safe_load((ROOT / "sweeps" / "static_levels.yaml").read_text(encoding="utf-8"))
    methods = [variant["method"] for variant in spec["variants"]]
    series = tuple({"name": method} if isinstance(method, str) else method for method in methods)
    results = in_memory(sweep(series, tuple(spec["sparsity"]), spec["seeds"], looks=20), spec["name"])
    facts = {f"packages.library-{place}": "1.2.3" for place in range(22)}
    return replace(results, provenance=dict.fromkeys(results.runs["run"], facts))


@pytest.fixture(scope="session")
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of the results that a fixture gives, by the fixture's name."""
    place = tmp_path_factory.mktemp("pages")

    @cache
    def page(name: str) -> Path:
        path = place / f"{name}.html"
        path.write_text(html(request.getfixturevalue(name)), encoding="utf-8")
        return path

    return page


@pytest.fixture(params=["real", "rich", "evil"])
def page(request: pytest.FixtureRequest, pages: Callable[[str], Path]) -> Path:
    """Three pages, one after the other."""
    return pages(request.param)
