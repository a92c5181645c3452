"""Sections on networks in the formats that they are deployed in."""
