"""Intervals and tests, of whatever is measured."""
