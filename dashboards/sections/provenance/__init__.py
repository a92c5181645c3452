"""Sections on the origin of the results: sweeps, methods, failures, code, machine and data."""
