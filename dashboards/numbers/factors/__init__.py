"""Factors beside the method: depth, width, workload, learning rate."""
