"""What is on disk, and what it says."""
