"""Networks: torch modules, and their shapes as arithmetic."""
