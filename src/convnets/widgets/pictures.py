"""Photographs in the state of an explorer: pixels as text that a page can hold."""

import base64
import io

__all__ = ["jpeg", "png"]


def png(pixels):
    """Return an image (H, W, 3) of bytes as a data URI, without loss."""
    return _data_uri(pixels, "png", optimize=True)


def jpeg(pixels, quality=85):
    """Return an image (H, W, 3) of bytes as a data URI, a few values off and several times smaller."""
    return _data_uri(pixels, "jpeg", quality=quality)


def _data_uri(pixels, kind, **options):
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
