"""Checking what explorers are made with: whole numbers in a range."""

from numbers import Integral

__all__ = ["check_range"]


def check_range(name, value, least, most):
    """Raise TypeError if ``value`` is no integer, ValueError if it is not from ``least`` to ``most``."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name} expects an integer, got {type(value).__name__}")
    if not least <= value <= most:
        raise ValueError(f"{name} expects {least} to {most}, got {value}")
