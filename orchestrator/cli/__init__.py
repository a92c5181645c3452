"""The `sparsity` command."""
