"""Cells: a setting at a sparsity, and what its seeds came to."""
