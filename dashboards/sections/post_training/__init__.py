"""Sections on networks that are pruned after training and not trained on."""
