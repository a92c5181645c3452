"""From a sweep's settings to its trials: twins, keys and shared networks."""
