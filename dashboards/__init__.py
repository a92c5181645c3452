"""From an MLflow store to a page that answers the sweep's question."""
