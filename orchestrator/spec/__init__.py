"""From YAML to a sweep's settings. Every error names its file, line and column."""
