"""Reports: from an MLflow store to a page that answers the question of a sweep."""
