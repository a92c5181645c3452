"""Errors of reports that are not bugs."""


class ReportError(Exception):
    """The store lacks data that the report needs. The text is for the user, without a traceback."""
