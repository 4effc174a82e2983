import pytest
import torch


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(7)


@pytest.fixture
def boxes(generator):
    """Return a function that draws boxes (num, 4) whose corners lie on a coarse grid, so that there are ties.

    Some have no size; float64, in which Python's own numbers round alike.
    """

    def draw(num, size=12):
        corners = torch.randint(0, size, (num, 2, 2), generator=generator).double()
        return corners.sort(dim=1).values.reshape(num, 4)

    return draw
