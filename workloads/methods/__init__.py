"""Methods of pruning, one in each file: a script of phases."""
