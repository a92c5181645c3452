"""Sections on other factors of the loss: depth, width, workload, training settings."""
