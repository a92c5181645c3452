"""From journals to MLflow, and how MLflow shows it."""
