"""Layers pruned, and solved, from the inputs that they receive."""
