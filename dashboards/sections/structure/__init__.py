"""Sections on networks that lost whole units."""
