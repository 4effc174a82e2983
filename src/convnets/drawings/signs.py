"""Numbers as they are printed in figures."""

__all__ = ["minus"]


def minus(value):
    """Return a number as short text, with a real minus sign, and zero without any."""
    return f"{value + 0.0:g}".replace("-", "−")  # + 0.0 turns −0.0 into 0.0
