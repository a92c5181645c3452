"""Rules: what changes masks or weights inside training."""
