"""Bias Studio: see what the biases of a neural network do."""

from importlib.metadata import version

__version__ = version("biasstudio")
