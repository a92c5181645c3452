"""Lottery tickets, their rounds and their controls."""
