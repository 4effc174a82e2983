"""The picture of the course: ``python -m convnets.drawings.cover`` writes it for the README."""

from pathlib import Path

import numpy as np

from convnets import convolution, data
from convnets.drawings.seeing import image_row

__all__ = ["README_PICTURE", "cover"]

README_PICTURE = Path(__file__).parents[3] / "book" / "_static" / "cover.svg"


def cover():
    """Draw a photograph, its two Sobel responses, and the edges that they trace together.

    Returns
    -------
    Drawing
    """
    cat = data.photograph("chelsea", size=(200, 260), grey=True)
    right, down = (
        convolution.conv2d_windows(cat, convolution.KERNELS[name].weights, mode="valid") / 2
        for name in ("sobel_x", "sobel_y")
    )
    titles = ["photograph", "brighter to the right", "brighter downwards", "edges"]
    return image_row([cat, right + 0.5, down + 0.5, np.hypot(right, down)], titles, columns=2)


if __name__ == "__main__":
    cover().save(README_PICTURE)
