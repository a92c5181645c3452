"""Facts about each data set, written down here so that planning reads no data."""

from collections.abc import Iterable
from dataclasses import dataclass

from workloads.errors import DataError


@dataclass(frozen=True)
class Declared:
    """A data set by name and version. A new version means new figures, so the trials get new keys."""

    identity: str  # name@version; part of every trial's key

    @property
    def name(self) -> str:
        """The identity without its version."""
        return self.identity.partition("@")[0]


@dataclass(frozen=True)
class DeclaredImages(Declared):
    """Labelled images."""

    train: int  # examples, validation included
    test: int  # examples
    features: int  # numbers per example
    classes: int
    validation: int  # default size of the validation split, which is cut from the training examples


@dataclass(frozen=True)
class DeclaredText(Declared):
    """A text for language modelling."""

    characters: int
    vocabulary: int  # different characters


@dataclass(frozen=True)
class DeclaredVocabulary(Declared):
    """A vocabulary of tokens."""

    vocabulary: int


FASHION_MNIST = DeclaredImages("fashion-mnist@1", train=60_000, test=10_000, features=784, classes=10, validation=5_000)
MNIST = DeclaredImages("mnist@1", train=60_000, test=10_000, features=784, classes=10, validation=5_000)
DIGITS = DeclaredImages("digits@1", train=1_497, test=300, features=64, classes=10, validation=200)
DIGITS_28X28 = DeclaredImages("digits-28x28@1", train=1_497, test=300, features=784, classes=10, validation=200)
TINY_SHAKESPEARE = DeclaredText("tiny-shakespeare@1", characters=1_115_394, vocabulary=65)
GPT2_BPE = DeclaredVocabulary("gpt2-bpe@1", vocabulary=50_257)

IMAGES = (FASHION_MNIST, MNIST, DIGITS, DIGITS_28X28)
DATA_SETS = {declared.name: declared for declared in (*IMAGES, TINY_SHAKESPEARE, GPT2_BPE)}


def data_sets(names: Iterable[str]) -> tuple[Declared, ...]:
    """The data sets with these names or identities, without repetition; all data sets if `names` is empty.

    Raises DataError with one line for each unknown name.

    >>> [declared.identity for declared in data_sets(["digits", "digits@1"])]
    ['digits@1']
    """
    by_name = DATA_SETS | {declared.identity: declared for declared in DATA_SETS.values()}
    names = list(names)
    if unknown := [name for name in names if name not in by_name]:
        allowed = ", ".join(DATA_SETS)
        raise DataError("\n".join(f"{name!r} is no data set; there are {allowed}" for name in unknown))
    return tuple(dict.fromkeys(by_name[name] for name in names)) or tuple(DATA_SETS.values())
