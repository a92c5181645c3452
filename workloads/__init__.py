"""Trials: networks, data, pruning methods and measurements. Sweeps, tracking and reports are not known here."""
