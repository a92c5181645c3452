"""Commands for networks that are finished."""
