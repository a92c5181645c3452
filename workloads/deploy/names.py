"""The names of the formats. Needs no torch, so that planning and --help know them."""

from enum import StrEnum


class FormatName(StrEnum):
    """A format of files that hold a trained network."""

    DENSE = "dense"  # the state dict, zeros included
    BITMASK = "bitmask"  # the values that are not zero, and one bit for each weight
    CSR = "csr"  # compressed sparse rows
    SHRUNK = "shrunk"  # dense, of a smaller network without dead units
    INT8 = "int8"  # one byte for each weight, and a scale for each output
    ONNX = "onnx"  # a graph for other programs


EXTRA = 'pip install ".[onnx]"'  # what installs the packages of ONNX
