"""What can go wrong with a report and is not a bug."""


class ReportError(Exception):
    """The store does not hold what the report needs; the text is for the user, and needs no traceback."""
