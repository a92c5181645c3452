"""Train, remove the smallest weights, rewind the rest to early values, in rounds."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from workloads.bibliography import FRANKLE_2019, FRANKLE_2020, RENDA_2020
from workloads.methods.dense import Dense
from workloads.methods.ladder import Ladder, Share, rung
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Cites, Reference
from workloads.script.controls import check_controls
from workloads.script.phases import (
    Control,
    Measure,
    Phase,
    Reinitialize,
    Remember,
    Return,
    Rewind,
    Script,
    Shuffle,
    Train,
)
from workloads.script.removals import Prune

RANDOM: tuple[Control, ...] = ("reinit", "shuffled", "random")  # the controls with a random draw


class LotteryTicket(Ladder):
    """Train, remove the smallest weights, rewind the rest to early values, repeat.

    The method of Frankle & Carbin (2019). Give `levels`, or two of `rounds`, `rate` and `sparsity`. `rewind_to` above 0
    is late rewinding (Frankle et al. 2020). `restart: none` rewinds the learning rate and keeps the weights (Renda et
    al. 2020). Controls are trained beside the ticket of every round. Each differs from the ticket in one respect:
    `reinit` has other first weights; `shuffled` has its weights at other places in each layer; `random` has both;
    `one_shot` loses as many weights at once after the dense training, from round 2 on, since in round 1 it equals the
    ticket; `lr_rewind` keeps its trained weights.

    Rewinding empties the optimizer's state: Adam's moments and its count of steps. `restart: none` and `lr_rewind` keep
    this state, which is a second difference to the ticket. `reinit` and `random` train from step 0, so they take
    `rewind_to` steps more than the ticket.
    """

    references: ClassVar[tuple[Reference, ...]] = (FRANKLE_2019,)

    name: Literal["lottery_ticket"] = "lottery_ticket"
    allocation: Literal["global", "uniform"] = "uniform"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform removes the
    same fraction of each, and half of it in the output layer, as Frankle & Carbin (2019) do."""
    output_rate: Share | None = None
    """The fraction of the output layer's remaining weights that each round removes. None means half of `rate`. Needs
    allocation: uniform, and `rounds` and `rate`."""
    rewind_to: Annotated[NonNegativeInt, Cites((FRANKLE_2020,))] = 0
    """The training step that the remaining weights and the learning rate return to. 0 is the initialisation; networks
    that are larger than a perceptron need a later step (Frankle et al. 2020)."""
    restart: Annotated[Literal["rewind", "reinit", "none"], Cites((RENDA_2020,), "none")] = "rewind"
    """How each round starts: with the weights of step `rewind_to`, with new random weights from step 0 (reinit), or
    with the trained weights (none)."""
    controls: tuple[Control, ...] = ()
    """The list of networks trained beside the ticket of every round. Each differs from the ticket in one respect."""
    control_draws: PositiveInt = 1
    """The number of random draws of each of the controls reinit, shuffled and random."""

    @model_validator(mode="after")
    def _have_something_to_control(self) -> Self:
        beside = sum(self._draws(control) for control in self.controls)  # networks beside each ticket
        check_controls(self.controls, 1 + len(self.rungs) * (1 + beside))
        if self.controls and self.restart != "rewind":
            raise ValueError(
                f"controls are compared with tickets, and restart: {self.restart} gives none; leave out one of the two"
            )
        if self.controls and not self.rungs[-1]:
            raise ValueError(
                "controls need a round that removes weights, and at sparsity 0 there is none; leave them out"
            )
        if "one_shot" in self.controls and len(self.rungs) == 1:
            raise ValueError(
                "with a single round the control one_shot equals the ticket; give more rounds, or leave it out"
            )
        if self.control_draws > 1 and not set(self.controls) & set(RANDOM):
            raise ValueError(
                f"control_draws {self.control_draws} needs one of the controls {', '.join(RANDOM)}, and controls "
                f"are {list(self.controls)}; leave it out"
            )
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where `rewind_to` is not before the end of training."""
        if self.rewind_to >= steps:
            raise ValueError(
                f"rewind_to {self.rewind_to} is not before the end of a training of {steps} steps; make it smaller"
            )
        dense, rest = Train(start=0, stop=steps), Train(start=self.rewind_to, stop=steps)
        rewind = Rewind(to="early")
        script: list[Phase] = [
            Train(start=0, stop=self.rewind_to), Remember(point="early"), rest, rung(0, 0.0), Remember(point="dense"),
        ]  # fmt: skip
        for number, (removal, level) in enumerate(zip(self.removals(Magnitude()), self.rungs, strict=True), 1):
            restart: dict[str, Script] = {
                "rewind": (rewind, rest), "reinit": (Reinitialize(draw=number), dense), "none": (rest,),
            }  # fmt: skip
            script += [removal, Remember(point="pruned"), *restart[self.restart], rung(number, level)]
            script.append(Remember(point="rung"))
            for control, draw in self._controls(number):
                starts: dict[Control, Script] = {
                    "reinit": (Return(to="pruned"), Reinitialize(draw=draw), dense),
                    "shuffled": (Return(to="pruned"), Shuffle(draw=draw), rewind, rest),
                    "random": (Return(to="pruned"), Shuffle(draw=draw), Reinitialize(draw=draw), dense),
                    "one_shot": (Return(to="dense"), _at_once(removal, number), rewind, rest),
                    "lr_rewind": (Return(to="pruned"), rest),
                }
                label = f"r{number:02d}-{control}-{draw}"
                measure = Measure(label=label, sparsity=level, round=number, arm=control, draw=draw)
                script += [*starts[control], measure]
            if self.controls and number < len(self.rungs):
                script.append(Return(to="rung"))
        return tuple(script)

    def twin(self) -> Method:
        """See Method. A dense network that is rewound and trained again gives the same network."""
        if self.restart != "none":
            return Dense()
        return type(self)(rounds=len(self.rungs), sparsity=0.0, rewind_to=self.rewind_to, restart="none")

    def _controls(self, number: int) -> Iterator[tuple[Control, int]]:
        """The controls of one round, draw by draw."""
        for control in self.controls:
            if control == "one_shot" and number == 1:
                continue
            for draw in range(1, self._draws(control) + 1):
                yield control, draw

    def _draws(self, control: Control) -> int:
        return self.control_draws if control in RANDOM else 1

    @property
    def _output_rate(self) -> float | None:
        if self.output_rate is not None or self.allocation == "global" or self.sparsity is not None:
            return self.output_rate
        return float(Fraction(str(self._rate)) / 2)


def _at_once(removal: Prune, rounds: int) -> Prune:
    """One pruning that removes as many weights as `rounds` rounds do, the last of them `removal`."""
    return removal if removal.to is not None else removal.model_copy(update={"times": rounds})
