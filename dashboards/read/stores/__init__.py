"""The runs in an MLflow store, read from its tables or through MLflow's client."""
