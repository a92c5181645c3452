"""From an MLflow store to typed results."""
