"""One file per method: a script of phases."""
