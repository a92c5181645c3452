"""What networks look like inside."""
