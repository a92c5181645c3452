"""The training loop, evaluation, and the keys of stages."""
