"""Trained networks in files of many formats: converted, written, read again, compared and timed."""
