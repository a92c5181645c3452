"""Workloads: a network, its data, and its training."""
