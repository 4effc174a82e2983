"""Tensors by name in one file, in the open format safetensors: weights shipped with a record.

Eight bytes say how long the header is, the header is JSON (name, kind, shape, place of each tensor), the rest
are the numbers. Reading runs no code, unlike a pickle. Source: the description of the format at
github.com/huggingface/safetensors. Kinds of numbers that NumPy lacks, and metadata, are left out.
"""

import json
from pathlib import Path

import torch

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
        Of any shape, on any device; wide numbers are written first, so that all are aligned.

    Raises
    ------
    ValueError
        If a tensor holds numbers of a kind that is not written here.
    """
    names = {kind: name for name, kind in KINDS.items()}
    if unknown := [name for name, values in tensors.items() if values.dtype not in names]:
        raise ValueError(
            f"{unknown[0]} is of {tensors[unknown[0]].dtype}; expected one of {', '.join(KINDS)}"
        )
    header, parts, end = {}, [], 0
    for name, values in sorted(tensors.items(), key=lambda item: -item[1].element_size()):
        parts.append(values.detach().cpu().contiguous().numpy().tobytes())
        place = [end, end := end + len(parts[-1])]
        header[name] = {"dtype": names[values.dtype], "shape": list(values.shape), "data_offsets": place}
    told = json.dumps(header, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    Path(path).write_bytes(len(told).to_bytes(8, "little") + told + b"".join(parts))


def load_tensors(path):
    """Read the tensors of a file.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict of str to Tensor
        On the CPU, in the order of the header.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such file, or a part of it is missing.
    """
    content = Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__", None)
        return {name: _tensor(content[8 + length :], **told) for name, told in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ValueError(f"{path} cannot be read as tensors ({error}); record it again") from error


def _tensor(content, dtype, shape, data_offsets):
    part = bytearray(content[slice(*data_offsets)])
    if not part:  # frombuffer refuses no bytes; a shape that has numbers is refused by reshape
        return torch.empty(0, dtype=KINDS[dtype]).reshape(shape)
    return torch.frombuffer(part, dtype=KINDS[dtype]).reshape(shape)
