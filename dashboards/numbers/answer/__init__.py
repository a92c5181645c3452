"""The numbers behind answers: comparisons, rankings and safe sparsities."""
