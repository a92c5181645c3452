"""From YAML to a sweep's settings; every mistake with its place."""
