"""A look: everything that is measured in one moment of training."""

from workloads.data.images import Images, Split
from workloads.errors import Diverged
from workloads.measure.dead import dead_functional, dead_neurons, dead_structural
from workloads.measure.gradients import gradients
from workloads.measure.sparsity import sparsity
from workloads.measure.summary import at_current_sparsity
from workloads.training.evaluate import evaluate
from workloads.training.settings import Measure
from workloads.training.state import Look, State


def schedule(begin: int, steps: int, measure: Measure) -> dict[int, bool]:
    """The looks of a run of `steps` steps that begins after step `begin`: where, and whether structure is measured.

    Every `evaluate_every`-th step of the run and its last; of them `structure_looks`, evenly spaced and with the
    last, measure structure.

    >>> schedule(100, 10, Measure(evaluate_every=4, structure_looks=2))
    {104: True, 108: False, 110: True}
    """
    at = sorted({*range(measure.evaluate_every, steps + 1, measure.evaluate_every), steps})
    deep = min(measure.structure_looks, len(at))
    structure = {at[(index + 1) * len(at) // deep - 1] for index in range(deep)}
    return {begin + after: after in structure for after in at}


def look(
    state: State, trained: dict[str, float], images: Images, probe: Split, prunable: int, structure: bool, last: bool
) -> Look:
    """Measure the network as it stands; `trained` are the training figures since the previous look.

    The test set is measured where the validation loss is the least so far at this sparsity, and at the last
    look of a run: it is recorded, never chosen by. Raises RevivedWeights, Diverged.
    """
    state.check_zeros()
    figures = trained | sparsity(state, prunable)
    chosen = last
    if images.validation is not None:
        figures |= _evaluated("val", state, images.validation)
        earlier = at_current_sparsity([*state.looks, Look(state.step, figures)])[:-1]
        chosen |= all(figures["val/loss"] < one.figures["val/loss"] for one in earlier)
    if chosen:
        figures |= _evaluated("test", state, images.test)
    figures |= gradients(state, probe) | dead_neurons(state.weights)
    if structure:
        figures |= dead_structural(state.weights)
        if images.validation is not None:
            figures |= dead_functional(state.model, [layer.name for layer in state.layers[:-1]], images.validation)
    return Look(state.step, figures)


def _evaluated(name: str, state: State, split: Split) -> dict[str, float]:
    loss, accuracy = evaluate(state.model, split)
    if loss != loss or loss == float("inf"):
        raise Diverged(f"the {name} loss is {loss} at step {state.step}; try a lower learning rate or clip_norm")
    return {f"{name}/loss": loss, f"{name}/accuracy": accuracy}
