"""From results to the numbers of figures, tables and sentences."""
