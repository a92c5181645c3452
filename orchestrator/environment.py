"""Environment variables that configure Ray and MLflow, and the priority of a process. The command sets the variables
when it starts."""

import os
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

DEFAULTS = {
    "MALLOC_ARENA_MAX": "2",  # of a worker: each trial runs in a new thread, and would take another heap of glibc's
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",  # hides the GPUs from a trial that asks for none
    "RAY_memory_monitor_refresh_ms": "0",  # off: Ray would kill trials when other programs fill the memory
    "RAY_TRAIN_ENABLE_V2_MIGRATION_WARNINGS": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # Ctrl-C reaches the driver as KeyboardInterrupt
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_MAX_PENDING_TRIALS_PG": "16",
    "TUNE_GLOBAL_CHECKPOINT_S": "inf",  # Tune would save all its trials again and again, and none is ever restored
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_DISABLE_AGENT_HINT": "1",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",  # MLflow raises its errors as well
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "4",  # half a minute; MLflow's default of 7 takes minutes
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",  # MLflow would draw one for every file
}


def set_defaults(environ: MutableMapping[str, str]) -> None:
    """Set the variables that are not set. Call it before Ray and MLflow are imported: they read most of them then.

    >>> environ = {"MLFLOW_LOGGING_LEVEL": "DEBUG"}
    >>> set_defaults(environ)
    >>> environ["MLFLOW_LOGGING_LEVEL"], environ["RAY_USAGE_STATS_ENABLED"]
    ('DEBUG', '0')
    """
    for name, value in DEFAULTS.items():
        environ.setdefault(name, value)


def give_way() -> None:
    """Let this process run where others leave time, and be the first to end where memory runs out."""
    os.nice(19)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
