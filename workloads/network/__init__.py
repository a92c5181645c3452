"""The state of a network in training: weights, masks, optimizer, rule, and how to save and restore it."""
