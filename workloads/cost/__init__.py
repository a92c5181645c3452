"""What networks and trials take: operations, bytes, memory, time."""
