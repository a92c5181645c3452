"""A network in training: what it consists of, and the one place where masks meet weights."""
