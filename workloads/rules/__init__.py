"""What acts inside training."""
