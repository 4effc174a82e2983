"""The idx format, in which MNIST is published: a magic number, the shape, the numbers.

Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", section on the file
format.
"""

import struct

import numpy as np

__all__ = ["read_idx"]

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(content):
    """Decode the content of an idx file.

    Parameters
    ----------
    content : bytes
        The decompressed file: two zero bytes, a byte for the dtype, a byte for the number of axes, the length
        of each axis as a big-endian 32-bit integer, then the numbers, big-endian.

    Returns
    -------
    ndarray
        The numbers in native byte order; read-only where no byte had to be swapped.

    Raises
    ------
    ValueError
        If the content does not begin like an idx file, or holds more or fewer numbers than it says.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in DTYPES:
        raise ValueError(f"not an idx file: it begins with the bytes {content[:4].hex(' ') or 'of nothing'}")
    dtype, num_axes = np.dtype(DTYPES[content[2]]), content[3]
    start = 4 + 4 * num_axes
    if len(content) < start:
        raise ValueError(
            f"an idx file of {num_axes} axes needs a header of {start} bytes, got {len(content)}"
        )
    shape = struct.unpack(f">{num_axes}I", content[4:start])
    expected = start + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    if len(content) != expected:
        raise ValueError(f"an idx file of shape {shape} has {expected} bytes, got {len(content)}")
    numbers = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return numbers.astype(dtype.newbyteorder("="), copy=False)
