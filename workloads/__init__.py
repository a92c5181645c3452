"""Networks, data, pruning methods and measurements: everything a trial does, and nothing about who asked for it."""
