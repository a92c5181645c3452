"""Workloads: which network learns what."""
