"""Kernels: how the layers of a network are computed in training, with masks or from compressed rows."""
