"""Intervals and tests of any measured value."""
