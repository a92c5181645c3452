"""Reads an MLflow store into typed results."""
