"""Data sets: fetching, checking, splitting, and turning them into tensors."""
