"""Measurements of a network: the metrics of looks and of the end of a run."""
