"""What the sweep found."""
