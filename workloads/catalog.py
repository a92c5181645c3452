"""The lists of all workloads, methods, rules and criteria of weights and of units. A new one must be added here."""

from workloads.methods.adaptive import Adaptive
from workloads.methods.dense import Dense
from workloads.methods.dynamic.ac_dc import AcDc
from workloads.methods.dynamic.granet import GraNet
from workloads.methods.dynamic.mest import Mest
from workloads.methods.dynamic.rigl import RigL
from workloads.methods.dynamic.set import Set
from workloads.methods.early_bird import EarlyBird
from workloads.methods.gradual import Gradual
from workloads.methods.grasp import Grasp
from workloads.methods.iterative import Iterative
from workloads.methods.lottery_ticket import LotteryTicket
from workloads.methods.method import METHODS
from workloads.methods.one_shot import OneShot
from workloads.methods.small_dense import SmallDense
from workloads.methods.snip import Snip
from workloads.methods.sparsegpt import SparseGpt
from workloads.methods.static_random import StaticRandom
from workloads.methods.structured import Structured
from workloads.methods.synflow import Synflow
from workloads.methods.wanda import Wanda
from workloads.pruning.criteria import Activation, Gradient, Magnitude, Random, Saliency
from workloads.pruning.grasp import GraspCriterion
from workloads.pruning.snip import SnipCriterion
from workloads.pruning.synflow import SynflowCriterion
from workloads.pruning.unit_criteria import UnitActivation, UnitL1, UnitL2, UnitRandom, UnitTaylor
from workloads.rules.adaptive import AdaptiveRule
from workloads.rules.alternate import AlternateRule
from workloads.rules.drop_grow import DropGrowRule
from workloads.rules.early_bird import EarlyBirdRule
from workloads.rules.gradual import GradualRule
from workloads.script.criteria import CRITERIA, UNIT_CRITERIA
from workloads.script.rules import RULES
from workloads.tasks.digits import DigitsMlp
from workloads.tasks.fashion_mnist import FashionMnistCnn, FashionMnistMlp
from workloads.tasks.mnist import MnistLenet
from workloads.tasks.shakespeare import ShakespeareGpt2
from workloads.tasks.workload import WORKLOADS

WORKLOADS.join(FashionMnistMlp, FashionMnistCnn, MnistLenet, ShakespeareGpt2, DigitsMlp)
METHODS.join(
    Dense, StaticRandom, SmallDense, Snip, Grasp, Synflow, OneShot, Iterative, Gradual, LotteryTicket, EarlyBird,
    Adaptive, Set, RigL, Mest, GraNet, AcDc, Wanda, SparseGpt, Structured,
)  # fmt: skip
RULES.join(GradualRule, EarlyBirdRule, AdaptiveRule, DropGrowRule, AlternateRule)
CRITERIA.join(Random, Magnitude, Gradient, Saliency, Activation)
CRITERIA.join(SnipCriterion, GraspCriterion, SynflowCriterion)
UNIT_CRITERIA.join(UnitL1, UnitL2, UnitActivation, UnitTaylor, UnitRandom)

__all__ = ["CRITERIA", "METHODS", "RULES", "UNIT_CRITERIA", "WORKLOADS"]
