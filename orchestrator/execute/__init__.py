"""Carrying out a plan: all trials, and once more those that were lost; on Ray Tune or in this process."""
