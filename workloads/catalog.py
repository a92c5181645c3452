"""Every workload and every method there is. Adding one is adding it here."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from workloads.methods.adaptive import Adaptive
from workloads.methods.dense import Dense
from workloads.methods.early_bird import EarlyBird
from workloads.methods.gradual import Gradual
from workloads.methods.iterative import Iterative
from workloads.methods.lottery_ticket import LotteryTicket
from workloads.methods.one_shot import OneShot
from workloads.methods.small_dense import SmallDense
from workloads.methods.static_random import StaticRandom
from workloads.settings import tagged
from workloads.tasks.digits import DigitsMlp
from workloads.tasks.fashion_mnist import FashionMnistCnn, FashionMnistMlp
from workloads.tasks.mnist import MnistLenet
from workloads.tasks.shakespeare import ShakespeareGpt2

WORKLOADS = (FashionMnistMlp, FashionMnistCnn, MnistLenet, ShakespeareGpt2, DigitsMlp)
METHODS = (Dense, StaticRandom, SmallDense, OneShot, Iterative, Gradual, LotteryTicket, EarlyBird, Adaptive)

AnyWorkload = Annotated[
    FashionMnistMlp | FashionMnistCnn | MnistLenet | ShakespeareGpt2 | DigitsMlp,
    Field(discriminator="name"),
    BeforeValidator(tagged),
]
AnyMethod = Annotated[
    Dense | StaticRandom | SmallDense | OneShot | Iterative | Gradual | LotteryTicket | EarlyBird | Adaptive,
    Field(discriminator="name"),
    BeforeValidator(tagged),
]
