"""What an unquoted word means in YAML 1.2 (core schema): `1e-3` is a number, `no` is text, `010` is ten."""

import re

Scalar = str | int | float | bool | None

NULLS = {"", "~", "null", "Null", "NULL"}
BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
DECIMAL = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
LARGEST = 2**63 - 1  # 64 bits, so that any YAML reader can hold it
LONGEST = 100  # characters; a longer number is out of range without a look


def scalar(word: str) -> Scalar:
    """The value of an unquoted word. Raises ValueError for a whole number beyond 64 bits.

    >>> [scalar(word) for word in ("1e-3", "no", "010", "0x10", "true", "~", "2020-01-01")]
    [0.001, 'no', 10, 16, True, None, '2020-01-01']
    """
    if word in NULLS:
        return None
    if word in BOOLS:
        return BOOLS[word]
    for form, radix in ((DECIMAL, 10), (OCTAL, 8), (HEXADECIMAL, 16)):
        if form.fullmatch(word):
            return _whole(word, radix)
    if FLOAT.fullmatch(word) or INFINITE.fullmatch(word):
        return float(word.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return word


def _whole(word: str, radix: int) -> int:
    number = int(word, radix) if len(word) <= LONGEST else None
    if number is None or abs(number) > LARGEST:
        raise ValueError(
            f"the whole number {word[:20]}{'...' * (len(word) > 20)} is out of range; the limit is {LARGEST}"
        )
    return number
