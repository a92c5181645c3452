"""What a sweep's figures were made with."""
