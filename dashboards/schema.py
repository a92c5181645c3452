"""Names of tags, params, artifacts and metrics in the store. The reader owns this contract.

The module imports only the standard library, so that writers can check their names against it. `<layer>` stands for
the dotted name of a module, `<format>` for one of FORMATS, `<outcome>` for what a workload is judged by.
"""

# Tags of MLflow runs
KIND = "sparsity.kind"  # sweep (the parent) or run (a child)
SWEEP = "sparsity.sweep"
RUN = "sparsity.run"  # <key>/<label>
TRIAL_KEY = "sparsity.trial_key"
LABEL = "sparsity.label"
NETWORK = "sparsity.network"  # equal keys: equal networks
MASKS = "sparsity.masks"  # equal values: equal masks
INIT = "sparsity.init"  # equal values: equal weights at the start of training, masks ignored
ROUND = "sparsity.round"  # ladders only: an integer from 0
ARM = "sparsity.arm"  # ladders, and trials with controls: main, or the name of a control
DRAW = "sparsity.draw"  # controls only: an integer from 1
TWIN = "sparsity.twin"  # RUN of the twin; absent if a run is its own twin or the sweep has no twins
NUMERICS = "sparsity.numerics"  # JSON of everything beside the trial that changes results, see workloads.numerics
DEPLOY_MACHINE = "sparsity.deploy.machine"  # whose latencies a run has: the model of its CPU or GPU
DEPLOY_THREADS = "sparsity.deploy.threads"  # that these latencies were measured with
ERROR = "sparsity.error"  # of a failed run, in one line
PARENT = "mlflow.parentRunId"
NOTE = "mlflow.note.content"  # Markdown description of a run or the experiment on MLflow's pages
VIEW = "mlflow.sharedViewState.sparsity"  # of the experiment, see orchestrator.tracking.runs_view

DIVERGED = "Diverged"  # in plan.json: the cause of a failure that is a result of the method, not an accident
MAIN = "main"  # the arm that is not a control
FINAL = "final"  # label of the main run of a trial that is not a ladder

# Params that reports read by name; the others are the trial's settings by their dotted names
SEED = "seed"
WORKLOAD = "workload.name"
DATA = "workload.data"
METHOD = "method.name"
SPARSITY = "method.sparsity"  # as planned; the measured one is final/sparsity
THRESHOLD = "method.threshold"  # replaces a planned sparsity
RATIO = "method.ratio"  # the fraction of units removed; replaces a planned sparsity
PATTERN = "method.pattern"  # of weights removed together; `name`, and of n_of_m `n` (kept) and `m`
RECONSTRUCT = "method.reconstruct"  # true: layers are solved again by least squares under the masks

# Artifacts
PLAN = "plan.json"  # of the parent run
PLAN_SCHEMA = 2  # value of its key `schema`; version 1 had one run per trial
SPEC = "spec.yaml"  # of the parent run
REPORT = "report.html"  # of the parent run
PROVENANCE = "provenance.json"  # of each run
WEIGHTS = ".safetensors"  # of each run, after its label: weights and masks
EXAMPLES = ".examples.safetensors"  # of each run, after its label: outcomes by example at the last step
SAMPLE = ".txt"  # of each run of a language model, after its label: generated text

# Tensors of WEIGHTS beside the weights, which have the names of their parameters, and its metadata
MASK = "mask:"  # before a layer's name: packed bits; the metadata has their shape under the same name
WORKLOAD_OF_NETWORK = "workload"  # in the metadata: JSON of the settings that make a network of these sizes; absent in
# files of earlier versions
INPUTS_FIRST = "inputs_first"  # in the metadata: JSON of the layers stored as (in, out), if any

# Tensors of EXAMPLES, either of the two, and its metadata
CORRECT = "correct"  # classifiers: packed bits in the order of the examples
NATS = "nats"  # language models: float32, the summed loss of each window
SPLIT = "split"  # test; val if the workload has no test set
EXAMPLES_SCORED = "examples"  # number of images or windows
CHARACTERS = "characters"  # language models: number in the targets of the split

