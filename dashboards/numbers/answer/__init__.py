"""What answers rest on: comparisons, and how far each method is safe."""
