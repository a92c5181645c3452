"""Train, drop the smallest weights, put the rest back to what they were early in training, again and again."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from workloads.bibliography import FRANKLE_2019, FRANKLE_2020, RENDA_2020
from workloads.methods.dense import Dense
from workloads.methods.ladder import Ladder, rung
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.script.phases import (  # fmt: skip
    Control,
    Measure,
    Phase,
    Prune,
    Reinitialize,
    Remember,
    Return,
    Rewind,
    Script,
    Shuffle,
    Train,
)

MOST = 1_000  # networks of one trial
DRAWN: tuple[Control, ...] = ("reinit", "shuffled", "random")  # the controls that chance decides


class LotteryTicket(Ladder):
    """Train, drop the smallest weights, put the rest back to an early value, repeat (Frankle & Carbin 2019).

    `rewind_to` > 0 is late rewinding (Frankle et al. 2020); `restart: none` repeats the training's learning rates and
    keeps the weights (Renda et al. 2020). Controls are trained beside the ticket of every round and differ from it in
    one respect each: `reinit` has other first weights, `shuffled` other places in each layer, `random` both,
    `one_shot` lost as many weights at once after the dense training (from round 2 on: in the first it is the ticket),
    `lr_rewind` keeps its trained weights.

    Rewinding empties the optimizer's state (Adam's moments and its count of steps); `restart: none` and `lr_rewind`
    keep it, so they differ from a rewound ticket in that too. `reinit` and `random` train from step 0: with `rewind_to`
    k they take k steps more than the ticket.
    """

    references: ClassVar[tuple[Reference, ...]] = (FRANKLE_2019, FRANKLE_2020, RENDA_2020)

    name: Literal["lottery_ticket"] = "lottery_ticket"
    allocation: Literal["global", "uniform"] = "uniform"  # output_rate: where it is not given, half of rate
    rewind_to: NonNegativeInt = 0  # step that the weights that are left go back to, and the learning rate with them
    restart: Literal["rewind", "reinit", "none"] = "rewind"  # of every round; reinit: with new weights, from step 0
    controls: tuple[Control, ...] = ()
    control_draws: PositiveInt = 1  # of each control that chance decides: reinit, shuffled, random

    @model_validator(mode="after")
    def _have_something_to_control(self) -> Self:
        if len(set(self.controls)) < len(self.controls):
            raise ValueError(f"controls {list(self.controls)} name one twice; leave it out")
        if self.controls and self.restart != "rewind":
            raise ValueError(
                f"controls are held against tickets, and restart: {self.restart} finds none; leave out either"
            )
        if self.controls and not self.rungs[-1]:
            raise ValueError(
                "controls branch off a round, and at sparsity 0 there is none that removes anything; leave them out"
            )
        if "one_shot" in self.controls and len(self.rungs) == 1:
            raise ValueError(
                "with a single round the control one_shot is the ticket itself; give more rounds, or leave it out"
            )
        if self.control_draws > 1 and not set(self.controls) & set(DRAWN):
            raise ValueError(
                f"control_draws {self.control_draws} are of {', '.join(DRAWN)}, and controls "
                f"{list(self.controls)} name none of them; leave it out"
            )
        networks = 1 + len(self.rungs) * (1 + sum(self.control_draws if one in DRAWN else 1 for one in self.controls))
        if networks > MOST:
            raise ValueError(
                f"rounds and controls come to {networks:,} networks, and a trial has at most {MOST:,}; "
                "make rounds, controls or control_draws fewer"
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
        for number, (removal, asked) in enumerate(zip(self.removals(Magnitude()), self.rungs, strict=True), 1):
            restart: dict[str, Script] = {
                "rewind": (rewind, rest), "reinit": (Reinitialize(draw=number), dense), "none": (rest,),
            }  # fmt: skip
            script += [removal, Remember(point="pruned"), *restart[self.restart], rung(number, asked)]
            script.append(Remember(point="rung"))
            for control, draw in self._controls(number):
                beginnings: dict[Control, Script] = {
                    "reinit": (Return(to="pruned"), Reinitialize(draw=draw), dense),
                    "shuffled": (Return(to="pruned"), Shuffle(draw=draw), rewind, rest),
                    "random": (Return(to="pruned"), Shuffle(draw=draw), Reinitialize(draw=draw), dense),
                    "one_shot": (Return(to="dense"), _at_once(removal, number), rewind, rest),
                    "lr_rewind": (Return(to="pruned"), rest),
                }
                label = f"r{number:02d}-{control}-{draw}"
                measure = Measure(label=label, sparsity=asked, round=number, arm=control, draw=draw)
                script += [*beginnings[control], measure]
            if self.controls and number < len(self.rungs):
                script.append(Return(to="rung"))
        return tuple(script)

    def twin(self) -> Method:
        """See Method: a dense network that begins anew comes to where it was."""
        if self.restart != "none":
            return Dense()
        return type(self)(rounds=len(self.rungs), sparsity=0.0, rewind_to=self.rewind_to, restart="none")

    def _controls(self, number: int) -> Iterator[tuple[Control, int]]:
        """Those of one round, draw by draw."""
        for control in self.controls:
            if control == "one_shot" and number == 1:
                continue
            for draw in range(1, (self.control_draws if control in DRAWN else 1) + 1):
                yield control, draw

    @property
    def _output_rate(self) -> float | None:
        if self.output_rate is not None or self.allocation == "global" or self.sparsity is not None:
            return self.output_rate
        return float(Fraction(str(self._rate)) / 2)


def _at_once(removal: Prune, rounds: int) -> Prune:
    """As many weights as `rounds` rounds that end with `removal` remove."""
    return removal if removal.to is not None else removal.model_copy(update={"times": rounds})
