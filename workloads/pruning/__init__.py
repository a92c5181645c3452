"""Which weights go, and when."""
