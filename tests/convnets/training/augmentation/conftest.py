import pytest
import torch


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def images(generator):
    """Three coloured images, higher than wide."""
    return torch.rand(3, 3, 11, 8, generator=generator)


@pytest.fixture
def boxes():
    """Two boxes in each of the images; the second of the last is there to fill up."""
    return torch.tensor(
        [
            [[1.0, 2, 5, 9], [0, 0, 8, 11]],
            [[2.5, 3, 6, 4.5], [6, 9, 8, 11]],
            [[0, 4, 3, 8], [0, 0, 0, 0]],
        ]
    )


@pytest.fixture
def masks(boxes):
    """One mask for each box: the pixels whose middle is inside."""
    x, y = torch.arange(8) + 0.5, (torch.arange(11) + 0.5)[:, None]
    x1, y1, x2, y2 = boxes[:, :, :, None, None].unbind(2)
    return (x > x1) & (x < x2) & (y > y1) & (y < y2)
