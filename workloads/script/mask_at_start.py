"""Masks that are chosen before training: the script of such a trial, and of the controls of its mask."""

from typing import Annotated, Literal, Self

from pydantic import PositiveInt, model_validator

from workloads.bibliography import FRANKLE_2021
from workloads.references import Cites
from workloads.script.controls import check_controls
from workloads.script.phases import Measure, Phase, Reinitialize, Remember, Return, Rewind, Script, Shuffle, Train
from workloads.script.removals import Prune
from workloads.settings import Settings, Sparsity


class MaskAtStart(Settings):
    """The settings of methods that prune before training."""

    sparsity: Sparsity
    """The fraction of weights removed."""
    controls: Annotated[tuple[Literal["shuffled"], ...], Cites((FRANKLE_2021,))] = ()
    """The list of networks trained beside the pruned one. Shuffled has the same first weights and as many of them in
    each layer, at random places: it tells whether the places matter (Frankle et al. 2021)."""
    control_draws: PositiveInt = 1
    """The number of random draws of each control."""

    @model_validator(mode="after")
    def _have_something_to_control(self) -> Self:
        check_controls(self.controls, 1 + len(self.controls) * self.control_draws)
        if self.controls and not self.sparsity:
            raise ValueError("controls need removed weights, and at sparsity 0 there are none; leave them out")
        if self.control_draws > 1 and not self.controls:
            raise ValueError(f"control_draws {self.control_draws} needs controls: [shuffled]; leave it out or add them")
        return self

    def script(self, removal: Prune, steps: int, draw: int | None = None) -> Script:
        """Prune, train for `steps` steps, and then train each control.

        All start with the first weights of the trial, or with those of `draw`, drawn after the pruning."""
        train = Train(start=0, stop=steps)
        anew: Script = () if draw is None or not self.sparsity else (Reinitialize(draw=draw),)
        if not self.controls:
            return (removal, *anew, train, Measure(sparsity=self.sparsity))
        script: list[Phase] = [Remember(point="first"), removal, Remember(point="pruned"), *anew, train]
        script.append(Measure(sparsity=self.sparsity, arm="main"))
        for control in self.controls:
            for number in range(1, self.control_draws + 1):
                script += [Return(to="pruned"), Shuffle(draw=number), *(anew or (Rewind(to="first"),)), train]
                script.append(Measure(label=f"{control}-{number}", sparsity=self.sparsity, arm=control, draw=number))
        return tuple(script)
