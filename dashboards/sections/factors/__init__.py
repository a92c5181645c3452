"""What else changes what pruning costs."""
