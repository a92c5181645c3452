"""A spec as a user writes it: YAML in a file."""

from pathlib import Path

from orchestrator.plan.planning import Plan, plan
from orchestrator.spec.reading import SweepSpec, read
from workloads.errors import SpecError


class Written:
    """A folder with one spec, `a.yaml`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "a.yaml"

    def spec(self, text: str, *overrides: str, offline: bool = False) -> SweepSpec:
        """The spec that `text` is."""
        self.path.write_text(text, encoding="utf-8")
        return read(self.path, overrides, offline)

    def plan(self, text: str, *overrides: str, offline: bool = False) -> Plan:
        """What it comes to."""
        return plan(self.spec(text, *overrides, offline=offline))

    def methods(self, text: str, *overrides: str) -> list[tuple]:
        """Name and sparsity of every trial of the first seed that the text itself asks for."""
        points = self.spec(text, *overrides).points
        return [(point.trial.method.name, getattr(point.trial.method, "sparsity", None)) for point in points]

    def mistakes(self, text: str, *overrides: str) -> list[str]:
        """The lines of the error, the file's folder left out."""
        try:
            self.spec(text, *overrides)
        except SpecError as error:
            return str(error).replace(f"{self.path.parent}/", "").split("\n")
        raise AssertionError("nothing was found wrong")
