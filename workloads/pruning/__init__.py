"""Pruning: scores, allocation, selection of masks, and the phases that change a network without training it."""
