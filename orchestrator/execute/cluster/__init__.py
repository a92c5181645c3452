"""Trials on the other nodes of a Ray cluster, whose results come to the driver's node."""
