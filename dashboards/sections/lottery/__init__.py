"""Lottery tickets and their rounds, and the controls of masks."""
