"""All mutations. A new method or measure adds its own: the slips that would change its figures and nothing else."""

from tests.mutations.of_cleaning import CLEANING
from tests.mutations.of_cluster import CLUSTER
from tests.mutations.of_dashboards import DASHBOARDS
from tests.mutations.of_data import DATA
from tests.mutations.of_deploy import EXPORTED
from tests.mutations.of_deployment_report import DEPLOYMENT_REPORT
from tests.mutations.of_kernels import KERNELS
from tests.mutations.of_measures import MEASURES
from tests.mutations.of_methods import METHODS
from tests.mutations.of_moving_masks import MOVING_MASKS
from tests.mutations.of_networks import NETWORKS
from tests.mutations.of_pruned_networks import PRUNED_NETWORKS
from tests.mutations.of_pruning import PRUNING
from tests.mutations.of_solving import AFTER_TRAINING
from tests.mutations.of_statistics import STATISTICS_AND_CLAIMS
from tests.mutations.of_structure import STRUCTURE
from tests.mutations.of_sweeps import SWEEPS
from tests.mutations.of_training import TRAINING_STEPS

MUTATIONS = (
    *DATA,
    *NETWORKS,
    *PRUNING,
    *METHODS,
    *AFTER_TRAINING,
    *MOVING_MASKS,
    *STRUCTURE,
    *TRAINING_STEPS,
    *KERNELS,
    *MEASURES,
    *EXPORTED,
    *STATISTICS_AND_CLAIMS,
    *DASHBOARDS,
    *PRUNED_NETWORKS,
    *DEPLOYMENT_REPORT,
    *SWEEPS,
    *CLEANING,
    *CLUSTER,
)
