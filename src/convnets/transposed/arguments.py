"""What the forms of transposed convolution accept, checked in one place."""

from typing import NamedTuple

import numpy as np

from convnets.layers.arguments import as_array, check_bias, check_groups, pair
from convnets.sizing import window_extent
from convnets.transposed.sizes import transposed_output_size

__all__ = ["Geometry", "checked"]


class Geometry(NamedTuple):
    """The numbers of one transposed convolution, each a pair (along H, along W) but for the groups."""

    stride: tuple
    padding: tuple
    output_padding: tuple
    dilation: tuple
    groups: int
    extent: tuple
    """How many pixels a stamp of the kernel spans."""
    output_size: tuple

    def appended(self, x):
        """Append zeros to maps until less than a stride of output padding is left over.

        Dilation permits more of it, and then the convolution of the output has more windows than ``x`` has
        pixels.
        """
        spare = [more // step for more, step in zip(self.output_padding, self.stride, strict=True)]
        return np.pad(x, [(0, 0), (0, 0), (0, spare[0]), (0, spare[1])]) if any(spare) else x


def checked(x, weight, bias, stride, padding, output_padding, groups, dilation):
    """Return the arrays and the :class:`Geometry`, or say what does not fit.

    Raises
    ------
    TypeError
        If an array holds anything but integers or real floats, or an option is no integer.
    ValueError
        If the shapes, the groups or the sizes do not fit together.
    """
    x = as_array("x", x, ("N", "C_in", "H", "W"))
    weight = as_array("weight", weight, ("C_in", "C_out / groups", "K_h", "K_w"))
    if x.shape[1] != weight.shape[0]:
        raise ValueError(
            f"weight expects C_in = {weight.shape[0]}, x has {x.shape[1]} channels: "
            f"x {x.shape}, weight {weight.shape}"
        )
    check_groups(groups, C_in=x.shape[1])
    if 0 in (*x.shape[1:], *weight.shape):
        raise ValueError(f"only N may be 0, got x {x.shape} and weight {weight.shape}")
    bias = check_bias(bias, (groups * weight.shape[1],))
    return x, weight, bias, _geometry(x, weight, stride, padding, output_padding, groups, dilation)


def _geometry(x, weight, stride, padding, output_padding, groups, dilation):
    options = {
        "stride": pair("stride", stride),
        "padding": pair("padding", padding, least=0),
        "output_padding": pair("output_padding", output_padding, least=0),
        "dilation": pair("dilation", dilation),
    }
    axes = [dict(zip(options, values, strict=True)) for values in zip(*options.values(), strict=True)]
    sides = zip(x.shape[2:], weight.shape[2:], axes, strict=True)
    sizes = tuple(transposed_output_size(size, kernel, **axis) for size, kernel, axis in sides)
    extent = tuple(map(window_extent, weight.shape[2:], options["dilation"]))
    return Geometry(**options, groups=groups, extent=extent, output_size=sizes)
