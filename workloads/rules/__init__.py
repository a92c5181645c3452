"""Rules: changes of masks and weights during training."""
