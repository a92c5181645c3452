"""Dynamic sparse training: networks that are sparse from the first step on, and whose weights change places."""
