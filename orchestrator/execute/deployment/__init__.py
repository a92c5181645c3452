"""Measures the finished networks of a sweep in other formats, alone on the machine."""
