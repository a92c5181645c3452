"""Cells: one setting at one sparsity, with the outcomes of its seeds."""