EVALUATION_METRICS = (
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
# Computed beside the trials at the last step, for runs with a dense twin and for layers with zeros: the ranks of the
# twin's weights under random masks that keep as many weights.
BESIDE_TWIN_METRICS = ("effective_rank_by_chance/<layer>", "stable_rank_by_chance/<layer>")
PRUNED_METRICS = ("pruned/test_accuracy", "pruned/val_accuracy", "pruned/val_loss")  # once, before any fine-tuning
# Before the first training step, where masks are put in place at initialisation: the fraction of prunable weights that
# are removed or lie on no path from an input to an output (absent where paths are not defined), and the number of
# layers without a weight.
START_METRICS = ("start/effective_sparsity", "start/empty_layers")
# Where layers are solved or pruned by their inputs, once: the squared error of a layer's outputs on the calibration
# sample over the squared outputs of the dense layer; the plain name is the mean over layers.
SOLVE_METRICS = ("solve/layer_error", "solve/layer_error/<layer>")
# At every update of masks that may take weights back. churn: the fraction of the weights kept before the update that it
# removed. exploration: the fraction of all prunable weights that any mask has kept so far (Liu et al. 2021).
MASK_METRICS = ("masks/churn", "masks/exploration")
END_METRICS = (
    "final/test_accuracy", "final/test_loss", "final/val_accuracy", "final/val_loss",
    "best/val_loss", "best/step", "best/test_accuracy", "best/test_loss", "convergence/early_stop_step",
    "final/sparsity", "final/effective_sparsity", "final/classes_without_input", "final/nonzero_parameters",
    "final/prunable_parameters", "final/total_parameters",
    "layer_weights/<layer>",
    "sparse_steps/<layer>",  # fraction of the path's training steps that computed the layer from compressed rows
    "cost/train_seconds", "cost/path_train_seconds", "cost/seconds_per_epoch",
    "cost/steps_total", "cost/steps_since_last_mask", "cost/seconds_since_last_mask", "cost/training_flops",
    "cost/flops_per_example",
    "cost/model_bytes", "cost/peak_memory_bytes", "cost/dense_bytes", "cost/csr_bytes",
)  # fmt: skip
# early_bird only. distance: after each epoch from the first full window to the ticket, the largest distance between the
# newest mask and a mask of the window. drawn: at the end, 1 if a ticket was drawn, 0 if the last masks were used.
# step: the step at which the ticket was drawn, absent without one.
EARLY_BIRD_METRICS = ("early_bird/distance", "early_bird/drawn", "early_bird/step")
# Language models only: no accuracy. Perplexity is per token; bits = all nats / (ln 2 x all scored characters).
# UNPRUNED is the part of cost/flops_per_example that no mask removes: the products of attention and the head. Runs
# without it are from versions that counted only the prunable layers.
UNPRUNED = "cost/unpruned_flops_per_example"
LANGUAGE_METRICS = (
    "final/test_perplexity", "final/val_perplexity", "final/test_bits_per_character", "final/val_bits_per_character",
    UNPRUNED,
)  # fmt: skip
# adaptive only, each at the step of an application. Fractions of the weights that the application set to zero: nonzero
# that many steps later, not chosen by the next application, chosen by every later one. With `masks: ranked`, only the
# last two, as fractions of the weights that the application chose and left unchanged.
ZEROING_METRICS = (
    "weight_revival/after_1", "weight_revival/after_10", "weight_revival/after_100", "weight_revival/survived_next",
    "weight_death/permanent",
)  # fmt: skip
METRICS = (
    *EVALUATION_METRICS, *STRUCTURE_METRICS, *START_METRICS, *MASK_METRICS, *SOLVE_METRICS, *PRUNED_METRICS,
    *END_METRICS, *EARLY_BIRD_METRICS, *ZEROING_METRICS, *LANGUAGE_METRICS,
)  # fmt: skip
# Finished networks in the formats of files that `sparsity deploy` converts them to, after the sweep and not by trials.
# bytes: of the file; bytes_zstd: the same, compressed. test_<outcome>: of the converted network, on the test split.
# largest_difference: between its outputs and those of the trained network. latency: the median seconds of a batch, low
# and high its quartiles; absent for a format that nothing computes with.
FORMATS = ("dense", "bitmask", "csr", "shrunk", "int8", "onnx")
BATCHES = (1, 256)  # examples in a batch
DEPLOY_METRICS = (
    "deploy/<format>/bytes", "deploy/<format>/bytes_zstd", "deploy/<format>/test_<outcome>",
    "deploy/<format>/largest_difference",
)  # fmt: skip
LATENCIES = {
    batch: tuple(f"deploy/<format>/latency_{batch}{which}" for which in ("", "_low", "_high")) for batch in BATCHES
}
LATENCY_METRICS = tuple(metric for metrics in LATENCIES.values() for metric in metrics)
# Metrics of the machine. All others are equal on every machine and in every repetition of a trial.
MACHINE_METRICS = (
    "cost/train_seconds", "cost/path_train_seconds", "cost/seconds_per_epoch", "cost/seconds_since_last_mask",
    "cost/peak_memory_bytes", *LATENCY_METRICS,
)  # fmt: skip


def pattern(metric: str, layers: frozenset[str] | set[str]) -> str:
    """The name in METRICS, DEPLOY_METRICS or LATENCY_METRICS for `metric`, given the network's layers.

    >>> pattern("gradient_norm/hidden.0", {"hidden.0"})
    'gradient_norm/<layer>'
    >>> pattern("solve/layer_error/hidden.0", {"hidden.0"})
    'solve/layer_error/<layer>'
    >>> pattern("deploy/int8/test_accuracy", {"hidden.0"})
    'deploy/<format>/test_<outcome>'
    """
    group, _, rest = metric.rpartition("/")
    if group in {f"deploy/{name}" for name in FORMATS}:
        return f"deploy/<format>/{'test_<outcome>' if rest.startswith('test_') else rest}"
    return f"{group}/<layer>" if rest in layers else metric


def deployed(metric: str, form: str, outcome: str = "") -> str:
    """The name of one of DEPLOY_METRICS or LATENCY_METRICS in a format, of an outcome where it has one.

    >>> deployed("deploy/<format>/test_<outcome>", "int8", "accuracy")
    'deploy/int8/test_accuracy'
    """
    return metric.replace("<format>", form).replace("<outcome>", outcome)
