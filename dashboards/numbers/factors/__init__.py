"""What else changes what pruning costs: depth, width, workload, learning rate."""
