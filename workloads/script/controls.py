"""Checks of controls: networks that are trained beside the pruned ones of a trial."""

from collections.abc import Sequence

MOST = 1_000  # networks of one trial


def check_controls(controls: Sequence[str], networks: int) -> None:
    """Raise ValueError where a control is listed twice, or a trial would have more than MOST networks."""
    if len(set(controls)) < len(controls):
        raise ValueError(f"controls {list(controls)} contain a name twice; list each name once")
    if networks > MOST:
        raise ValueError(
            f"the controls make it {networks:,} networks, and a trial has at most {MOST:,}; give fewer controls, "
            "draws or rounds"
        )
