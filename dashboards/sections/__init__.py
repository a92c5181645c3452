"""One file per section of a report."""
