"""The cost of networks and trials: operations, bytes, memory, time."""
