"""How large a network is, before any number runs through it (chapter *Sizing*)."""

from convnets.sizing.windows import output_size, window_extent

__all__ = ["output_size", "window_extent"]
