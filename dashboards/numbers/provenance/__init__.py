"""The setup behind the results of a sweep."""
