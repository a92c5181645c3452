"""The methods paragraph: the setup of a sweep in sentences for a paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboards.numbers.provenance.setup import MethodSetup, NetworkSetup, Setup
from dashboards.read.series import worded
from dashboards.statistics.estimates import ENOUGH
from dashboards.words.formats import count, level, listed
from dashboards.words.units import unit

Values = Mapping[str, tuple[Any, ...]]

DATA = {
    "fashion-mnist": "Fashion-MNIST", "mnist": "MNIST", "digits": "the digits of scikit-learn",
    "digits-28x28": "the digits of scikit-learn in 28x28 pixels", "tiny-shakespeare": "Tiny Shakespeare",
}  # fmt: skip
NAMES = {
    "sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "constant": "a constant learning rate",
    "cosine": "a cosine schedule of the learning rate", "step": "a step schedule of the learning rate",
}  # fmt: skip
SETTINGS = {  # in words; other settings have their name and value
    "lr": "learning rate {}", "weight_decay": "weight decay {}", "decayed": "decay of {}", "at": "at {} of the steps",
    "factor": "each time multiplied by {}", "warmup": "after a warm-up of {} steps", "floor": "down to {} of the peak",
    "hidden": "hidden layers of {} units", "preset": "preset {}",
}  # fmt: skip
USUAL = {"eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "warmup": 0, "floor": 0.0, "dropout": 0.0}
ELSEWHERE = ("name", "data", "validation_size", "split")  # settings of a workload that appear in other sentences


def paragraph(setup: Setup) -> str:
    """The recorded setup of the sweep as a paragraph; nothing else."""
    sentences = [
        *(_network(network, setup) for network in setup.networks), *_training(setup), *_methods(setup),
        *_seeds(setup), *_statistics(setup), *_software(setup.facts),
    ]  # fmt: skip
    return " ".join(sentences)


def _network(network: NetworkSetup, setup: Setup) -> str:
    settings = {name: values for name, values in network.values.items() if name not in ELSEWHERE and "." not in name}
    name, _, version = network.data.identity.partition("@")
    real = "stand-in data, " if network.values.get("data") == ("stand_in",) else ""
    notes = [*([f"version {version}"] if version else []), *setup.cited(network.name)]
    return (
        f"The network {network.name}{_bracket(_settings(settings))} was trained on {real}{DATA.get(name, name)}"
        f"{_bracket(notes)}{_sizes(network)}."
    )


def _sizes(network: NetworkSetup) -> str:
    """The number of examples of each split, if recorded."""
    data, validation = network.data, network.values.get("validation_size", ())
    if data.characters is not None:
        return f" of {count(data.characters)} characters"
    if data.train is None or data.test is None:
        return ""
    if len(validation) != 1:
        return f", with {count(data.train)} examples to train and validate on and {count(data.test)} to test on"
    parts = (("to train on", data.train - validation[0]), ("to validate on", validation[0]), ("to test on", data.test))
    return f", with {listed([f'{count(size)} examples {use}' for use, size in parts if size])}"


def _training(setup: Setup) -> Iterator[str]:
    """One sentence for all networks with equal training."""
    by_training: dict[str, list[NetworkSetup]] = {}
    for network in setup.networks:
        by_training.setdefault(_how(network, setup), []).append(network)
    for how, networks in by_training.items():
        who = "Training" if len(by_training) == 1 else f"Training of {listed([network.name for network in networks])}"
        yield f"{who} took {how}."


def _how(network: NetworkSetup, setup: Setup) -> str:
    training = network.training
    steps = [count(number) for number in network.steps]
    length = f"{listed(steps)} optimizer steps"
    if epochs := training.get("epochs"):
        length = f"{_values(epochs)} epochs" + (f" ({length})" if len(steps) == 1 else "")
    elif not steps:
        length = f"{_values(training.get('steps', ()))} optimizer steps"
    clipped = [f"gradients clipped to a norm of {_values(norms)}" for norms in [training.get("clip_norm")] if norms]
    parts = [
        f"batches of {_values(training.get('batch_size', ()))} examples", _choice("optimizer", training, setup),
        _choice("lr_schedule", training, setup), *clipped,
    ]  # fmt: skip
    return f"{length} with {listed(parts)}"


def _choice(group: str, training: Values, setup: Setup) -> str:
    """The optimizers or schedules of the sweep with their settings."""
    lead = f"{group}."
    values = {name.removeprefix(lead): options for name, options in training.items() if name.startswith(lead)}
    names = values.pop("name", ())
    works = [_named(name) + _bracket(setup.cited(name)) for name in names]
    settings = _settings(values)
    if len(works) == 1:
        return _named(names[0]) + _bracket([*settings, *setup.cited(names[0])])
    return " or ".join(works) + _bracket(settings)


def _named(name: str) -> str:
    return NAMES.get(name, name)


def _settings(settings: Values) -> list[str]:
    """Settings by name, without default values."""
    return [
        _setting(name, values) for name, values in settings.items() if any(_unusual(name, value) for value in values)
    ]


def _unusual(name: str, value: Any) -> bool:
    return value not in ((), False) and value != USUAL.get(name)


def _setting(name: str, values: Sequence[Any]) -> str:
    if name == "betas":
        return " or ".join(f"betas {_values(pair)}" for pair in values)
    return SETTINGS.get(name, f"{name.replace('_', ' ')} {{}}").format(_values(values))


def _values(values: Sequence[Any]) -> str:
    return listed([worded(value) for value in values])


def _methods(setup: Setup) -> Iterator[str]:
    """The methods and their sparsities; methods with equal levels are together."""
    levels: dict[tuple[float, ...], list[str]] = {}
    for method in setup.methods:
        levels.setdefault(method.levels, []).append(_method(method, setup))
    parts = [f"{listed(names)}{_at(group)}" for group, names in levels.items()]
    if parts:
        verb = "methods are" if len(setup.methods) > 1 else "method is"
        yield f"The {verb} {'; '.join(parts)}. Sparsity is the fraction of prunable weights removed."
    if setup.left_out:
        elsewhere = "; elsewhere they were zeros, and multiplied like other weights" if setup.simulated else ""
        yield f"Training left removed weights out of its products where that takes less time{elsewhere}."
    elif setup.simulated:
        yield "Sparsity was simulated: removed weights were zeros, and they were multiplied like other weights."


def _method(method: MethodSetup, setup: Setup) -> str:
    variants = [f"variants {' / '.join(name or 'plain' for name in method.variants)}"] if method.variants else []
    controls = [f"controls {listed(list(method.controls))}"] if method.controls else []
    return method.name + _bracket([*setup.cited(method.name), *variants, *controls])


def _at(levels: Sequence[float]) -> str:
    return f" at {listed([level(sparsity) for sparsity in levels])} sparsity" if levels else ""


def _seeds(setup: Setup) -> Iterator[str]:
    first, last, number = setup.seeds[0], setup.seeds[-1], len(setup.seeds)
    if number > 1:
        span = f"{first} to {last}" if last - first == number - 1 else listed([str(seed) for seed in setup.seeds])
        yield f"Every setting was trained with {number} seeds ({span})."
    else:
        yield f"Every setting was trained with one seed ({first})."
    if setup.twins:
        yield ("Each sparse network was paired with its dense twin: the same seed, batches and number of steps, and "
               "no weight removed.")  # fmt: skip


def _statistics(setup: Setup) -> Iterator[str]:
    if len(setup.seeds) > 1:
        also = ", and over seeds and test examples where that is said" if setup.over_examples else ""
        yield f"Intervals are {level(setup.confidence)} t-intervals over seeds{also}."
    if not setup.twins:
        return
    if len(setup.seeds) >= ENOUGH:
        yield "Differences to the twin were tested with the paired t-test, adjusted by Holm."
    for words in map(unit, setup.outcomes):
        article = "An" if words.lost[0] in "aeiou" else "A"
        amount = words.allowed if words.of_value else f"{words.allowed.removesuffix(words.name)}{words.outcome.title}"
        title = f" in {words.outcome.title}" if words.of_value else ""
        yield f"{article} {words.lost} of at most {amount}{title} counts as harmless."


def _software(facts: Mapping[str, str]) -> Iterator[str]:
    """The recorded versions and machine."""
    packages = {"packages.sparsity": "sparsity", "packages.torch": "PyTorch", "python": "Python"}
    parts = [f"{name} {facts[fact]}" for fact, name in packages.items() if fact in facts]
    if "git.commit" in facts:
        changed = " with uncommitted changes" if facts.get("git.dirty") == "yes" else ""
        parts.append(f"commit {facts['git.commit']}{changed}")
    if parts:
        yield f"Software: {', '.join(parts)}."
    machine = [facts[name] for name in ("numerics.precision", "numerics.device") if name in facts]
    if machine:
        yield f"Networks were trained in {' on '.join(machine)}."


def _bracket(parts: Sequence[str]) -> str:
    """Notes in brackets after a name; works lose their own brackets."""
    return f" ({'; '.join(part.replace(' (', ' ').removesuffix(')') for part in parts)})" if parts else ""
