"""Tensors in a file: the bytes by hand, back and forth, and files that are none."""

import json

import pytest
import torch

from convnets.training.tensor_files import KINDS, load_tensors, save_tensors


def test_the_bytes_by_hand(tmp_path):
    path = tmp_path / "two.safetensors"
    save_tensors(path, {"a": torch.tensor([7], dtype=torch.uint8), "b": torch.tensor([[1.0, -2.0]])})
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert length % 8 == 0
    assert json.loads(content[8 : 8 + length]) == {
        "b": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
        "a": {"dtype": "U8", "shape": [1], "data_offsets": [8, 9]},
    }
    assert content[8 + length :] == bytes.fromhex("0000803f000000c007")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_written_is_read(tmp_path, kind):
    tensors = {
        "matrix": torch.arange(6).reshape(2, 3).to(kind),
        "turned": torch.arange(6).reshape(2, 3).to(kind).T,
        "number": torch.ones((), dtype=kind),
        "empty": torch.zeros((0, 4), dtype=kind),
    }
    save_tensors(tmp_path / "file", tensors)
    found = load_tensors(tmp_path / "file")
    assert set(found) == set(tensors)
    for name, values in tensors.items():
        assert found[name].dtype == kind
        assert found[name].shape == values.shape
        assert torch.equal(found[name], values)


def test_metadata_of_other_programs_is_passed_over(tmp_path):
    header = b'{"__metadata__":{"made":"elsewhere"}}'
    (tmp_path / "file").write_bytes(len(header).to_bytes(8, "little") + header)
    assert load_tensors(tmp_path / "file") == {}


def test_kinds_that_are_not_written(tmp_path):
    with pytest.raises(ValueError, match=r"wave is of torch.complex64; expected one of F64"):
        save_tensors(tmp_path / "file", {"wave": torch.zeros(1, dtype=torch.complex64)})


@pytest.mark.parametrize(
    "cut", [0, 4, 20, -12, -1], ids=["nothing", "no length", "no header", "no numbers", "a byte less"]
)
def test_files_that_are_cut_off(tmp_path, cut):
    path = tmp_path / "file"
    save_tensors(path, {"a": torch.ones(3)})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match="cannot be read as tensors"):
        load_tensors(path)
    with pytest.raises(FileNotFoundError):
        load_tensors(tmp_path / "none")
