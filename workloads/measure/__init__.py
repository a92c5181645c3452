"""What is measured, each metric once."""
