"""Networks that lost whole units."""
