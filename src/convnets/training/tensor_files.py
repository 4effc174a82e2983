"""Tensors by name in one file, in the open format safetensors: weights shipped with a record.

The library of that name reads and writes them; reading runs no code, unlike a pickle. Only the kinds of
numbers that a record may ship are written.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file

__all__ = ["load_tensors", "save_tensors"]

KINDS = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
"""What the format calls the kinds of numbers that are written here."""


def save_tensors(path, tensors):
    """Write tensors into one file.

    Parameters
    ----------
    path : path-like
        Replaced if it exists.
    tensors : mapping of str to Tensor
        Of any shape, on any device.

    Raises
    ------
    ValueError
        If a tensor holds numbers of a kind that is not written here.
    """
    if unknown := [name for name, values in tensors.items() if values.dtype not in KINDS.values()]:
        raise ValueError(
            f"{unknown[0]} is of {tensors[unknown[0]].dtype}; expected one of {', '.join(KINDS)}"
        )
    own = {
        name: values.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, values in tensors.items()
    }
    save_file(own, path)


def load_tensors(path):
    """Read the tensors of a file.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict of str to Tensor
        On the CPU.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such file, or a part of it is missing.
    """
    content = Path(path).read_bytes()
    try:
        return load(content)
    except (SafetensorError, KeyError) as error:  # the latter for a kind of numbers that PyTorch lacks
        raise ValueError(f"{path} cannot be read as tensors ({error}); record it again") from error
