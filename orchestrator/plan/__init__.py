"""From a sweep's settings to trials: twins, keys, what they share."""
