"""The names under which figures are stored: tags, params and metrics. The reader owns the contract.

Standard library only, so that the writers can hold their literals against it. `<layer>` stands for the dotted
name of a module.
"""

# Tags of MLflow runs
KIND = "sparsity.kind"  # sweep (the parent) or run (a child)
SWEEP = "sparsity.sweep"
RUN = "sparsity.run"  # <key>/<label>
TRIAL_KEY = "sparsity.trial_key"
LABEL = "sparsity.label"
NETWORK = "sparsity.network"  # equal keys, equal networks
MASKS = "sparsity.masks"  # equal values, equal masks
INIT = "sparsity.init"  # equal values, equal weights at the beginning of training, masks left aside
ROUND = "sparsity.round"  # a plain integer from 0; ladders only
ARM = "sparsity.arm"  # main, or the name of a control; ladders only
DRAW = "sparsity.draw"  # from 1; controls only
TWIN = "sparsity.twin"  # the twin's RUN; absent where a run is its own twin or the sweep has none
NUMERICS = "sparsity.numerics"  # JSON: what changes figures beside the trial, see workloads.numerics
ERROR = "sparsity.error"  # one line, of a run that failed
PARENT = "mlflow.parentRunId"
NOTE = "mlflow.note.content"  # of a run or the experiment, in Markdown: what MLflow's pages show as its description
VIEW = "mlflow.sharedViewState.sparsity"  # of the experiment: see orchestrator.tracking.runs_view

DIVERGED = "Diverged"  # in plan.json: the cause of a failure that is a finding about the method, not a mishap
MAIN = "main"  # the arm that is no control
FINAL = "final"  # the label of the main run of a trial that is no ladder

# Params that reports read by name; all others are the trial's settings under their dotted names
SEED = "seed"
WORKLOAD = "workload.name"
DATA = "workload.data"
METHOD = "method.name"
SPARSITY = "method.sparsity"  # what was asked for; what was reached is final/sparsity
THRESHOLD = "method.threshold"  # asked for instead of a sparsity

# Artifacts
PLAN = "plan.json"  # of the parent run
PLAN_SCHEMA = 2  # what its own `schema` says: 1 knew one run a trial
SPEC = "spec.yaml"  # of the parent run
REPORT = "report.html"  # of the parent run
PROVENANCE = "provenance.json"  # of each run
WEIGHTS = ".safetensors"  # of each run, behind its label: weights and masks
EXAMPLES = ".examples.safetensors"  # of each run, behind its label: what its last network did, example by example
SAMPLE = ".txt"  # of each run of a language model, behind its label: what it writes

# Tensors of WEIGHTS, beside the weights under the names of their parameters, and its metadata
MASK = "mask:"  # in front of a layer's name: packed bits, whose shape stands in the metadata under the same name
INPUTS_FIRST = "inputs_first"  # in the metadata, where there are any: JSON of the layers stored as (in, out)

# Tensors of EXAMPLES, one of the two, and its metadata
CORRECT = "correct"  # of classifiers: packed bits, in the order of the examples
NATS = "nats"  # of language models: float32, the loss of each window as a sum
SPLIT = "split"  # test; val where the workload has no test set
EXAMPLES_SCORED = "examples"  # how many images or windows
CHARACTERS = "characters"  # of language models: that the targets of the split spell

LOOK_METRICS = (
    "train/loss", "train/accuracy", "val/loss", "val/accuracy", "test/loss", "test/accuracy",
    "gradient_norm/overall", "gradient_norm/<layer>", "gradient_rms/overall",
    "zero_grad_norm/overall", "zero_grad_norm/<layer>", "zero_grad_rms/overall",
    "pruning/sparsity", "sparsity/overall", "layer_sparsity/<layer>",
    "weight_revival/revival_rate", "layer_revival/<layer>", "trends/sparsity_slope", "trends/avg_revival_rate",
    "dead_neurons/overall", "dead_neurons/<layer>",
)  # fmt: skip
STRUCTURE_METRICS = (
    "dead_structural/overall", "dead_structural/<layer>", "dead_functional/overall", "dead_functional/<layer>",
    "effective_rank/<layer>", "stable_rank/<layer>",
)  # fmt: skip
# Worked out beside the trials, of runs whose twin is dense, at the last step, of layers with zeros: the ranks of the
# twin's weights under random masks that keep as many.
BESIDE_TWIN_METRICS = ("effective_rank_by_chance/<layer>", "stable_rank_by_chance/<layer>")
PRUNED_METRICS = ("pruned/test_accuracy", "pruned/val_accuracy", "pruned/val_loss")  # once, before any fine-tuning
END_METRICS = (
    "final/test_accuracy", "final/test_loss", "final/val_accuracy", "final/val_loss",
    "best/val_loss", "best/step", "best/test_accuracy", "best/test_loss", "convergence/early_stop_step",
    "final/sparsity", "final/effective_sparsity", "final/classes_without_input", "final/nonzero_parameters",
    "final/prunable_parameters", "final/total_parameters",
    "layer_weights/<layer>",
    "cost/train_seconds", "cost/path_train_seconds", "cost/seconds_per_epoch",
    "cost/steps_total", "cost/steps_since_last_mask", "cost/training_flops", "cost/flops_per_example",
    "cost/model_bytes", "cost/peak_memory_bytes", "cost/dense_bytes", "cost/csr_bytes",
)  # fmt: skip
# Of early_bird alone: at each end of an epoch from the first full window to the ticket, the newest masks' distance to
# the one of the window that differs most; at the end, 1 where a ticket was drawn and 0 where the last masks had to do,
# and the step at which it was drawn, absent where none was.
EARLY_BIRD_METRICS = ("early_bird/distance", "early_bird/drawn", "early_bird/step")
# Of language models alone, which have no accuracy: per token, and bits = all nats / (ln 2 x all characters scored). And
# of cost/flops_per_example what no mask takes away: attention's products and the head. Runs without it are of versions
# that counted the prunable layers alone.
UNPRUNED = "cost/unpruned_flops_per_example"
LANGUAGE_METRICS = (
    "final/test_perplexity", "final/val_perplexity", "final/test_bits_per_character", "final/val_bits_per_character",
    UNPRUNED,
)  # fmt: skip
# Of adaptive alone: of the weights that an application set to zero, each at the step of that application, the fraction
# nonzero so many steps later, not chosen by the next application, and chosen by every later one. With `masks: ranked`
# the last two alone, of the weights that it chose and left as they are.
ZEROING_METRICS = (
    "weight_revival/after_1", "weight_revival/after_10", "weight_revival/after_100", "weight_revival/survived_next",
    "weight_death/permanent",
)  # fmt: skip
METRICS = (
    *LOOK_METRICS, *STRUCTURE_METRICS, *PRUNED_METRICS, *END_METRICS, *EARLY_BIRD_METRICS, *ZEROING_METRICS,
    *LANGUAGE_METRICS,
)  # fmt: skip
# Figures of the machine: all others are the same wherever and however often a trial runs.
MACHINE_METRICS = (
    "cost/train_seconds", "cost/path_train_seconds", "cost/seconds_per_epoch", "cost/peak_memory_bytes",
)  # fmt: skip


def pattern(metric: str, layers: frozenset[str] | set[str]) -> str:
    """The name in METRICS that stands for `metric`, given the network's layers.

    >>> pattern("gradient_norm/hidden.0", {"hidden.0"})
    'gradient_norm/<layer>'
    """
    group, _, rest = metric.partition("/")
    return f"{group}/<layer>" if rest in layers else metric
