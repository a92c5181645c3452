"""Sends journals to MLflow, and prepares MLflow's pages."""
